"""`sloc diff`: the meaning of a change of SLOs, for its reviewers."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import click

from slocompiler.cli import complete, declared
from slocompiler.cli.backtests import Found, Settings, backtested, backtesting
from slocompiler.cli.connection import Connection, Served, connection
from slocompiler.cli.costs import costed
from slocompiler.cli.forms import form_option
from slocompiler.cli.messages import give, report, say
from slocompiler.cli.sides import Compiled, branched, compiled
from slocompiler.cli.terminal import headed
from slocompiler.diff.change import KINDS, PAGES, Comparison, Side
from slocompiler.diff.compare import alone, compare, kept
from slocompiler.diff.project import project
from slocompiler.diff.render import markdown, text
from slocompiler.diff.render.json import data as json_data
from slocompiler.explain.words import plural
from slocompiler.project import NAME
from slocompiler.suggest import did_you_mean

_KINDS = "\n".join(
    f"  {kind:<13} {meaning}" for kind, meaning in {**KINDS, PAGES: "with --backtest: too many in a shift"}.items()
)


def _kinds(value: str | None) -> tuple[str, ...]:
    """The kinds that `--fail-on` names, and PAGES."""
    named = tuple(kind.strip() for kind in value.split(",")) if value is not None else ()
    for kind in named:
        if kind not in (*KINDS, PAGES):
            raise click.BadParameter(f"there is no kind `{kind}`; {did_you_mean(kind, KINDS) or 'see --help'}")
    return named


@declared.command("diff", short_help="Explain a change of SLOs.", epilog=f"\b\nKinds of changes:\n{_KINDS}")
@declared.argument("base", metavar="[BASE]", required=False, shell_complete=complete.revisions)
@declared.argument("head", metavar="[HEAD]", required=False, shell_complete=complete.revisions)
@form_option(
    "text",
    "markdown",
    "json",
    help="text for a terminal, markdown for the comment of a pull request, json for programs.",
)
@declared.option("--exit-code", is_flag=True, help="Exit with 1 if anything changed.")
@declared.option(
    "--fail-on",
    metavar="KIND,…",
    callback=_kinds,
    shell_complete=complete.kinds,
    help="Exit with 1 if there is a change of one of these kinds, which are listed below.",
)
@declared.option("--backtest", is_flag=True, help="Replay the SLOs that differ on their past, as `sloc backtest` does.")
@connection
@backtesting
def command(
    base: str | None, head: str | None, form: str, exit_code: bool, fail_on: tuple[str, ...], backtest: bool,
    connection: Connection, settings: Settings,
) -> None:  # fmt: skip  # one option each
    """Explain a change of SLOs: targets, budgets, which events count, and when alerts fire.

    BASE and HEAD are git revisions, folders or .slo files. A folder or .slo file takes precedence over a revision of
    that name. HEAD defaults to the working tree, and BASE to the commit where HEAD branched off the main branch. Each
    side is compiled from its own files with its own sloc.yaml. Nothing is checked out.

    With --backtest, and only then, it asks a live server or a snapshot: the options after --backtest are for that.

    Exit codes: 0 compared, 1 because of --exit-code or --fail-on, 2 if HEAD does not compile, there is nothing to
    compare, or the server does not answer.
    """
    _ask_only_with(backtest, fail_on)
    after = compiled(head)
    if after.program is None:
        report(after.problems)
        sys.exit(2)
    before = compiled(base, after) if base is not None else branched(after)
    servers = connection.servers(after.program, after.project) if backtest else ()
    found = _compared(before, after, servers, connection.now)
    sides, programs = (after, before), (after.program, before.program)
    past = backtested(sides, programs, servers, connection.now, settings) if backtest else None
    if form == "text":
        say(text.render(found, before.side, after.side).removesuffix("\n"), look=headed)
        if past:
            say(f"\n{past.text()}")
    else:
        give(_data(form, found, (before.side, after.side), past, connection.now))
    failing = [kind for kind in found.kinds if kind in fail_on]
    for kind in failing:
        slos = found.of(kind)
        say(f"sloc: {kind}: {plural(slos, 'SLO') if slos else 'all SLOs'} (--fail-on)", err=True)
    if PAGES in fail_on and past and past.too_many_pages():
        failing.append(PAGES)
    differs = bool(found.entries) or found.before is None
    sys.exit(1 if failing or (exit_code and differs) else 0)


def _compared(before: Compiled, after: Compiled, servers: Sequence[Served], now: int) -> Comparison:
    """What differs, and what that costs."""
    assert after.program
    if not before.program:
        return alone(after.program)
    differ = before.settings != after.settings
    others = project(before.settings, after.settings, NAME, kept(before.program, after.program)) if differ else ()
    intervals = after.project.scrape_interval, after.project.evaluation_interval
    found = compare(before.program, after.program, others, intervals)
    return costed(found, before, after, servers, now)


def _ask_only_with(backtest: bool, fail_on: tuple[str, ...]) -> None:
    """End the command if an option needs `--backtest`."""
    context = click.get_current_context()
    given = [name for name in ("url", "snapshot", "shift") if _is_given(context, name)]
    needing = [f"--{name}" for name in given] + [f"--fail-on {PAGES}"] * (PAGES in fail_on)
    if needing and not backtest:
        raise click.UsageError(f"{needing[0]} needs --backtest")


def _is_given(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) == click.core.ParameterSource.COMMANDLINE


def _data(form: str, found: Comparison, sides: tuple[Side, Side], past: Found | None, now: int) -> str:
    """The comparison, and the backtest in the same object or comment."""
    if form == "json":
        data = json_data(found, *sides) | ({"backtest": past.data(now)} if past else {})
        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    replays = f"\n{past.folded()}" if past else ""
    return markdown.render(found, *sides, markdown.LIMIT - len(replays)) + replays
