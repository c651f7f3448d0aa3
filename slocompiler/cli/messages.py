"""What commands say: diagnostics, counts, and why they end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from slocompiler.cli.terminal import diagnostic
from slocompiler.diagnostics import Diagnostic, shown
from slocompiler.ir import Program

MAX_WARNINGS = 100
"""So many are printed for people of a run; the rest is counted."""


def fail(message: str, code: int = 2) -> NoReturn:
    """End the command: `code` 2 for usage and environment, 1 for what the files hold."""
    click.echo(f"sloc: {message}", err=True)
    sys.exit(code)


def report(problems: list[Diagnostic]) -> None:
    """Print what is wrong to standard error, each with its place, then how much it was."""
    listed, hidden = shown(problems)
    doubts = [problem for problem in listed if not problem.is_error]
    silent = set(map(id, doubts[MAX_WARNINGS:]))
    for problem in listed:
        if id(problem) not in silent:
            click.echo(diagnostic(problem.render()) + "\n", err=True)
    for path, more in hidden.items():
        click.echo(f"{path}: {more} more errors are not shown\n", err=True)
    if silent:
        click.echo(f"{plural(len(silent), 'more warning')} not shown\n", err=True)
    if problems:
        click.echo(count(problems), err=True)


def count(problems: Sequence[Diagnostic]) -> str:
    """`2 errors and 1 warning`; "" for none."""
    errors = sum(problem.is_error for problem in problems)
    counts = [plural(n, word) for n, word in ((errors, "error"), (len(problems) - errors, "warning")) if n]
    return " and ".join(counts)


def plural(count: int, word: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def summary(program: Program) -> str:
    """`3 SLOs of 2 services`."""
    return f"{plural(len(program.slos), 'SLO')} of {plural(len(program.services), 'service')}"
