"""Reads and writes the files of snapshots."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from slocompiler import grammar
from slocompiler.cli.files import content
from slocompiler.cli.messages import fail
from slocompiler.cli.writer import replace_or_fail
from slocompiler.live.questions import Answers, Question
from slocompiler.live.snapshot import SCHEMA, Snapshot

LARGEST = 512 * 1024 * 1024
"""Bytes of the JSON; a month of counts of an SLO is some 100 kB."""


class Recording:
    """Has a server answer, and keeps what it answered."""

    def __init__(self, answer: Callable[[Sequence[Question]], Answers]) -> None:
        self._answer = answer
        self.answered: dict[Question, Any] = {}

    def answer(self, asked: Sequence[Question]) -> Answers:
        """The answers of the server."""
        answers = self._answer(asked)
        self.answered.update((one, answers.raw(one)) for one in asked)
        return answers


def write_snapshot(file: str, taken: int, servers: Mapping[str | None, Any]) -> None:
    """Write what the server of each deployment answered; compressed if the name ends with `.gz`."""
    found = [{"deployment": name, **data} for name, data in servers.items()]
    text = json.dumps({"schema": SCHEMA, "taken": taken, "servers": found}, ensure_ascii=False, separators=(",", ":"))
    data = text.encode()
    replace_or_fail([(Path(file), gzip.compress(data, mtime=0) if file.endswith(".gz") else data)], file)


def read_snapshot(file: str) -> tuple[int, dict[str | None, Snapshot]]:
    """When it was taken, and the snapshot of each deployment's server. The command fails if it is none."""
    from jsonschema import Draft202012Validator

    try:
        data = json.loads(_unpacked(content(file, LARGEST)))
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    except (ValueError, EOFError, zlib.error, RecursionError):
        fail(f"{file}: not a snapshot, or a part of one")
    if isinstance(data, dict) and data.get("schema") not in (SCHEMA, None):
        fail(f"{file}: a snapshot of another version of sloc; take a new one with `sloc snapshot`")
    schema = json.loads(grammar.text("snapshot.schema.json"))
    if wrong := next(Draft202012Validator(schema).iter_errors(data), None):
        at = "/".join(map(str, wrong.absolute_path)) or "its top"
        fail(f"{file}: not a snapshot: something is wrong at {at}")
    taken: int = data["taken"]
    return taken, {one["deployment"]: Snapshot(taken, one) for one in data["servers"]}


def _unpacked(data: bytes) -> bytes:
    """The JSON of a file. Raises ValueError if it is too large."""
    if data.startswith(b"\x1f\x8b"):
        unpacking = zlib.decompressobj(wbits=31)
        data = unpacking.decompress(data, LARGEST + 1)
        if not unpacking.eof:
            raise ValueError("too large, or cut off")
    if len(data) > LARGEST:
        raise ValueError("too large")
    return data
