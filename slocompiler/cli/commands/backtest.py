"""`sloc backtest`: what SLOs would have kept in the past, and which of their alerts would have fired."""

from __future__ import annotations

import json
import sys

from slocompiler.cli import complete, declared
from slocompiler.cli.backtests import Settings, backtested, backtesting
from slocompiler.cli.connection import Connection, connection
from slocompiler.cli.forms import form_option
from slocompiler.cli.messages import give, report_errors, say
from slocompiler.cli.sides import Compiled, compiled
from slocompiler.ir import Program


@declared.command("backtest", short_help="Replay the alerts of SLOs on their past.")
@declared.argument("base", metavar="[BASE]", required=False, shell_complete=complete.revisions)
@declared.argument("head", metavar="[HEAD]", required=False, shell_complete=complete.revisions)
@connection
@backtesting
@form_option(
    "text",
    "markdown",
    "json",
    help="markdown for the comment of a pull request, json for programs (grammar/backtest.schema.json).",
)
@declared.option(
    "--fail-on",
    type=("pages",),
    help="Exit with 1 if a shift has more pages than it can bear, and more than with BASE.",
)
def command(
    base: str | None, head: str | None, connection: Connection, settings: Settings, form: str, fail_on: str | None
) -> None:
    """Replay the alerts of SLOs on what a server has of their past: what was kept, who would have been paged, and when.

    BASE and HEAD are git revisions, folders or .slo files, as for `sloc diff`; HEAD defaults to the working tree. With
    BASE, the SLOs that differ are replayed with the files of both sides. Without it, all SLOs of the working tree are.

    Exit codes: 0 replayed, 1 because of --fail-on, 2 if a side does not compile, the server does not answer, or no SLO
    can be replayed.
    """
    after = compiled(head)
    before = compiled(base, after) if base is not None else None
    earlier = _program(before) if before else None
    program = _program(after)
    servers = connection.servers(program, after.project)
    found = backtested((after, before), (program, earlier), servers, connection.now, settings)
    if form == "json":
        give(json.dumps(found.data(connection.now), indent=2, ensure_ascii=False) + "\n")
    else:
        say(found.text() if form == "text" else found.markdown())
    sys.exit(2 if found.unknown and not found.slos else 1 if fail_on and found.too_many_pages() else 0)


def _program(side: Compiled) -> Program:
    """The program of a side; its errors end the command."""
    if side.program is None:
        report_errors(side.problems)
        sys.exit(2)
    return side.program
