"""Runs a command: by itself where `declared.py` reads its arguments, else with click."""

from __future__ import annotations

import os
import sys
from contextvars import copy_context
from typing import NoReturn

from slocompiler.cli import trace
from slocompiler.cli.group import find


def main(arguments: list[str], cached: bool = False) -> NoReturn:
    """Run the command with these arguments, and exit. With `cached`, the cache can answer it the next time."""
    copy_context().run(_run, arguments, cached)  # options such as `--quiet` hold for no command after this one
    sys.exit(0)


def _run(arguments: list[str], cached: bool) -> None:
    try:
        if "_SLOC_COMPLETE" in os.environ or not _called(arguments, cached):
            from slocompiler.cli.clicked import group

            group(arguments, prog_name="sloc")
    except (Exception, KeyboardInterrupt) as error:
        from slocompiler.cli.last_resort import end

        sys.exit(end(error))


def _called(arguments: list[str], cached: bool) -> bool:
    """Call the command with these arguments; False if click has to read them."""
    command = find(arguments[0]) if arguments else None
    if cached and command and trace.no_cache in command.parameters and "--no-cache" not in arguments:
        trace.begin(arguments)
    values = command.read(arguments[1:]) if command else None
    if command is None or values is None:
        return False
    command.call(values)
    return True
