"""`sloc backtest`: what SLOs would have kept in the past, and which of their alerts would have fired."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

import click

from slocompiler.burn import DAY, LADDER
from slocompiler.cli import complete
from slocompiler.cli.connection import Connection, Served, connection
from slocompiler.cli.durations import Duration
from slocompiler.cli.messages import give, report_errors, say
from slocompiler.cli.sides import Compiled, compiled
from slocompiler.ir import Program, Slo
from slocompiler.live import backtest_formats, tiles
from slocompiler.live.backtest import Compared, replayed, total
from slocompiler.live.backtest_json import as_json
from slocompiler.live.questions import Asking, answered, together

LONGEST = 400 * DAY
MEANINGS = ("target", "window", "indicator", "exclude_when", "per", "overrides", "alerts", "policy")
"""What of an SLO a backtest depends on."""


class _Targets(click.ParamType[tuple[Decimal, ...]]):
    """Targets such as `99,99.5%`, as shares of 1."""

    name = "targets"

    def convert(
        self, value: object, parameter: click.Parameter | None, context: click.Context | None
    ) -> tuple[Decimal, ...]:
        """The targets."""
        try:
            found = tuple(Decimal(one.strip().removesuffix("%")) / 100 for one in str(value).split(","))
        except InvalidOperation:
            found = ()
        if not found or not all(0 < one < 1 for one in found):
            self.fail(f"`{value}`: write targets between 0% and 100%, such as 99,99.5", parameter, context)
        return found


@click.command("backtest", short_help="Replay the alerts of SLOs on their past.")
@click.argument("base", metavar="[BASE]", required=False, shell_complete=complete.revisions)
@click.argument("head", metavar="[HEAD]", required=False, shell_complete=complete.revisions)
@connection
@click.option("--over", type=Duration(LONGEST), help="How far back; by default the window of each SLO.")
@click.option(
    "--targets",
    type=_Targets(),
    metavar="P,…",
    help="The targets to try, such as 99,99.5; else usual ones from 90% up.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    help="markdown for the comment of a pull request, json for programs (grammar/backtest.schema.json).",
)
@click.option(
    "--fail-on",
    type=click.Choice(["pages"]),
    help="Exit with 1 if there are more pages than before; without BASE, if there is one.",
)
def command(
    base: str | None, head: str | None, connection: Connection, over: int | None, targets: tuple[Decimal, ...] | None,
    form: str, fail_on: str | None,
) -> None:  # fmt: skip  # one option each
    """Replay the alerts of SLOs on what a server has of their past: what was kept, who would have been paged, and when.

    BASE and HEAD are git revisions, folders or .slo files, as for `sloc diff`; HEAD defaults to the working tree. With
    BASE, the SLOs that differ are replayed with the files of both sides. Without it, all SLOs of the working tree are.
    """
    after = compiled(head)
    before = compiled(base) if base is not None else None
    earlier = _program(before) if before else None
    servers = connection.servers(_program(after), after.project)
    found: list[Compared] = []
    same = 0
    for served in servers:
        chosen = _changed(served, earlier)
        same += len(served.program.slos) - len(chosen)
        askings = [_compared(one, (after, before), connection.now, over, targets or LADDER) for one in chosen]
        found += answered(together(askings), served.answer)
    if form == "json":
        give(as_json(found, connection.now))
    else:
        write = backtest_formats.as_text if form == "text" else backtest_formats.as_markdown
        text = write(found, before is not None, targets or ())
        last = backtest_formats.summary(found, same, before is not None, [one.url for one in servers])
        say(f"{text}\n\n{last}" if text else last)
    pages = [total([one[side] for one in found], "page") for side in (0, 1)]
    sys.exit(1 if fail_on and pages[1] > pages[0] else 0)


def _program(side: Compiled) -> Program:
    """The program of a side; its errors end the command."""
    if side.program is None:
        report_errors(side.problems)
        sys.exit(2)
    return side.program


def _changed(served: Served, earlier: Program | None) -> list[tuple[Slo, Slo | None]]:
    """The SLOs to replay, each with what it was before; with BASE only those that differ."""
    known = {slo.id: slo for slo in served.here(earlier).slos} if earlier else {}
    pairs = [(slo, known.get(slo.id)) for slo in served.program.slos]
    return [
        (slo, old) for slo, old in pairs if old is None or any(getattr(slo, of) != getattr(old, of) for of in MEANINGS)
    ]


def _compared(
    pair: tuple[Slo, Slo | None],
    sides: tuple[Compiled, Compiled | None],
    now: int,
    over: int | None,
    targets: Sequence[Decimal],
) -> Asking[Compared]:
    length = over or max(slo.window for slo in pair if slo)
    asked = [
        replayed(slo, side.project.options(), now - length, tiles.latest(now), targets)
        for slo, side in zip(pair, sides, strict=True)
        if slo and side
    ]
    after, *before = yield from together(asked)
    return Compared(before[0] if before else None, after)
