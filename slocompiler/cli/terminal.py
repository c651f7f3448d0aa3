"""Colors, and the progress of long work. Both are for terminals."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from types import TracebackType
from typing import TypeVar

from slocompiler.cli import declared
from slocompiler.pattern import lazy_pattern

T = TypeVar("T")
BEGIN = time.monotonic()
PATIENCE, PAUSE = 0.5, 0.1
"""Seconds until the first message about progress, and between two messages."""


# Colors. All text has them; `echo` removes them if they are not wanted.

_COLORED: ContextVar[bool | None] = ContextVar("colored", default=None)
"""Whether the command colors its output; None if it does on a terminal."""


def _choose(value: str) -> None:
    plain = value == "never" or (value == "auto" and (os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"))
    _COLORED.set(False if plain else True if value == "always" else None)


COLOR = declared.option(
    "--color",
    type=("auto", "always", "never"),
    default="auto",
    expose_value=False,
    callback=_choose,
    help="Whether to color the output. auto does on a terminal, unless NO_COLOR is set.",
)
"""An option of every command."""
_DIAGNOSTIC = lazy_pattern(
    r"^(?:(?P<error>error\[\w+\])|(?P<warning>warning\[\w+\])|(?P<gutter> *(?:-->|:::|(?:\d+|…)? \|))|(?P<help> *= help:))"
)
_LOOKS = {"error": "red", "warning": "yellow", "gutter": "blue", "help": "cyan"}
_SIGNS = {"+": "green", "-": "red", "@": "cyan"}
_CODES = {
    "red": "\033[31m",
    "green": "\033[32m",
    "yellow": "\033[33m",
    "blue": "\033[34m",
    "cyan": "\033[36m",
    None: "",
}
_CODE = lazy_pattern(r"\033\[[0-?]*[ -/]*[@-~]")


def style(text: str, color: str | None = None, bold: bool = False) -> str:
    """The text in a color or in bold."""
    return _CODES[color] + "\033[1m" * bold + text + "\033[0m"


def is_terminal(err: bool = False) -> bool:
    """Whether standard output, or standard error, is a terminal: a stream that is closed is none."""
    stream = sys.stderr if err else sys.stdout
    return stream is not None and stream.isatty()


def width() -> int | None:
    """The columns of the terminal; None without one."""
    import shutil  # few commands print tables

    return shutil.get_terminal_size().columns if is_terminal() else None


def seen(text: str, err: bool = False) -> str:
    """The text as its reader gets it: without colors if standard output, or standard error, is no terminal."""
    colored = _COLORED.get()
    return text if colored or (colored is None and is_terminal(err)) else _CODE.sub("", text)


def echo(text: str, err: bool = False) -> None:
    """Print a text at once; nothing if the stream is closed."""
    stream = sys.stderr if err else sys.stdout
    if stream is not None:
        stream.write(seen(text, err))
        stream.flush()


def diagnostic(text: str) -> str:
    """Rendered diagnostics in color."""
    return "\n".join(_DIAGNOSTIC.sub(_look, line) for line in text.split("\n"))


def _look(found: re.Match[str]) -> str:
    return style(found[0], _LOOKS[found.lastgroup or "help"], bold=True)


def difference(text: str) -> str:
    """The lines of a unified diff in color."""
    return "\n".join(style(line, _SIGNS[line[0]]) if line[:1] in _SIGNS else line for line in text.split("\n"))


def headed(text: str) -> str:
    """Text in which the first word of each line that is not indented is bold."""
    return re.sub(r"(?m)^[a-z]+(?=  )", lambda found: style(found[0], bold=True), text)


# Progress


class Progress:
    """A line on standard error about the progress of long work, removed at its end. Nothing if it is not a terminal."""

    def __init__(self) -> None:
        self.watched = is_terminal(err=True) and os.environ.get("TERM") != "dumb"
        self.next = BEGIN + PATIENCE
        self.shown = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.wipe()

    def show(self, message: str) -> None:
        """Replace the line, unless it is too early."""
        if self.watched and time.monotonic() >= self.next:
            self._write(message)
            self.shown, self.next = True, time.monotonic() + PAUSE

    def each(self, items: Sequence[T], message: str, then: str) -> Iterator[T]:
        """The items; shows how many of them are done, and `then` after the last one."""
        for number, item in enumerate(items):
            self.show(f"{message}: {number:,} of {len(items):,}")
            yield item
        self.show(then)

    def wipe(self) -> None:
        """Remove the line, so that another one can be printed."""
        if self.shown:
            self._write("")
            self.shown = False

    def _write(self, text: str) -> None:
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
