"""Colors, and the progress of long work. Both are for terminals."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import TypeVar

import click

T = TypeVar("T")
BEGIN = time.monotonic()
PATIENCE, PAUSE = 0.5, 0.1
"""Seconds until the first message about progress, and between two messages."""


# Colors. All text has them; `click.echo` removes them if they are not wanted.


def _choose(context: click.Context, parameter: click.Parameter, value: str) -> None:
    del parameter
    plain = value == "never" or (value == "auto" and (os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"))
    context.color = False if plain else True if value == "always" else None


COLOR = click.Option(
    ["--color"],
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    expose_value=False,
    callback=_choose,
    help="Whether to color the output. auto does on a terminal, unless NO_COLOR is set.",
)
"""An option of every command."""
_DIAGNOSTIC = re.compile(
    r"^(?:(?P<error>error\[\w+\])|(?P<warning>warning\[\w+\])|(?P<gutter> *(?:-->|:::|(?:\d+|…)? \|))|(?P<help> *= help:))"
)
_COLORS = {"error": "red", "warning": "yellow", "gutter": "blue", "help": "cyan"}
_SIGNS = {"+": "green", "-": "red", "@": "cyan"}


def diagnostic(text: str) -> str:
    """Rendered diagnostics in color."""
    return "\n".join(_DIAGNOSTIC.sub(_look, line) for line in text.split("\n"))


def _look(found: re.Match[str]) -> str:
    return click.style(found[0], fg=_COLORS[found.lastgroup or "help"], bold=True)


def difference(text: str) -> str:
    """The lines of a unified diff in color."""
    return "\n".join(click.style(line, fg=_SIGNS[line[0]]) if line[:1] in _SIGNS else line for line in text.split("\n"))


def headed(text: str) -> str:
    """Text in which the first word of each line that is not indented is bold."""
    return re.sub(r"(?m)^[a-z]+(?=  )", lambda found: click.style(found[0], bold=True), text)


# Progress


class Progress:
    """A line on standard error about the progress of long work, removed at its end. Nothing if it is not a terminal."""

    def __init__(self) -> None:
        self.watched = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
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
