"""Writes generated files, all or none, and removes stale ones. Files that no build generated are never touched.

Each generated file has its name and its project in a header near its top, which is all that a later build knows of it.
A manifest would conflict when branches merge, and would be wrong after a build that was killed. A copy under another
name, and a file without its header, belong to the person who made them.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from slocompiler.cli import trace
from slocompiler.cli.ownership import HEAD, Output, expected_header, header_of
from slocompiler.cli.patterns import Patterns
from slocompiler.cli.rendering import compared, each, former_text, generated
from slocompiler.cli.walk import files_below, matching
from slocompiler.cli.writer import TEMPORARY, Change, Unfinished, discard, make_folder, prepare, put
from slocompiler.ir import Service
from slocompiler.record import record, value
from slocompiler.targets import Portion

Generated = tuple[str, list[str]]
"""The files of a portion: the name of their service, "" if they depend on all services, and their names."""


@record
class Written:
    """What a build is about to change."""

    generated: list[Generated]
    removed: list[str]

    @property
    def names(self) -> list[str]:
        """All files that it generates."""
        return [name for _, names in self.generated for name in names]


@value()
class Difference:
    """A file that a build would change, or that should not be there."""

    name: str
    what: str
    """"stale", "missing", "left over", or "added" for one that no build generated."""
    portion: Portion | None = None
    """What it is generated with."""


@contextmanager
def written(
    output: Output, portions: Sequence[Portion], targets: Collection[str], owned: Collection[str]
) -> Iterator[Written]:
    """Generate files of `targets`; put them in place at the end of the block, and remove others below the folders `owned`.

    Only one text is in memory at a time. Raises Foreign and OSError while nothing has changed, Unfinished later.
    """
    folder = output.folder
    with locked(folder) as is_locked:
        there = _there(output, {*targets, *owned}, is_locked)
        generated, changes = prepared(output, portions)
        names = [name for _, own in generated for name in own]
        try:
            gone = _gone(output, there, names, owned)
            yield Written(generated, gone)
        except BaseException:
            discard(changes)
            raise
        put(changes)
        for name in gone:
            try:
                (folder / name).unlink(missing_ok=True)
                trace.removed(folder / name)
            except OSError as error:
                raise Unfinished(f"{folder / name}: {error.strerror}; not every file is up to date") from error


def prepared(output: Output, portions: Sequence[Portion]) -> tuple[list[Generated], list[Change]]:
    """The files of the portions, and the changes of those that are not up to date. Raises Foreign and OSError."""
    found = each(_prepared, output, portions, lambda one: discard(one[1]))
    of = (one.of.name if isinstance(one.of, Service) else "" for one in portions)
    generated = [(name, own) for name, (own, _) in zip(of, found, strict=True) if own]
    return generated, [change for _, own in found for change in own]


def _prepared(output: Output, portion: Portion) -> tuple[list[str], list[Change]]:
    """The names of the files, and the changes of those that are not up to date. Raises Foreign and OSError."""
    names = list[str]()
    return names, prepare(_changed(output, portion, names))


def _changed(output: Output, portion: Portion, names: list[str]) -> Iterator[tuple[str, bytes]]:
    for name, text, current in compared(output, portion, names):
        path = os.path.join(output.folder, name)
        if current is not None:
            expected_header(path, current)
        yield path, text.encode()


def differences(
    output: Output,
    portions: Sequence[Portion],
    owned: Collection[str],
    loaded: Mapping[str, Iterable[str]],
) -> tuple[list[str], list[Difference]]:
    """The names of the files that a build generates, and what it would change.

    Files that it would write, by name, those that it would remove, and those that were added. `loaded` has the patterns
    of the files that a server loads, by target. Raises Foreign and OSError.
    """
    folder = output.folder
    there = _there(output, owned, False)
    names, found = list[str](), list[Difference]()
    for portion, (own, other) in zip(portions, each(_differing, output, portions), strict=True):
        names += own
        found += (Difference(name, what, portion) for name, what in other.items())
    found.sort(key=lambda one: one.name)
    gone = _gone(output, there, names, owned)
    found += (Difference(name, "left over") for name in gone)
    known = {*names, *gone}
    for target, patterns in loaded.items():
        for one in matching(str(folder / target), Patterns(patterns), hidden=True):
            if (name := f"{target}/{one.name}") not in known:
                found.append(Difference(name, "added"))
    return names, found


def _differing(output: Output, portion: Portion) -> tuple[list[str], dict[str, str]]:
    """The names of the files, and those that are stale or missing."""
    names = list[str]()
    found = {name: "missing" if former is None else "stale" for name, _, former in compared(output, portion, names)}
    return names, found


def texts(output: Output, difference: Difference) -> tuple[str, str]:
    """The text of a stale file, and the one that a build generates."""
    current = former_text(output.folder / difference.name) or ""
    after = dict(generated(output, difference.portion)) if difference.portion else {}
    return current.encode("utf-8", "surrogateescape").decode("utf-8", "replace"), after.get(difference.name, "")


@contextmanager
def locked(folder: Path) -> Iterator[bool]:
    """Wait until no other build writes into the folder. False if its file system has no locks, as NFS.

    The system unlocks the folder when the process ends, however it ends.
    """
    import fcntl  # only a build needs it

    for path in make_folder(folder):
        trace.created(path)
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


def _there(output: Output, targets: Collection[str], sweeping: bool) -> list[str]:
    """The names of the files below the folders of targets. Raises Foreign if one of the folders leads elsewhere.

    `sweeping` removes temporary files of a build that was killed.
    """
    for folder in (output.folder, *(output.folder / target for target in targets)):
        output.refuse_link(folder)
    found = []
    for target in targets:
        for entry in files_below(output.folder / target):
            if sweeping and entry.name.endswith(TEMPORARY):
                Path(entry.path).unlink(missing_ok=True)
                trace.removed(entry.path)
            elif entry.is_file(follow_symlinks=False):
                found.append(Path(entry.path).relative_to(output.folder).as_posix())
    return found


def _gone(output: Output, there: Iterable[str], names: Iterable[str], owned: Collection[str]) -> list[str]:
    """Files below the folders `owned` that a build of this project generated there, and this one does not.

    Raises Foreign if there is a file of another project.
    """
    rest = set(there).difference(names)
    return sorted(name for name in rest if PurePosixPath(name).parts[0] in owned and _is_generated(output, name))


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
