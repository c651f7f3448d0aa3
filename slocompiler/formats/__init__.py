"""What `sloc check` found, for machines: one file per format, each a pure function from diagnostics to text."""

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
"""Name to module, imported when it is asked for: start-up is a feature."""


class Write(Protocol):
    """What a format's module has as `write`."""

    def __call__(self, diagnostics: Sequence[Diagnostic], locate: Locate) -> str:
        """The text of a run's diagnostics, which are in order; `locate` says which file a source is."""


def write(name: str, diagnostics: Sequence[Diagnostic], locate: Locate) -> str:
    """The diagnostics in the format `name`: all of them, however many there are."""
    render: Write = import_module(FORMATS[name]).write
    return render(diagnostics, locate)
