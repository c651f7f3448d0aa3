"""Unexpected ends of a command: interrupted, out of disk or memory, or a bug in sloc."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from pathlib import Path

import click

from slocompiler import __version__
from slocompiler.visible import inert, visible

INTERRUPTED, BUG = 130, 70
"""Exit codes, as shells and sysexits.h have them."""
_FRAMES = 4
"""The number of innermost calls that a bug report needs."""


def end(error: BaseException) -> int:
    """Print what happened, and return the exit code for it. Exceptions that click handles are raised again."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, click.ClickException) and _acts(error.format_message()):
        return _exit(f"sloc: {visible(error.format_message())}", error.exit_code)
    if isinstance(error, click.ClickException | click.Abort | click.exceptions.Exit):
        raise error
    if isinstance(error, OSError):
        if error.errno == errno.EPIPE:  # the reader of the output has closed it: click exits without a message
            raise error
        _discard_output()
        file = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
        return _exit(f"sloc: {visible(file)}{error.strerror or error}", 2)
    if isinstance(error, MemoryError):
        return _exit("sloc: out of memory", 2)
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    calls = "".join(f"  {Path(frame.filename).name}:{frame.lineno} in {frame.name}\n" for frame in frames)
    what = " ".join(f"{type(error).__name__}: {error}"[:300].split())
    return _exit(
        f"sloc: this is a bug in sloc {__version__}, not a mistake in your files\n"
        f"  {what}\n{calls}"
        "Please report these lines, the command, and the smallest file that reproduces them.",
        BUG,
    )


def _acts(message: str) -> bool:
    """Whether click must not print the message: an argument in it, such as the name of a file, moves a terminal."""
    return inert(visible(message)) != message


def _exit(text: str, code: int) -> int:
    try:
        click.echo(inert(text), err=True)
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
