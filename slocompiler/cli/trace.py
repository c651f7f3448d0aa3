"""What a command looks at, writes and prints, so that `cache.py` can answer the same command later."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from contextvars import ContextVar

import slocompiler
from slocompiler import resources
from slocompiler.cli import cache, declared
from slocompiler.cli.terminal import seen
from slocompiler.record import record


@record
class Trace:
    """The paths that a command looked at, all absolute, and what it printed. It grows until the command ends."""

    arguments: list[str]
    begin: int
    """Nanoseconds since the epoch. Files that are young then are not trusted by their stamps."""
    stamps: dict[str, str]
    """Taken before the content was read."""
    contents: dict[str, str]
    """Digests of files and links."""
    folders: dict[str, dict[str, str]]
    """The kinds of a folder's entries by name."""
    real: dict[str, str]
    """Folders whose files were looked at, and their real paths."""
    printed: list[str]
    """`out` or `err`, and the text, in turns."""
    secret: bytes
    """That of the digests."""


_TRACE: ContextVar[Trace | None] = ContextVar("trace", default=None)


def begin(arguments: list[str]) -> None:
    """Begin the trace of the command with these arguments, unless the cache is off."""
    records = cache.folder()
    with suppress(OSError):
        if records is not None:
            _TRACE.set(Trace(arguments, time.time_ns(), {}, {}, {}, {}, [], cache.secret(records)))


def drop() -> None:
    """End the trace: this run depends on more than files, such as standard input."""
    _TRACE.set(None)


no_cache = declared.option(
    "--no-cache",
    is_flag=True,
    expose_value=False,
    help="Compile even if nothing has changed since the same command.",
)
"""The option of commands that the cache answers. With it, they have no trace."""


# Looking


def look(path: str | os.PathLike[str]) -> None:
    """Note that a command is about to look at a path, whether anything is there or not."""
    if trace := _TRACE.get():
        _look(trace, os.path.abspath(path))


def exists(path: str | os.PathLike[str]) -> bool:
    """Whether anything is at a path, be it a link to nowhere. Notes that only this matters."""
    found = os.path.lexists(path)
    if trace := _TRACE.get():
        name = os.path.abspath(path)
        trace.stamps.setdefault(name, cache.UNTRUSTED if found else cache.ABSENT)
        trace.contents.setdefault(name, cache.ANY if found else "")
    return found


def content(path: str | os.PathLike[str], data: bytes) -> None:
    """Note what a file has, after `look`. The file at the end of a link is noted with it."""
    if trace := _TRACE.get():
        name = os.path.abspath(path)
        if os.path.islink(name):
            trace.contents[name] = cache.digest(os.fsencode(os.readlink(name)), trace.secret)
            name = os.path.realpath(name)
            trace.stamps[name] = cache.UNTRUSTED
        trace.contents[name] = cache.digest(data, trace.secret)


def entries(path: str | os.PathLike[str], found: list[os.DirEntry[str]]) -> None:
    """Note what a folder has, after `look`, unless `carry` has noted what it had."""
    if (trace := _TRACE.get()) and (name := os.path.abspath(path)) not in trace.contents:
        trace.folders[name] = cache.kinds(found)


def _look(trace: Trace, name: str) -> None:
    _stamp(trace, name)
    cache.real(os.path.dirname(name), trace.real)


def _stamp(trace: Trace, name: str) -> None:
    """Note a file, but not the real path of its folder: for files of sloc, nothing depends on that."""
    if name not in trace.stamps:
        trace.stamps[name] = cache.stamp(name, trace.begin)


# Writing


def digest(data: bytes) -> str:
    """The digest of what a command is about to write; "" if nothing is noted."""
    trace = _TRACE.get()
    return cache.digest(data, trace.secret) if trace else ""


def wrote(path: str | os.PathLike[str], digest: str) -> None:
    """Note that a command has written a file whose content has this digest. The path is not that of a link."""
    if trace := _TRACE.get():
        name = os.path.abspath(path)
        _look(trace, name)
        trace.stamps[name], trace.contents[name] = cache.UNTRUSTED, digest
        _entry(trace, name, "file")


def created(folder: str | os.PathLike[str]) -> None:
    """Note that a command has created a folder."""
    if trace := _TRACE.get():
        name = os.path.abspath(folder)
        if name in trace.stamps:
            trace.stamps[name], trace.folders[name] = cache.UNTRUSTED, {}
        _entry(trace, name, "folder")


def removed(path: str | os.PathLike[str]) -> None:
    """Note that a command has removed a file."""
    if trace := _TRACE.get():
        name = os.path.abspath(path)
        trace.stamps.pop(name, None)
        trace.contents.pop(name, None)
        _entry(trace, name, None)


def _entry(trace: Trace, name: str, kind: str | None) -> None:
    """A change of a folder's entries, if the folder was looked at."""
    folder, base = os.path.split(name)
    if folder in trace.folders:
        trace.stamps[folder] = cache.UNTRUSTED
        if kind is None:
            trace.folders[folder].pop(base, None)
        else:
            trace.folders[folder].setdefault(base, kind)


# Several processes


Noted = tuple[dict[str, str], dict[str, str], dict[str, dict[str, str]], dict[str, str]]


def noted() -> Noted | None:
    """What this process has looked at, for its parent."""
    if trace := _TRACE.get():
        for path in _own():
            _stamp(trace, path)
        return trace.stamps, trace.contents, trace.folders, trace.real
    return None


def join(others: Noted | None) -> None:
    """Note what a child process has looked at, besides what it knew from here."""
    trace = _TRACE.get()
    if trace and others:
        stamps, contents, folders, real = others
        trace.stamps.update(stamps | trace.stamps)
        trace.contents.update(contents | trace.contents)
        trace.folders.update(folders | trace.folders)
        trace.real.update(real | trace.real)


# Printing


def said(text: str, err: bool) -> None:
    """Note what a command prints, with its colors if the reader sees them."""
    if trace := _TRACE.get():
        trace.printed.extend(("err" if err else "out", seen(text, err)))


# The record


def record_before() -> cache.Record | None:
    """The record of the last run of this command; None if there is none."""
    trace, records = _TRACE.get(), cache.folder()
    key = cache.key(trace.arguments) if trace else None
    return cache.read(records, key) if records and key else None


def carry(record: cache.Record, again: Collection[str]) -> None:
    """Note what the run of a record looked at and wrote, except for the paths at which this run has looked `again`."""
    if trace := _TRACE.get():
        stamps, contents = record.stamps.split("\n"), record.contents.split("\n")
        for path, stamp, content in zip(record.paths, stamps, contents, strict=True):
            if path not in again:
                trace.stamps[path], trace.contents[path] = stamp, content
        trace.real.update(zip(record.real[::2], record.real[1::2], strict=True))


def keep(known: Callable[[], str] = str) -> None:
    """Write the record of a command that has succeeded, for the next time; `known` returns what incremental builds need."""
    trace, records = _TRACE.get(), cache.folder()
    key = cache.key(trace.arguments) if trace else None
    if trace is None or key is None or records is None:
        return
    for path in (*_own(), *map(os.path.abspath, sys.path)):
        _stamp(trace, path)
    contents = trace.contents | {folder: cache.listing(found, trace.secret) for folder, found in trace.folders.items()}
    real = [part for pair in trace.real.items() for part in pair]
    stamps = "\n".join(trace.stamps.values())
    digests = "\n".join([contents.get(path, "") for path in trace.stamps])
    record = cache.Record(trace.printed, real, [*trace.stamps], stamps, digests, known(), trace.secret)
    cache.write(records, key, record)


def _own() -> list[str]:
    """The files of sloc that this process has used. What it did not need, the next one will not need."""
    own = [module for name, module in tuple(sys.modules.items()) if name.partition(".")[0] == slocompiler.__name__]
    return [os.path.abspath(path) for path in (*[module.__file__ for module in own], *resources.READ) if path]
