"""Renders the files of a build one after the other, and compares each with the file that is there."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from slocompiler.cli import trace
from slocompiler.cli.ownership import Output, header_of
from slocompiler.cli.processes import nothing, spread
from slocompiler.cli.terminal import Progress
from slocompiler.ir import Service
from slocompiler.targets import Portion

R = TypeVar("R")
MANY = 500
"""SLOs: from this number on, their files are enough work for two processes."""


def each(
    do: Callable[[Output, Portion], R],
    output: Output,
    portions: Sequence[Portion],
    undo: Callable[[R], object] = nothing,
) -> list[R]:
    """The results for the portions, perhaps of two processes; shows how many of them are done."""
    slos = sum(len(portion.of.slos) for portion in portions if isinstance(portion.of, Service))
    with Progress() as progress:

        def shown(number: int) -> R:
            progress.show(f"generating: {100 * number // len(portions)}%")
            return do(output, portions[number])

        return spread(shown, range(len(portions)), undo, enough=slos >= MANY)


def compared(output: Output, portion: Portion, names: list[str]) -> Iterator[tuple[str, str, str | None]]:
    """The files that are not up to date: name, new and former text. Adds all `names`. Raises Foreign."""
    safe = set[str]()
    for name, text in generated(output, portion):
        names.append(name)
        path = os.path.join(output.folder, name)
        if (parent := os.path.dirname(path)) not in safe:
            output.refuse_link(parent)
            safe.add(parent)
        if os.path.islink(path):
            output.refuse_link(path)
        if (current := former_text(path)) != text:
            if current is not None and (header := header_of(current)):
                output.refuse_other(path, header)
            yield name, text, current


def generated(output: Output, portion: Portion) -> Iterator[tuple[str, str]]:
    """The files of a portion: the path below the folder of the build, and the text."""
    for name, text in portion.files():
        yield f"{portion.target.name}/{name}", output.stamped(text)


def former_text(path: str | Path) -> str | None:
    """The text of the file, None if there is none. Bytes that are not UTF-8 are surrogates, which no generated file has."""
    trace.look(path)
    try:
        if not os.path.isfile(path):  # reading a pipe would wait
            return None
        data = Path(path).read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    trace.content(path, data)
    return re.sub("\r\n?", "\n", data.decode("utf-8", "surrogateescape"))
