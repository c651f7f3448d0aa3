"""Messages of commands: diagnostics, a summary, the reason for a failure."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import NoReturn

from slocompiler.cli import declared, trace
from slocompiler.cli.terminal import diagnostic, echo
from slocompiler.diagnostics import Diagnostic
from slocompiler.explain.words import plural
from slocompiler.pieces import Piece
from slocompiler.visible import inert, visible

_QUIET: ContextVar[bool] = ContextVar("quiet", default=False)


quiet = declared.option(
    "-q",
    "--quiet",
    is_flag=True,
    expose_value=False,
    callback=_QUIET.set,
    help="Print only errors: no warnings, names of files or summary.",
)
"""The option of commands that print notes about their work. `note` and `report` obey it."""


def is_quiet() -> bool:
    """Whether the current command has the option `-q`."""
    return _QUIET.get()


def say(text: str, err: bool = False, look: Callable[[str], str] = str) -> None:
    """Print text for people. Whatever names and texts it has, nothing acts on it; `look` then adds colors."""
    shown = f"{look(inert(text))}\n"
    trace.said(shown, err)
    echo(shown, err)


def give(data: str) -> None:
    """Print data exactly as it is: what another program reads."""
    trace.said(data, err=False)
    echo(data)


def note(line: str, err: bool = False) -> None:
    """Print a line about the work of the command, unless it is quiet."""
    if not is_quiet():
        say(visible(line), err)


def fail(message: str, code: int = 2, more: str = "") -> NoReturn:
    """End the command: `code` 2 for usage and environment, 1 for mistakes in the files. `more` is lines after the first."""
    say(visible(f"sloc: {message}") + more, err=True)
    sys.exit(code)


def report(problems: Sequence[Diagnostic], strict: bool = False) -> None:
    """Print diagnostics to standard error, then their number. If quiet, warnings only if they fail the run."""
    if is_quiet() and not strict:
        problems = [problem for problem in problems if problem.is_error]
    if problems:
        from slocompiler.formats import text

        say(text.write(problems), err=True, look=diagnostic)


def only_errors(reporter: Callable[[list[Diagnostic]], object]) -> Callable[[Sequence[Diagnostic]], None]:
    """A function that reports errors, if there are any: commands that ask a server leave warnings to `sloc check`."""

    def report(problems: Sequence[Diagnostic]) -> None:
        if found := [problem for problem in problems if problem.is_error]:
            reporter(found)

    return report


report_errors = only_errors(report)


def summary(piece: Piece) -> str:
    """`3 SLOs of 2 services`."""
    return f"{plural(piece.slos, 'SLO')} of {plural(len(piece.jobs), 'service')}"
