"""The option `--format` of commands that print in several forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., object])


def form_option(*forms: str, help: str) -> Callable[[Command], Command]:
    """A decorator: the forms that the command has as its argument `form`, the usual one first."""
    return click.option("--format", "form", type=click.Choice(forms), default=forms[0], help=help)
