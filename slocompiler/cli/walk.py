"""Walks through folders without recursion. A folder that cannot be read is an error: it is never taken for empty."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator

from slocompiler.cli import trace
from slocompiler.cli.files import is_inside
from slocompiler.cli.patterns import Patterns, States
from slocompiler.project import NAME
from slocompiler.record import replace, value


@value()
class Found:
    """A file that matches a pattern."""

    name: str
    """Its path from the folder in which the patterns count."""
    inner: str | None
    """The path of the outermost project file in a folder between the two; None if there is none."""


@value()
class _Folder:
    path: str
    """Its path from the top with a slash at its end; "" for the top."""
    real: str
    states: States
    inner: str | None


def entries(folder: str | os.PathLike[str]) -> list[os.DirEntry[str]]:
    """The entries of a folder, by name; none if it does not exist. Raises OSError if it cannot be read."""
    trace.look(folder)
    try:
        with os.scandir(folder) as found:
            inside = sorted(found, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []
    trace.entries(folder, inside)
    return inside


def files_below(folder: str | os.PathLike[str]) -> Iterator[os.DirEntry[str]]:
    """Every entry below a folder that is no folder. Links are not followed. Raises OSError."""
    pending: list[str | os.PathLike[str]] = [folder]
    while pending:
        for entry in entries(pending.pop()):
            if entry.is_dir(follow_symlinks=False):
                pending.append(entry.path)
            else:
                yield entry


def matching(top: str, patterns: Patterns, *, hidden: bool) -> list[Found]:
    """The files that match, by path; with `hidden` also those whose name, or that of a folder, begins with a dot.

    Only folders that can have a match are read. A folder that several links lead to is read once for each part of a
    pattern, so that links to links do not multiply the work. A link to a folder outside of `top` is not followed: it
    is a match itself, and an error as soon as it is read. Raises OSError.
    """
    root = os.path.realpath(top)
    folders, links = [_Folder("", root, patterns.start, None)], list[_Folder]()
    seen: dict[str, States] = {}
    found: dict[tuple[str, str], Found] = {}
    while folders or links:
        folder = (folders or links).pop()
        before = seen.get(folder.real, frozenset())
        seen[folder.real] = before | folder.states
        folder = replace(folder, states=folder.states - before)
        inside = entries(folder.real) if folder.states else []
        if folder.path and folder.inner is None and any(one.name == NAME and one.is_file() for one in inside):
            folder = replace(folder, inner=f"{folder.path}{NAME}")
        for entry in inside if hidden else (one for one in inside if not one.name.startswith(".")):
            deeper = _entered(folder, entry, patterns)
            leaves = deeper is not None and not is_inside(deeper.real, root)
            if leaves or (patterns.match(folder.states, entry.name) and _is_source(entry)):
                found.setdefault((folder.real, entry.name), Found(f"{folder.path}{entry.name}", folder.inner))
            if deeper and not leaves:
                (links if entry.is_symlink() else folders).append(deeper)
    return sorted(found.values(), key=lambda one: one.name.split("/"))


def _entered(folder: _Folder, entry: os.DirEntry[str], patterns: Patterns) -> _Folder | None:
    """The folder at the entry, if it is one and can have a match."""
    states = patterns.inside(folder.states, entry.name, entry.is_symlink())
    if not states or not _is_folder(entry):
        return None
    real = os.path.realpath(entry.path) if entry.is_symlink() else os.path.join(folder.real, entry.name)
    return _Folder(f"{folder.path}{entry.name}/", real, states, folder.inner)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError as error:
        if error.errno == errno.ELOOP:  # a link to itself
            return False
        raise


def _is_source(entry: os.DirEntry[str]) -> bool:
    """Whether a match is a source. A dangling link is one: skipping it would delete its generated files.

    A hidden dangling link is the lock of an editor.
    """
    if not entry.is_symlink():
        return entry.is_file()
    return os.path.isfile(entry.path) or not (os.path.exists(entry.path) or entry.name.startswith("."))
