"""Projects within projects: a folder with a project file of its own is not part of the project around it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from slocompiler.cli.messages import note
from slocompiler.explain.words import plural
from slocompiler.project import NAME


def outer_project(folder: Path) -> Path | None:
    """The nearest project file above a folder."""
    above = (parent / NAME for parent in Path(os.path.abspath(folder)).parents)
    return next((path for path in above if os.path.lexists(path)), None)


def report_nested(projects: Iterable[str], root: Path) -> None:
    """Print how many files belong to projects within the project of `root`: `projects` has a project file for each."""
    for inner, count in sorted(Counter(projects).items()):
        file = os.path.relpath(root / inner)
        folder = os.path.dirname(file)
        note(f"{plural(count, '.slo file')} in {folder} left out: {file} makes it a project of its own", err=True)
