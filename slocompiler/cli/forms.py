"""The option `--format` of commands that print in several forms, and `--output` of those that write to a file instead."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from slocompiler.cli import declared
from slocompiler.cli.messages import give
from slocompiler.cli.writer import replace_or_fail

Command = TypeVar("Command", bound=Callable[..., object])


def form_option(*forms: str, help: str) -> Callable[[Command], Command]:
    """A decorator: the forms that the command has as its argument `form`, the usual one first."""
    return declared.option("--format", "form", type=forms, default=forms[0], help=help)


output_option = declared.option(
    "-o", "--output", "file", metavar="FILE", type=declared.PATH, help="The file, instead of standard output."
)


def deliver(text: str, file: str | None) -> None:
    """Write a text to a file, or to standard output exactly as it is."""
    if file:
        replace_or_fail([(Path(file), text.encode())], file)
    else:
        give(text)
