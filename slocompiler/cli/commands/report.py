"""`sloc report`: what SLOs kept in a month, a quarter or some days, for those who decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from slocompiler.cli import complete, declared
from slocompiler.cli.backtests import shift_option
from slocompiler.cli.connection import Connection, connection
from slocompiler.cli.forms import deliver, form_option, output_option
from slocompiler.cli.messages import fail, report_errors
from slocompiler.cli.named import expanded, only
from slocompiler.cli.session import Run, compile_paths, project_option
from slocompiler.cli.zones import begun, timezone_option
from slocompiler.ir import Program
from slocompiler.live import report as reports
from slocompiler.live import tiles
from slocompiler.live.period import Period
from slocompiler.live.questions import answered
from slocompiler.live.report import Account
from slocompiler.live.report_sums import Changed, Report, total
from slocompiler.live.shifts import Shifts
from slocompiler.suggest import one_of

_GROUPS: dict[str, Callable[[Account], str]] = {
    "service": lambda one: one.slo.service,
    "owner": lambda one: one.service.owner,
}
UNLABELED = "without the label"


@declared.command("report", short_help="Report what SLOs kept in a month or a quarter.")
@declared.argument("slos", metavar="[SLO]...", nargs=-1, shell_complete=complete.names)
@project_option
@connection
@declared.option("--period", "named", metavar="PERIOD", required=True, help="2026-10, 2026-Q3, 2026, or 30d until now.")
@timezone_option
@declared.option("--by", default="service", metavar="service|owner|LABEL", help="What to add up; service.")
@shift_option
@declared.option("--history", is_flag=True, help="Add the promises that changed in the period, from git.")
@form_option(
    "markdown",
    "html",
    "csv",
    "json",
    help="html is one page, which prints; csv is for spreadsheets (RFC 4180), json for programs (grammar/report.schema.json).",
)
@output_option
def command(
    slos: tuple[str, ...], project_file: str | None, connection: Connection, named: str, timezone: ZoneInfo, by: str,
    shift: Shifts | None, history: bool, form: str, file: str | None,
) -> None:  # fmt: skip  # one option each
    """Report what SLOs kept in a period: what was spent of each budget, the incidents, the pages, and what was agreed.

    SLO is the name of an SLO, of a service, or a pattern such as 'checkout/*'. Without one, the report has all SLOs of the
    project, except for drafts.
    """
    latest = tiles.latest(connection.now)
    period = begun(named, timezone, latest)
    run = compile_paths((), project_file, reporter=report_errors)
    program = only(run.program, expanded(run.program, slos)) if slos else run.program
    if all(slo.draft for slo in program.slos):
        fail("nothing to report: there are only drafts, which promise nothing yet")
    grouped = _grouped(by, program)
    options, found = run.project.options(), list[Account]()
    for served in connection.servers(program, run.project):
        found += answered(reports.accounts(served.program, options, period, connection.now), served.answer)
    found.sort(key=lambda one: one.slo.id)
    names, until = sorted({grouped(one) for one in found}), max(one.until for one in found)
    lasts = until - period.since
    report = Report(
        period,
        until,
        found,
        by,
        [total(name, [one for one in found if grouped(one) == name], shift, lasts) for name in names],
        shift,
        _changed(run, {slo.id for slo in program.slos}, period) if history else None,
        sum(slo.draft for slo in program.slos),
    )
    deliver(_written(report, form), file)


def _written(report: Report, form: str) -> str:
    from slocompiler.live import report_data, report_page
    from slocompiler.targets.docs.write import html, markdown

    if form in ("csv", "json"):
        return report_data.as_csv(report) if form == "csv" else report_data.as_json(report)
    page = report_page.page(report)
    return html.alone(page) if form == "html" else markdown.alone(page)


def _grouped(by: str, program: Program) -> Callable[[Account], str]:
    """The group of an SLO. The command fails if no SLO has the label."""
    if by in _GROUPS:
        return _GROUPS[by]
    known = sorted({label.name for slo in program.slos for label in slo.labels})
    if by not in known:
        fail(f"--by: no SLO has a label `{by}`; {one_of(by, [*_GROUPS, *known])}")
    return lambda one: next((label.value for label in one.slo.labels if label.name == by), UNLABELED)


def _changed(run: Run, slos: set[str], period: Period) -> Sequence[Changed]:
    from slocompiler.cli.history import log_of
    from slocompiler.diff.render import log

    first, last = (period.local(at).date().isoformat() for at in (period.since, period.until - 1))
    found = [
        Changed(entry.revision.day, id, log.what(entry), log.because(entry), log.agreed(entry))
        for id, entries in log_of(run.root).items()
        for entry in entries
        if id in slos and first <= entry.revision.day <= last
    ]
    return sorted(found)
