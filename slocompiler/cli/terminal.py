"""What only a terminal sees: colours, and how far long work is."""

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
"""Seconds of a run before anything is said, and between two sayings."""


# Colours. Text is always written with them; where they are not wanted, `click.echo` takes them away.


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
    help="Whether to colour; auto is on a terminal, unless NO_COLOR is set.",
)
"""An option of every command."""
_DIAGNOSTIC = re.compile(
    r"^(?:(?P<error>error\[\w+\])|(?P<warning>warning\[\w+\])|(?P<gutter> *(?:-->|:::|(?:\d+|…)? \|))|(?P<help> *= help:))"
)
_COLORS = {"error": "red", "warning": "yellow", "gutter": "blue", "help": "cyan"}
_SIGNS = {"+": "green", "-": "red", "@": "cyan"}


def diagnostic(text: str) -> str:
    """A rendered diagnostic in colours."""
    return "\n".join(_DIAGNOSTIC.sub(_look, line) for line in text.split("\n"))


def _look(found: re.Match[str]) -> str:
    return click.style(found[0], fg=_COLORS[found.lastgroup or "help"], bold=True)


def difference(text: str) -> str:
    """The lines of a unified diff in colours."""
    return "\n".join(click.style(line, fg=_SIGNS[line[0]]) if line[:1] in _SIGNS else line for line in text.split("\n"))


def headed(text: str) -> str:
    """Text in which the first word of every line that is not indented stands out."""
    return re.sub(r"(?m)^[a-z]+(?=  )", lambda found: click.style(found[0], bold=True), text)


# Progress


class Progress:
    """A line on standard error that says how far long work is, and is gone afterwards; nothing where nobody watches."""

    def __init__(self) -> None:
        self.watched = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self.next = BEGIN + PATIENCE
        self.said = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.wipe()

    def say(self, what: str) -> None:
        """Show it, unless it is too early."""
        if self.watched and time.monotonic() >= self.next:
            self._write(what)
            self.said, self.next = True, time.monotonic() + PAUSE

    def each(self, things: Sequence[T], what: str, then: str) -> Iterator[T]:
        """The things, saying how many of them are done; `then` is what begins after the last."""
        for number, thing in enumerate(things):
            self.say(f"{what}: {number:,} of {len(things):,}")
            yield thing
        self.say(then)

    def wipe(self) -> None:
        """Take away what was said, for other lines."""
        if self.said:
            self._write("")
            self.said = False

    def _write(self, text: str) -> None:
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
