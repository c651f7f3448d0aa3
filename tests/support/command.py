"""Runs the command line in this process: what it printed, and its exit code."""

from __future__ import annotations

from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from slocompiler.cli.run import main


class Answer(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


def sloc(folder: Path, *arguments: str) -> Answer:
    """Run `sloc` in the folder; nothing is read from standard input."""
    out, err = StringIO(), StringIO()
    with chdir(folder), redirect_stdout(out), redirect_stderr(err):
        try:
            main(list(arguments))
            code: object = 0
        except SystemExit as end:
            code = end.code
    assert isinstance(code, int), code
    return Answer(code, out.getvalue(), err.getvalue())


def files(folder: Path) -> dict[str, bytes]:
    """Every file below the folder, hidden ones too."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in _below(folder)}


def times(folder: Path) -> dict[str, int]:
    """When each file and folder was last changed."""
    return {path.relative_to(folder).as_posix(): path.stat().st_mtime_ns for path in folder.rglob("*")}


def service(name: str, title: str = "") -> str:
    """The text of a service with one SLO without alerts, that has no warning."""
    return (
        f'service {name} {{ owner "team" stakeholders "product"\n  slo x "{title}" 99% over 30d {{\n'
        f'    events {name}_total{{}} bad {{code="500"}} alerts none because "So it was agreed."\n  }}\n}}\n'
    )


def _below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() or path.is_symlink())
