"""`sloc status`: the state of every SLO on a live server."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from slocompiler.cli import complete, declared
from slocompiler.cli.connection import Connection, Served, connection
from slocompiler.cli.durations import Duration
from slocompiler.cli.forms import form_option
from slocompiler.cli.messages import fail, give, report_errors, say
from slocompiler.cli.named import expanded, only
from slocompiler.cli.session import compile_paths, project_option
from slocompiler.cli.terminal import is_terminal, style, width
from slocompiler.ir import Program
from slocompiler.live import status_formats
from slocompiler.live.questions import answered
from slocompiler.live.row import Row, worst_first
from slocompiler.live.status import recorded
from slocompiler.record import replace
from slocompiler.suggest import one_of
from slocompiler.targets.grafana.states import NOWHERE
from slocompiler.targets.shared import Options

COLORS = {"healthy": "green", "exhausted": "red", "young": "blue", "idle": "blue"}
"""As in dashboards; other states are yellow."""
EVERY = "10s"


class _Percent(click.ParamType[Decimal]):
    name = "percent"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> Decimal:
        try:
            return Decimal(str(value).removesuffix("%")) / 100
        except InvalidOperation:
            self.fail(f"`{value}` is no percentage: write it as 25%", parameter, context)


@declared.command("status", short_help="Show the state and the budget of each SLO on a server.")
@declared.argument("slos", metavar="[SLO]...", nargs=-1, shell_complete=complete.names)
@project_option
@connection
@declared.option("--owner", metavar="OWNER", shell_complete=complete.owners, help="Only the SLOs of this owner.")
@declared.option(
    "--watch",
    type=lambda: Duration(form="write --watch=10s, or `--watch` at the end"),
    is_flag=False,
    flag_value=EVERY,
    metavar="[10s]",
    help="Ask again each 10s until Ctrl-C.",
)
@form_option(
    "table",
    "csv",
    "json",
    "markdown",
    help="table for a terminal, csv for spreadsheets (RFC 4180), json for programs (grammar/status.schema.json).",
)
@declared.option(
    "--fail-below",
    type=_Percent,
    metavar="P",
    help="Exit with 1 if less than this share of a budget is left, such as 0%.",
)
@declared.option(
    "--per",
    type=("worst", "all"),
    default="worst",
    help="Which values of `per` labels to show; worst is three.",
)
@declared.option(
    "--raw", is_flag=True, help="Read raw series instead of what the rules recorded: no rules need be loaded."
)
@declared.option("--all", "every", is_flag=True, help="Also SLOs on the server that no file has.")
def command(
    slos: tuple[str, ...], project_file: str | None, connection: Connection, owner: str | None, watch: int | None,
    form: str, fail_below: Decimal | None, per: str, raw: bool, every: bool,
) -> None:  # fmt: skip  # one option each
    """Show the state, the budget left and the burn rate of each SLO, the worst first.

    SLO is the name of an SLO, of a service, or a pattern such as 'checkout/*'. Without one, all of the project are shown.
    """
    if watch and form != "table":
        fail(f"--watch needs the table: leave out `--format {form}`")
    if watch and fail_below is not None:
        fail("--watch goes on whatever is left: leave out `--fail-below`")
    if every and (slos or owner or raw):
        fail("--all shows what no file has: leave out the names, `--owner` and `--raw`")
    run = compile_paths((), project_file, reporter=report_errors)
    program = only(run.program, expanded(run.program, slos)) if slos else run.program
    program = _of_owner(program, owner) if owner is not None else program
    options = run.project.options()

    def once(passed: int = 0) -> list[Row]:
        servers, now = connection.servers(program, run.project), connection.now + passed
        rows = _rows(servers, options, now, raw, every)
        if watch and is_terminal():
            click.clear()
        _print(rows, servers, now, form, per == "all", raw)
        return rows

    if watch:
        _watch(once, watch)
    elif any(fail_below is not None and _is_below(row, fail_below) for row in once()):
        sys.exit(1)


def _watch(once: Callable[[int], object], every: int) -> None:
    """Ask again and again until Ctrl-C, with the seconds that have passed. What a server fails to answer is asked later."""
    from slocompiler.cli.unanswered import Unanswered

    begun, ended = time.monotonic(), []

    def end(*_: object) -> None:
        ended.append(True)  # an interrupt is lost while Python calls a finalizer
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, end)
    try:
        while not ended:
            try:
                once(int(time.monotonic() - begun))
            except Unanswered as failure:
                failure.show()
            if not ended:
                time.sleep(every)
    except KeyboardInterrupt:
        return


def _of_owner(program: Program, owner: str) -> Program:
    owners = sorted({service.owner for service in program.services})
    if owner not in owners:
        fail(f"there is no owner `{owner}`; {one_of(owner, owners)}")
    return replace(program, services=tuple(one for one in program.services if one.owner == owner))


def _rows(servers: Sequence[Served], options: Options, now: int, raw: bool, every: bool) -> list[Row]:
    """The SLOs of all deployments; what no file has is asked for once a server."""
    rows: list[Row] = []
    asked: set[str] = set()
    for one in servers:
        if raw:
            from slocompiler.live.status_raw import computed

            rows += answered(computed(one.program, options, now), one.answer)
        else:
            rows += answered(recorded(one.program, options, now, every and one.url not in asked), one.answer)
        asked.add(one.url)
    return worst_first(rows)


def _print(rows: Sequence[Row], servers: Sequence[Served], now: int, form: str, per_all: bool, raw: bool) -> None:
    if form in ("csv", "json"):
        give(status_formats.as_csv(rows) if form == "csv" else f"{status_formats.as_json(rows, now, raw)}\n")
        return
    if form == "table":
        found = status_formats.lines(rows, width(), per_all)
        say("\n".join(line for line, _ in found), look=_painted([row for _, row in found]))
    else:
        say(status_formats.as_markdown(rows, per_all))
    say(("\n" if form == "markdown" else "") + status_formats.summary(rows, [one.url for one in servers], now))
    if rows and not raw and all(row.state == NOWHERE for row in rows):
        say(
            "Nothing is recorded of these SLOs there: are their rules loaded? `--raw` computes from raw series instead.",
            err=True,
        )


def _painted(rows: Sequence[Row | None]) -> Callable[[str], str]:
    """Colors the states of lines; the head is bold."""

    def paint(text: str) -> str:
        return "\n".join(
            style(line, bold=True) if row is None else _colored(line, row)
            for line, row in zip(text.split("\n"), rows, strict=True)
        )

    return paint


def _colored(line: str, row: Row) -> str:
    before, state, after = line.partition(f"{', ' if row.draft else '  '}{row.state}")
    if not state or line.startswith(" "):
        return line
    color = None if row.draft else "red" if "page" in row.firing else COLORS.get(row.state, "yellow")
    return before + state[:2] + style(state[2:], color, bold=not row.draft) + after


def _is_below(row: Row, least: Decimal) -> bool:
    return not row.draft and row.worst.left is not None and row.worst.left < least
