"""`sloc build --add`: puts generated files into the next commit, as a hook does."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from slocompiler.cli.messages import fail


def stage(folder: Path, written: Iterable[str], removed: Iterable[str]) -> None:
    """Put the written files below the folder into git's index, and take out the removed ones. A failure ends the command."""
    _git(folder, written, "add", "--pathspec-from-file=-", "--pathspec-file-nul")
    _git(folder, removed, "update-index", "--force-remove", "-z", "--stdin")


def _git(folder: Path, names: Iterable[str], *arguments: str) -> None:
    """Run a git command that reads names. It uses the index of a hook: in `git commit FILE`, this is not the usual one.

    Variables for other kinds of pathspecs are dropped: they are a fatal error together with `--literal-pathspecs`.
    """
    program = shutil.which("git")
    if program is None:
        fail("--add needs the command `git`, which is not on PATH")
    command = [program, "--literal-pathspecs", *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_PATHSPECS")}
    given = b"\0".join(map(os.fsencode, names))
    done = subprocess.run(command, cwd=folder, env=environment, input=given, capture_output=True, check=False)
    if done.returncode:
        fail(f"git {arguments[0]}: {done.stderr.decode('utf-8', 'replace').strip()}")
