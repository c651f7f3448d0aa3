"""How a command ends that nobody foresaw: interrupted, without a disk or memory, or by a mistake of sloc itself."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from pathlib import Path

import click

from slocompiler import __version__

INTERRUPTED, BUG = 130, 70
"""Exit codes, as shells and sysexits.h have them."""
_FRAMES = 4
"""So many of the innermost calls are printed: what a report needs."""


def end(error: BaseException) -> int:
    """Say what happened, and the exit code for it; what click ends by itself is raised again."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, click.ClickException | click.Abort | click.exceptions.Exit):
        raise error
    if isinstance(error, OSError):
        if error.errno == errno.EPIPE:  # whoever read the output has enough; click ends quietly
            raise error
        _discard_output()
        place = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
        return _say(f"sloc: {place}{error.strerror or error}", 2)
    if isinstance(error, MemoryError):
        return _say("sloc: there is not enough memory", 2)
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    calls = "".join(f"  {Path(frame.filename).name}:{frame.lineno} in {frame.name}\n" for frame in frames)
    what = " ".join(f"{type(error).__name__}: {error}"[:300].split())
    return _say(
        f"sloc: this is a bug in sloc {__version__}; no file was the cause that you could mend\n"
        f"  {what}\n{calls}"
        "Please report these lines, the command, and the smallest file that brings them about.",
        BUG,
    )


def _say(text: str, code: int) -> int:
    try:
        click.echo(text, err=True)
    except OSError:  # nobody can hear it
        _discard_output()
    return code


def _discard_output() -> None:
    """What could not be written is not tried again when Python ends, which would print a complaint of its own."""
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
