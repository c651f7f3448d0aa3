"""Formats of diagnostics: one module each, with a pure function from diagnostics to text."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol

from slocompiler.diagnostics import Diagnostic
from slocompiler.formats.locations import Locate

FORMATS: dict[str, str] = {
    "json": "slocompiler.formats.json",
    "github": "slocompiler.formats.github",
    "sarif": "slocompiler.formats.sarif",
    "gitlab": "slocompiler.formats.gitlab",
}
"""Formats for programs: name to module, which is imported when it is used."""


class Write(Protocol):
    """The function `write` of a format's module."""

    def __call__(self, diagnostics: Sequence[Diagnostic], locate: Locate) -> str:
        """The text of a run's diagnostics, which are in order; `locate` returns the path of a source."""


def write(name: str, diagnostics: Sequence[Diagnostic], locate: Locate) -> str:
    """All diagnostics in the format `name`, without a limit."""
    render: Write = import_module(FORMATS[name]).write
    return render(diagnostics, locate)
