"""What commands print besides their results: diagnostics, a summary, and why they end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from slocompiler.cli.terminal import diagnostic
from slocompiler.diagnostics import Diagnostic
from slocompiler.explain.words import plural
from slocompiler.formats import text
from slocompiler.ir import Program


def fail(message: str, code: int = 2) -> NoReturn:
    """End the command: `code` 2 for usage and environment, 1 for what the files hold."""
    click.echo(f"sloc: {message}", err=True)
    sys.exit(code)


def report(problems: Sequence[Diagnostic]) -> None:
    """Print diagnostics to standard error, then how many there are."""
    if problems:
        click.echo(diagnostic(text.write(problems)), err=True)


def summary(program: Program) -> str:
    """`3 SLOs of 2 services`."""
    return f"{plural(len(program.slos), 'SLO')} of {plural(len(program.services), 'service')}"
