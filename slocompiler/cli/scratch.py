"""A temporary folder that outlives neither its process nor, for long, a process that was killed."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

PREFIX = "sloc-test-"
YOUNG = 60
"""Seconds in which the process of a new folder has locked it."""


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is removed at the end, also if the process is asked to end. Folders of killed processes are removed.

    The process holds a lock on its folder, which ends with it, whatever its end is.
    """
    _sweep()
    former = signal.signal(signal.SIGTERM, _end)
    try:
        with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as name:
            lock = os.open(name, os.O_RDONLY)
            try:
                with suppress(OSError):  # not every file system has locks
                    fcntl.flock(lock, fcntl.LOCK_EX)
                yield Path(name)
            finally:
                os.close(lock)
    finally:
        signal.signal(signal.SIGTERM, former)


def _end(number: int, frame: FrameType | None) -> None:
    del frame
    sys.exit(128 + number)


def _sweep() -> None:
    """Remove the folders of this user that no process has locked."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # it belongs to somebody else, is locked, or is gone
            status = folder.lstat()
            if status.st_uid != os.getuid() or time.time() - status.st_mtime < YOUNG:
                continue
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)
