"""`sloc check`: reports every error and warning, and applies fixes."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path

import click

from slocompiler.checks.allowing import DUE
from slocompiler.cli import trace
from slocompiler.cli.locate import from_here, from_root, root_of
from slocompiler.cli.messages import fail, give, note, quiet, summary
from slocompiler.cli.session import compile_paths, paths_and_project
from slocompiler.diagnostics import Diagnostic, ordered
from slocompiler.explain.words import plural
from slocompiler.formats import FORMATS, write
from slocompiler.formats.text import count


@click.command("check", short_help="Report every mistake with its location.")
@paths_and_project
@quiet
@trace.no_cache
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings, too; for overdue reviews only with --today.")
@click.option("--fix", is_flag=True, help="Apply the safe fixes first, and print them.")
@click.option(
    "--today",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Report reviews that are due on this day, such as 2026-10-01, instead of today.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", *FORMATS]),
    default="text",
    help="text for people, json for programs, github for GitHub Actions, sarif for code scanning, gitlab for Code Quality.",
)
def command(
    paths: tuple[str, ...], project_file: str | None, strict: bool, fix: bool, today: datetime | None, form: str
) -> None:
    """Report every mistake in .slo files with its location, and every review that is due.

    PATH is a file, a folder (every .slo file below it) or `-` for standard input. Without one, the project is checked.
    """
    day = today.date() if today else date.today()
    if fix:
        from slocompiler.cli.fix import fix_files

        for line in fix_files(paths, project_file, day):
            note(f"fixed {line}", err=form != "text")
    reporter = None if form == "text" else lambda problems: _report(form, problems)
    run = compile_paths(paths, project_file, strict, day, reporter, harmless=() if today else (DUE,))
    if form in ("text", "github"):
        note(f"{summary(run.piece)} in {plural(len(run.piece.facts), 'file')}: no errors")
    if not (fix or (form == "github" and os.environ.get("GITHUB_STEP_SUMMARY"))):
        trace.keep()


def _report(form: str, problems: list[Diagnostic]) -> None:
    """Print all diagnostics in a format for programs. In GitHub Actions, also append them to the summary of the step."""
    found = ordered(problems)
    locate = from_here if form == "json" else from_root(root_of(Path.cwd()))
    text = write(form, found, locate)
    if text:
        give(f"{text}\n")
    step = os.environ.get("GITHUB_STEP_SUMMARY")
    if form == "github" and step:
        from slocompiler.formats.github import summary as step_summary

        title = f"sloc check: {count(found) or 'nothing to report'}"
        try:
            with open(step, "a", encoding="utf-8") as file:
                file.write(step_summary(found, locate, title))
        except OSError as error:
            fail(f"$GITHUB_STEP_SUMMARY, {step}: {error.strerror}")
