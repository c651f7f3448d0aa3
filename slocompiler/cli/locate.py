"""Where sources are: their paths from the current folder, and from the root of the repository around it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from slocompiler.cli import trace
from slocompiler.resolve.imports import SHIPPED
from slocompiler.source import Source

if TYPE_CHECKING:
    from slocompiler.formats.locations import Locate

STDIN = "<stdin>"
"""The name of standard input in messages. A file of that name is `./<stdin>`."""


def root_of(folder: Path) -> Path:
    """The folder of the repository that holds `folder`: where `.git` is, here or above; else `folder` itself."""
    real = folder.resolve()
    return next((above for above in (real, *real.parents) if trace.exists(above / ".git")), real)


def from_root(root: Path) -> Locate:
    """Paths from the root of a repository. Symbolic links are resolved, because reviews show the files themselves."""
    return lambda source: _path(source, root)


def from_here(source: Source) -> str | None:
    """The path of a source from the current folder."""
    file = _file(source)
    return Path(os.path.relpath(file)).as_posix() if file else None


def _path(source: Source, root: Path) -> str | None:
    file = _file(source)
    if file is None:
        return None
    real = Path(os.path.realpath(file))
    path = (real.relative_to(root) if real.is_relative_to(root) else real).as_posix()
    return os.fsencode(path).decode("utf-8", "replace")


def _file(source: Source) -> str | None:
    """The file that a source was read from; None for standard input and for what ships with sloc."""
    shown = source.shown_as
    return None if shown == STDIN or shown.startswith(SHIPPED) else shown
