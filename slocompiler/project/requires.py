"""The version of sloc that a project file requires, against the one that runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from slocompiler import __version__
from slocompiler.diagnostics import Diagnostic
from slocompiler.project.schema import Schema, fits
from slocompiler.project.yaml import Places


def unmet(data: Any, places: Places, schema: Schema) -> Iterator[Diagnostic]:
    """E504 if this sloc is older than the project requires.

    It is found before all other mistakes: a newer project file can have keys that an older sloc does not know.
    A requirement of the wrong form, by the `schema` of the key, is left to the other checks.
    """
    required = data.get("requires") if isinstance(data, dict) else None
    if not required or not fits(required, schema, schema):
        return
    needed = required.removeprefix(">=")
    if _numbers(__version__) < _numbers(needed):
        yield Diagnostic(
            "E504",
            f"this project needs sloc {needed} or newer, and this is sloc {__version__}",
            places[("requires",)],
            help=f"install sloc {needed} or newer, also where CI and pre-commit name a version",
        )


def _numbers(version: str) -> tuple[int, ...]:
    """The three numbers of a version, for comparison."""
    numbers = [int(part) for part in version.split(".")[:3]]
    return (*numbers, *[0] * (3 - len(numbers)))
