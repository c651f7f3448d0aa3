"""Reads files without waiting for a pipe, and knows which paths lead out of a folder."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

from slocompiler.cli import cache, trace


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


def leads_out(file: str, root: Path, known: dict[str, str] | None = None) -> bool:
    """Whether a path in the folder `root`, or else in the current one, leads out of it through a link, or into `.git`.

    Nobody reviews what is there, and a diagnostic would print it. A path that is outside anyway is the user's. For many
    files, `known` has the real paths of folders that were looked at just before.
    """
    path, seen = absolute(file), {} if known is None else known
    around = next((one for one in (absolute(root), os.getcwd()) if is_inside(path, one)), None)
    return around is not None and not _is_in(cache.real(path, seen), cache.real(around, seen))


def stays_in(path: str | Path, folder: str | Path) -> bool:
    """Whether a path is really in a folder, and not in its `.git`, where a clone in CI has a token."""
    return _is_in(os.path.realpath(path), os.path.realpath(folder))


def _is_in(real: str, around: str) -> bool:
    return is_inside(real, around) and ".git" not in real[len(around) :].split("/")


def absolute(path: str | Path) -> str:
    """The absolute path with one slash at its beginning: two mean the same."""
    found = os.path.abspath(path)
    return found[1:] if found.startswith("//") else found


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
