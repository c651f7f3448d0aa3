"""`sloc list`: one row per SLO, as a table, CSV or JSON."""

from __future__ import annotations

from typing import get_args

from slocompiler.cli import complete, declared
from slocompiler.cli.forms import form_option
from slocompiler.cli.messages import fail, give, say
from slocompiler.cli.session import compile_paths, paths_and_project
from slocompiler.cli.terminal import style, width
from slocompiler.explain.listing import Row, as_csv, as_json, rows, table
from slocompiler.ir import Severity
from slocompiler.suggest import one_of


@declared.command("list", short_help="List the SLOs, one per row.")
@paths_and_project
@declared.option("--owner", metavar="OWNER", shell_complete=complete.owners, help="Only the SLOs of this owner.")
@declared.option("--severity", type=get_args(Severity), help="Only SLOs with an alert of this severity.")
@form_option(
    "table",
    "csv",
    "json",
    help="table for a terminal, csv for spreadsheets (RFC 4180), json for programs (grammar/list.schema.json).",
)
def command(
    paths: tuple[str, ...], project_file: str | None, owner: str | None, severity: Severity | None, form: str
) -> None:
    """List the SLOs, one per row: target, window, budget, owner, alerts, next review.

    PATH is a file, a folder (every .slo file below it) or `-` for standard input. Without one, the project is listed.
    """
    program = compile_paths(paths, project_file).program
    owners = sorted({service.owner for service in program.services})
    if owner is not None and owner not in owners:
        fail(f"there is no owner `{owner}`; {one_of(owner, owners)}")
    found = rows(program, owner, severity)
    if form == "table":
        _print(found)
    else:
        give(as_csv(found) if form == "csv" else f"{as_json(found)}\n")


def _print(found: list[Row]) -> None:
    """Print the table, cut to the width of a terminal."""
    if not found:
        say("no SLOs", err=True)
        return
    head, *lines = table(found, width())
    say("\n".join([head, *lines]), look=lambda text: text.replace(head, style(head, bold=True), 1))
