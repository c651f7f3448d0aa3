"""Writes generated files, all or none, and removes stale ones. Files that no build generated are never touched.

Each generated file has its name and its project in a header near its top, which is all that a later build knows of it.
A manifest would conflict when branches merge, and would be wrong after a build that was killed. A copy under another
name, and a file without its header, belong to the person who made them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from slocompiler.cli import trace
from slocompiler.cli.files import TEMPORARY, Unfinished, make_folder, replace_all
from slocompiler.cli.ownership import HEAD, Foreign, Output, header_of
from slocompiler.cli.patterns import Patterns
from slocompiler.cli.walk import files_below, matching
from slocompiler.record import value


@value()
class Difference:
    """A file that a build would change, or that should not be there."""

    name: str
    what: str
    """"stale", "missing", "left over", or "added" for one that no build generated."""
    before: str = ""
    after: str = ""


def refuse_links(output: Output, files: Iterable[str], owned: Iterable[str]) -> None:
    """Raise Foreign if a link leads from one of the files, or from a folder of a target, out of the project."""
    names = [PurePosixPath(name) for name in files]
    for folder in sorted({PurePosixPath(), *(name.parent for name in names), *map(PurePosixPath, owned)}):
        output.refuse_link(output.folder / folder)
    for name in names:
        if os.path.islink(output.folder / name):
            output.refuse_link(output.folder / name)


def write(output: Output, files: dict[str, str], owned: Collection[str]) -> list[str]:
    """Write `files` into the folder; remove other generated files below its folders `owned`, and return their names.

    Raises Foreign and OSError while nothing has changed, Unfinished later.
    """
    folder = output.folder
    with _locked(folder) as is_locked:
        changed = {name: text for name, text in files.items() if former_text(folder / name) != text}
        for name in changed:
            _refuse_foreign(output, name)
        gone = _gone(output, files, owned)
        if is_locked:
            _sweep(folder, {PurePosixPath(name).parts[0] for name in files if "/" in name}.union(owned))
        replace_all({folder / name: text.encode() for name, text in changed.items()})
        for name in gone:
            try:
                (folder / name).unlink(missing_ok=True)
                trace.removed(folder / name)
            except OSError as error:
                raise Unfinished(f"{folder / name}: {error.strerror}; not every file is up to date") from error
    return gone


def differences(
    output: Output, files: dict[str, str], owned: Collection[str], loaded: Mapping[str, Iterable[str]]
) -> Iterator[Difference]:
    """The files that a build would write, by name, those that it would remove, and those that were added.

    `loaded` has the patterns of the files that a server loads, by target. Raises Foreign and OSError.
    """
    folder = output.folder
    for name, text in sorted(files.items()):
        current = former_text(folder / name)
        if current is None:
            yield Difference(name, "missing", after=text)
        elif current != text:
            if header := header_of(current):
                output.refuse_other(folder / name, header)
            yield Difference(name, "stale", current.encode("utf-8", "surrogateescape").decode("utf-8", "replace"), text)
    gone = _gone(output, files, owned)
    for name in gone:
        yield Difference(name, "left over")
    for target, patterns in loaded.items():
        for one in matching(str(folder / target), Patterns(patterns), hidden=True):
            name = f"{target}/{one.name}"
            if name not in files and name not in gone:
                yield Difference(name, "added")


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Wait until no other build writes into the folder. False if its file system has no locks, as NFS.

    The system unlocks the folder when the process ends, however it ends.
    """
    import fcntl  # only a build needs it

    make_folder(folder)
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            is_locked = True
        except OSError:
            is_locked = False
        yield is_locked
    finally:
        os.close(handle)


def _gone(output: Output, files: Collection[str], owned: Iterable[str]) -> list[str]:
    """Files below the folders `owned` that a build of this project generated there, and this one does not.

    Raises Foreign if there is a file of another project.
    """
    found = []
    for target in owned:
        for entry in files_below(output.folder / target):
            name = Path(entry.path).relative_to(output.folder).as_posix()
            if name not in files and entry.is_file(follow_symlinks=False) and _is_generated(output, name):
                found.append(name)
    return sorted(found)


def _is_generated(output: Output, name: str) -> bool:
    """Whether a build generated the file under this name. A file that cannot be read is not one."""
    trace.look(output.folder / name)
    try:
        with open(output.folder / name, encoding="utf-8", errors="replace") as file:
            header = header_of(file.read(HEAD))
    except OSError:
        return False
    if header is None or PurePosixPath(*PurePosixPath(name).parts[1:]) != PurePosixPath(header.name):
        return False
    output.refuse_other(output.folder / name, header)
    return True


def former_text(path: Path) -> str | None:
    """The text of the file, None if there is none. Bytes that are not UTF-8 are surrogates, which no generated file has."""
    trace.look(path)
    try:
        if not path.is_file():  # reading a pipe would wait
            return None
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    trace.content(path, data)
    return re.sub("\r\n?", "\n", data.decode("utf-8", "surrogateescape"))


def _refuse_foreign(output: Output, name: str) -> None:
    path = output.folder / name
    current = former_text(path)
    if current is None:
        return
    header = header_of(current)
    if header is None:
        raise Foreign(f"{path} was not generated by sloc: move it, or build to another folder with -o")
    output.refuse_other(path, header)


def _sweep(folder: Path, targets: Iterable[str]) -> None:
    """Remove temporary files of a build that was killed, below the folders of targets."""
    for target in targets:
        for entry in files_below(folder / target):
            if entry.name.endswith(TEMPORARY):
                Path(entry.path).unlink(missing_ok=True)
                trace.removed(entry.path)
