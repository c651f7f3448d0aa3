"""Files: reads them without waiting for a pipe, and replaces them atomically."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from typing import BinaryIO, NamedTuple

from slocompiler.cli import trace
from slocompiler.cli.parallel import each

TEMPORARY = ".sloc-tmp"
"""The ending of a file that is being written. Its name begins with a dot, so that no pattern of sources finds it."""


# Reading


def content(file: str, most: int) -> bytes:
    """The bytes of a file, or of standard input for `-`: up to one more than `most`. Raises OSError."""
    if file == "-":
        trace.drop()
        if sys.stdin is None:
            raise OSError(errno.EBADF, "standard input is closed")
        return sys.stdin.buffer.read(most + 1)
    trace.look(file)
    # Opening a pipe waits for its writer. Opened without blocking, it is empty until then.
    handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(handle, "rb") as stream:
        first = _first_byte(handle) if stat.S_ISFIFO(os.fstat(handle).st_mode) else b""
        os.set_blocking(handle, True)
        data = first + stream.read(most + 1 - len(first))
    trace.content(file, data)
    return data


def _first_byte(pipe: int) -> bytes:
    """The first byte of a pipe; empty if its writer has not written yet. OSError if it has no writer."""
    try:
        byte = os.read(pipe, 1)
    except BlockingIOError:
        return b""
    if not byte:
        raise OSError(errno.EPIPE, "an empty pipe without a writer")
    return byte


def leads_out(file: str, root: Path) -> bool:
    """Whether a path in the folder `root`, or else in the current one, leads out of it through a link, or into `.git`.

    Nobody reviews what is there, and a diagnostic would print it. A path that is outside anyway is the user's.
    """
    path = os.path.abspath(file)
    around = next((one for one in (os.path.abspath(root), os.getcwd()) if is_inside(path, one)), None)
    return around is not None and not stays_in(path, around)


def stays_in(path: str | Path, folder: str | Path) -> bool:
    """Whether a path is really in a folder, and not in its `.git`, where a clone in CI has a token."""
    real, around = os.path.realpath(path), os.path.realpath(folder)
    return is_inside(real, around) and ".git" not in real[len(around) :].split("/")


def is_inside(path: str, folder: str) -> bool:
    """Whether an absolute path is that of the folder, or below it."""
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")


def misread(data: bytes) -> int:
    """The offset of the first byte that is not UTF-8, -1 if there is none. A zero among the first two means UTF-16."""
    if 0 in data[:2]:
        return 0
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return -1


# Writing


class Unfinished(Exception):
    """Some files are replaced and some are not; each is intact."""


class _Change(NamedTuple):
    """A file to replace."""

    target: Path
    """The file itself, if a link leads to it."""
    temporary: Path
    data: bytes
    former: os.stat_result | None


def replace_all(files: Mapping[Path, bytes]) -> None:
    """Give every file its new content, all of them or none. The folders that they need are created.

    A file that exists keeps its mode, its owner and its hard links, and a symbolic link to it stays a link. The disk has
    the new content before it takes the place of the old one, so that a power failure leaves one of the two.

    Raises OSError, whose `filename` is that of the file, while nothing has changed. Raises Unfinished later.
    """
    changes = list[_Change]()
    try:
        for file, data in files.items():
            target = Path(os.path.realpath(file)) if os.path.islink(file) else file
            changes.append(_Change(target, target.with_name(_temporary()), data, _former(file)))
        for folder in {change.target.parent for change in changes if change.former is None}:
            make_folder(folder)
        each(_fill, changes)
    except BaseException:
        _discard(changes)
        raise
    for number, change in enumerate(changes):
        try:
            _put(change)
        except BaseException as error:
            _discard(changes[number:])
            if isinstance(error, OSError):
                error.filename, error.filename2 = str(change.target), None
                if number:
                    raise Unfinished(f"{change.target}: {error.strerror}; not every file is up to date") from error
            raise
        trace.wrote(change.target, change.data)
    each(_sync_folder, list({change.target.parent for change in changes}))


def make_folder(folder: Path) -> None:
    """Create a folder and those above it; OSError names the file that is in the way."""
    missing = list(takewhile(lambda path: not path.is_dir(), (folder, *folder.parents)))
    try:
        for path in reversed(missing):
            path.mkdir(exist_ok=True)
            trace.created(path)
    except (FileExistsError, NotADirectoryError) as error:
        file = next((path for path in (folder, *folder.parents) if path.is_file()), folder)
        raise NotADirectoryError(error.errno, "not a folder", str(file)) from error


def _temporary() -> str:
    return f".{os.urandom(4).hex()}{TEMPORARY}"


def _former(file: Path) -> os.stat_result | None:
    """The status of the file to replace, None for a new one; OSError if it may not be written."""
    try:
        former = os.stat(file)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not stat.S_ISREG(former.st_mode):
        raise OSError(errno.EINVAL, "not a regular file", str(file))
    os.close(os.open(file, os.O_WRONLY))  # a rename alone would replace a file that is write-protected
    return former


def _fill(change: _Change) -> None:
    """Write the content to the temporary file, with the owner and the mode of the former file, and wait for the disk."""
    try:
        with open(os.open(change.temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as stream:
            stream.write(change.data)
            stream.flush()
            if change.former:
                _keep_owner(stream.fileno(), change.former)
                os.fchmod(stream.fileno(), stat.S_IMODE(change.former.st_mode))
            os.fsync(stream.fileno())
    except OSError as error:
        error.filename = str(change.target)
        raise


def _put(change: _Change) -> None:
    """Put the content in place. A file with hard links keeps them only if it is written itself.

    The disk has room for the content then, and a copy of it until the end, for the case of a power failure.
    """
    if change.former is None or change.former.st_nlink == 1:
        os.replace(change.temporary, change.target)
        return
    with open(change.target, "r+b") as stream:
        former = stream.read()
        try:
            _overwrite(stream, change.data)
        except OSError:
            _overwrite(stream, former)
            raise
    change.temporary.unlink()


def _overwrite(stream: BinaryIO, data: bytes) -> None:
    stream.seek(0)
    stream.write(data)
    stream.truncate()
    stream.flush()
    os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    """Wait until the disk has the names of the files. Not every file system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _keep_owner(handle: int, former: os.stat_result) -> None:
    """Give the file the former owner and group, each as far as the system permits: only root may give files away."""
    new = os.fstat(handle)
    if (new.st_uid, new.st_gid) != (former.st_uid, former.st_gid):
        for owner, group in ((former.st_uid, -1), (-1, former.st_gid)):
            with suppress(PermissionError):
                os.fchown(handle, owner, group)


def _discard(changes: Iterable[_Change]) -> None:
    for change in changes:
        with suppress(FileNotFoundError, NotADirectoryError):
            change.temporary.unlink()
