"""Projects within projects: a folder with a project file of its own is not part of the project around it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from slocompiler.cli.messages import note
from slocompiler.explain.words import plural
from slocompiler.project import NAME


def nested_project(file: Path, root: Path) -> Path | None:
    """The outermost project file in a folder between `root` and the file; None if the file is part of the project."""
    folders = file.parent.relative_to(root).parts
    found = (root.joinpath(*folders[: n + 1]) / NAME for n in range(len(folders)))
    return next((path for path in found if path.is_file()), None)


def outer_project(folder: Path) -> Path | None:
    """The nearest project file above a folder."""
    above = (parent / NAME for parent in Path(os.path.abspath(folder)).parents)
    return next((path for path in above if os.path.lexists(path)), None)


def report_nested(files: Iterable[Path], root: Path) -> None:
    """Print how many of the files belong to projects within the project of `root`, and to which."""
    taken: dict[Path, int] = {}
    for file in files:
        if inner := nested_project(file, root):
            taken[inner] = taken.get(inner, 0) + 1
    for inner, count in sorted(taken.items()):
        folder = os.path.relpath(inner.parent)
        note(
            f"{plural(count, '.slo file')} in {folder} left out: {os.path.relpath(inner)} makes it a project of its own",
            err=True,
        )
