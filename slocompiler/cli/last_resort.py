"""Unexpected ends of a command: interrupted, out of disk or memory, or a bug in sloc."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from pathlib import Path

from slocompiler import __version__
from slocompiler.cli.terminal import echo
from slocompiler.visible import inert, visible

INTERRUPTED, BUG = 130, 70
"""Exit codes, as shells and sysexits.h have them."""
_FRAMES = 4
"""The number of innermost calls that a bug report needs."""


def end(error: BaseException) -> int:
    """Print what happened, and return the exit code for it."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, OSError):
        _discard_output()
        if error.errno == errno.EPIPE:  # the reader of the output has closed it
            return 1
        file = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
        return say_last(f"sloc: {visible(file)}{error.strerror or error}", 2)
    if isinstance(error, MemoryError):
        return say_last("sloc: out of memory", 2)
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    calls = "".join(f"  {Path(frame.filename).name}:{frame.lineno} in {frame.name}\n" for frame in frames)
    what = " ".join(f"{type(error).__name__}: {error}"[:300].split())
    return say_last(
        f"sloc: this is a bug in sloc {__version__}, not a mistake in your files\n"
        f"  {what}\n{calls}"
        "Please report these lines, the command, and the smallest file that reproduces them.",
        BUG,
    )


def say_last(text: str, code: int) -> int:
    """Print the reason for the end, and return its exit code."""
    try:
        echo(f"{inert(text)}\n", err=True)
    except OSError:  # standard error is closed
        _discard_output()
    return code


def _discard_output() -> None:
    """Drop output that could not be written. Python would try again at its end, and print a message of its own."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            try:
                os.dup2(nowhere, stream.fileno())
            except (OSError, ValueError, AttributeError):
                continue
    os.close(nowhere)
