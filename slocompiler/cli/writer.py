"""The only writer of files: new content goes to temporary files, then all of them are put in place."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from typing import BinaryIO

from slocompiler.cli import trace
from slocompiler.cli.messages import fail
from slocompiler.cli.parallel import each
from slocompiler.record import value

TEMPORARY = ".sloc-tmp"
"""The ending of a file that is being written. Its name begins with a dot, so that no pattern of sources finds it."""


class Unfinished(Exception):
    """Some files are replaced and some are not; each is intact."""


@value()
class Change:
    """A file to replace, whose new content is in a temporary file beside it."""

    target: str
    """The file itself, if a link leads to it."""
    temporary: str
    digest: str
    """The digest of the new content, for the cache."""
    former: os.stat_result | None
    created: tuple[Path, ...]
    """Folders that were created for it."""


def replace_all(files: Iterable[tuple[str | Path, bytes]]) -> None:
    """Give every file its new content, all of them or none, as `prepare` and `put` do."""
    put(prepare(files))


def replace_or_fail(files: Iterable[tuple[str | Path, bytes]], place: str, undone: str = "nothing was written") -> None:
    """The same; the command ends with the reason if it fails. `place` is named if the system names no file."""
    try:
        replace_all(files)
    except Unfinished as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or place}: {error.strerror}; {undone}")


def prepare(files: Iterable[tuple[str | Path, bytes]]) -> list[Change]:
    """Write each content to a temporary file as it comes, so that no two are in memory. Creates the folders for them.

    Raises OSError, whose `filename` is that of the file. No temporary file is left then.
    """
    changes = list[Change]()
    try:
        for file, data in files:
            former = _former(file)
            target = os.path.realpath(file) if os.path.islink(file) else os.fspath(file)
            folder = os.path.dirname(target)
            created = () if former else tuple(make_folder(folder))
            changes.append(Change(target, os.path.join(folder, _temporary()), trace.digest(data), former, created))
            _fill(changes[-1], data)
    except BaseException:
        discard(changes)
        raise
    return changes


def put(changes: Sequence[Change]) -> None:
    """Put all new contents in place, after the disk has them, so that a power failure leaves an old or a new file.

    A file that exists keeps its mode, its owner and its hard links, and a symbolic link to it stays a link. Raises
    OSError, whose `filename` is that of the file, while nothing has changed. Raises Unfinished later.
    """
    try:
        each(_sync, changes)
    except BaseException:
        discard(changes)
        raise
    for folder in sorted({folder for change in changes for folder in change.created}):
        trace.created(folder)
    for number, change in enumerate(changes):
        try:
            _put(change)
        except BaseException as error:
            discard(changes[number:])
            if isinstance(error, OSError):
                error.filename, error.filename2 = change.target, None
                if number:
                    raise Unfinished(f"{change.target}: {error.strerror}; not every file is up to date") from error
            raise
        trace.wrote(change.target, change.digest)
    each(_sync_folder, list({os.path.dirname(change.target) or "." for change in changes}))


def discard(changes: Iterable[Change]) -> None:
    """Remove the temporary files of changes that are not put in place."""
    for change in changes:
        with suppress(FileNotFoundError, NotADirectoryError):
            os.unlink(change.temporary)


def make_folder(folder: str | Path) -> list[Path]:
    """Create a folder and those above it, and return those that were missing; OSError names the file in the way."""
    if os.path.isdir(folder):
        return []  # the usual case
    folder = Path(folder)
    missing = list(takewhile(lambda path: not path.is_dir(), (folder, *folder.parents)))[::-1]
    try:
        for path in missing:
            path.mkdir(exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        file = next((path for path in (folder, *folder.parents) if path.is_file()), folder)
        raise NotADirectoryError(error.errno, "not a folder", str(file)) from error
    return missing


def _temporary() -> str:
    return f".{os.urandom(4).hex()}{TEMPORARY}"


def _former(file: str | Path) -> os.stat_result | None:
    """The status of the file to replace, None for a new one; OSError if it may not be written."""
    try:
        former = os.stat(file)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not stat.S_ISREG(former.st_mode):
        raise OSError(errno.EINVAL, "not a regular file", str(file))
    os.close(os.open(file, os.O_WRONLY))  # a rename alone would replace a file that is write-protected
    return former


def _fill(change: Change, data: bytes) -> None:
    """Write the content to the temporary file, with the owner and the mode of the former file."""
    try:
        with open(os.open(change.temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as stream:
            stream.write(data)
            stream.flush()
            if change.former:
                _keep_owner(stream.fileno(), change.former)
                os.fchmod(stream.fileno(), stat.S_IMODE(change.former.st_mode))
    except OSError as error:
        error.filename = change.target
        raise


def _sync(change: Change) -> None:
    """Wait until the disk has the content."""
    handle = os.open(change.temporary, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    except OSError as error:
        error.filename = change.target
        raise
    finally:
        os.close(handle)


def _put(change: Change) -> None:
    """Put the content in place. A file with hard links keeps them only if it is written itself.

    The disk has room for the content then, and a copy of it until the end, for the case of a power failure.
    """
    if change.former is None or change.former.st_nlink == 1:
        os.replace(change.temporary, change.target)
        return
    with open(change.target, "r+b") as stream:
        former = stream.read()
        try:
            with open(change.temporary, "rb") as new:
                _overwrite(stream, new.read())
        except OSError:
            _overwrite(stream, former)
            raise
    os.unlink(change.temporary)


def _overwrite(stream: BinaryIO, data: bytes) -> None:
    stream.seek(0)
    stream.write(data)
    stream.truncate()
    stream.flush()
    os.fsync(stream.fileno())


def _sync_folder(folder: str) -> None:
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
