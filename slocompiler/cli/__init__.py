"""The command `sloc`."""

from __future__ import annotations

import atexit
import gc
import sys
from io import TextIOWrapper


def main() -> None:
    """Answer from the cache if nothing has changed since the same command; else import what the command needs, and run."""
    gc.disable()  # a run is short, and most objects live until its end
    atexit.register(gc.freeze)  # skips the last collection, which takes 5% of a large build
    from slocompiler.cli import cache

    arguments = sys.argv[1:]
    for stream in (sys.stdout, sys.stderr):  # output is UTF-8 in every locale
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if not cache.replay(arguments):
        from slocompiler.cli.run import main as run

        run(arguments, cached=True)
