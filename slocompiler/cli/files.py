"""Bytes of files as people give them: no device fills the memory, no pipe is waited for to which nobody writes."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path


def content(file: str, most: int) -> bytes:
    """What is in the file, or in standard input for `-`, cut behind `most` bytes and one; OSError where it cannot be read."""
    if file == "-":
        if sys.stdin is None:
            raise OSError(errno.EBADF, "standard input is closed")
        return sys.stdin.buffer.read(most + 1)
    # To open a pipe waits for who writes to it; without blocking it is just empty.
    handle = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(handle, "rb") as stream:
        begun = _begun(handle) if stat.S_ISFIFO(os.fstat(handle).st_mode) else b""
        os.set_blocking(handle, True)
        return begun + stream.read(most + 1 - len(begun))


def _begun(pipe: int) -> bytes:
    """The first byte of a pipe; none yet where somebody is still to write it."""
    try:
        first = os.read(pipe, 1)
    except BlockingIOError:
        return b""
    if not first:
        raise OSError(errno.EPIPE, "an empty pipe, to which nobody writes")
    return first


def is_source(file: Path) -> bool:
    """Whether to read what a pattern found: a link to nowhere, too, as to pass over it would remove what is made of it.

    Hidden ones are locks of editors.
    """
    return file.is_file() or not (file.exists() or file.name.startswith("."))


def misread(data: bytes) -> int:
    """The offset of the first byte that is no UTF-8; -1 where all are. ASCII in UTF-16 would be: it is half zeros."""
    if 0 in data[:2]:
        return 0
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return -1
