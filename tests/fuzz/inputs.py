"""The kinds of inputs, and which law holds for each: an input follows from the seed, its kind and its number."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import NamedTuple

from fuzz import imports, mutate, structured, walk
from fuzz.laws import LAWS

SLOWEST = 5.0
"""Seconds of processor time that an input may take, all laws included."""


class Kind(NamedTuple):
    """A kind of inputs."""

    make: Callable[[Random], bytes]
    suffix: str
    """The ending of a file with such an input; the key of its law."""
    share: int
    """How many of a hundred inputs are of this kind."""


KINDS: Mapping[str, Kind] = {
    "mutants": Kind(mutate.program, ".slo", 61),
    "walks": Kind(walk.program, ".slo", 22),
    "projects": Kind(mutate.project, ".yaml", 10),
    "imports": Kind(mutate.imported, ".yml", 3),
    "structured": Kind(structured.program, ".slo", 4),
}
"""All kinds. Nearly every structured program is rendered, so it takes as long as six others."""
_HUNDRED = [name for name, kind in KINDS.items() for _ in range(kind.share)]


class Input(NamedTuple):
    """What is tried: the name and the content of a file."""

    kind: str
    name: str
    data: bytes


class Outcome(NamedTuple):
    """What happened to an input."""

    number: int
    kind: str
    seconds: float
    """Of processor time."""
    error: str
    """The exception, as text; "" if every law holds."""


def made(seed: int, number: int, only: str | None = None) -> Input:
    """The input with this number, of the kind `only` if that is given."""
    kind = only or _HUNDRED[number * 37 % 100]  # neighbors differ, so that processes share the work fairly
    return Input(kind, f"{kind}-{number}{KINDS[kind].suffix}", KINDS[kind].make(Random(f"{seed}/{kind}/{number}")))


def tried(seed: int, number: int, only: str | None = None) -> Outcome:
    """Hold an input to its law."""
    one = made(seed, number, only)
    begin = time.process_time()
    error = broken(one.name, one.data)
    seconds = time.process_time() - begin
    if not error and seconds > SLOWEST:
        error = f"too slow: {seconds:.1f} s"
    return Outcome(number, one.kind, seconds, error)


def broken(name: str, data: bytes) -> str:
    """The exception that the law of a file raises, as text; "" if it holds."""
    try:
        (LAWS | {".yml": imports.law})[Path(name).suffix](data)
    except Exception:  # whatever it is, it is a finding
        return traceback.format_exc(limit=-6)
    return ""
