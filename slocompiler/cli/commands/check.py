"""`sloc check`: reports every error and warning, and applies fixes."""

from __future__ import annotations

import os
from datetime import date, datetime

from slocompiler.checks.allowing import DATED
from slocompiler.cli import declared, trace
from slocompiler.cli.formatted import format_option, reporter
from slocompiler.cli.messages import note, quiet, summary
from slocompiler.cli.session import compile_paths, paths_and_project
from slocompiler.explain.words import plural


@declared.command("check", short_help="Report every mistake with its location.")
@paths_and_project
@quiet
@trace.no_cache
@declared.option(
    "--strict", is_flag=True, help="Exit with 1 for warnings, too; for those about the date only with --today."
)
@declared.option("--fix", is_flag=True, help="Apply the safe fixes first, and print them.")
@declared.option(
    "--today",
    metavar="DATE",
    type=declared.day,
    help="Report reviews that are due on this day, such as 2026-10-01, instead of today.",
)
@format_option
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
    own = None if form == "text" else reporter(form, "check")
    run = compile_paths(paths, project_file, strict, day, own, harmless=() if today else DATED)
    if form in ("text", "github"):
        note(f"{summary(run.piece)} in {plural(len(run.piece.facts), 'file')}: no errors")
    if not (fix or (form == "github" and os.environ.get("GITHUB_STEP_SUMMARY"))):
        trace.keep()
