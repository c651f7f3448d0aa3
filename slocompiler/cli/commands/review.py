"""`sloc review`: what the meeting about targets needs on a page, and the day on which it took place."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from slocompiler.cli import complete, declared
from slocompiler.cli.connection import Connection, connection
from slocompiler.cli.forms import deliver, form_option, output_option
from slocompiler.cli.messages import fail, report_errors
from slocompiler.cli.named import expanded, only
from slocompiler.cli.session import Run, compile_paths, project_option
from slocompiler.cli.zones import begun, timezone_option
from slocompiler.ir import Program
from slocompiler.live import period, review, tiles
from slocompiler.live.questions import answered
from slocompiler.live.review import Reviewed
from slocompiler.live.review_page import Review, page


@declared.command("review", short_help="Prepare the review of targets, and record it.")
@declared.argument("slos", metavar="[SERVICE | SLO]...", nargs=-1, shell_complete=complete.names)
@project_option
@connection
@declared.option(
    "--period", "named", metavar="PERIOD", help="2026-Q3, 2026-10 or 30d until now; else the last quarter."
)
@timezone_option
@form_option(
    "text", "markdown", "html", help="text for a terminal, markdown for a wiki; html is one page, which prints."
)
@output_option
@declared.option(
    "--done",
    type=declared.day,
    metavar="DATE",
    help="Write this day as the last review into the files, and ask no server.",
)
def command(
    slos: tuple[str, ...], project_file: str | None, connection: Connection, named: str | None, timezone: ZoneInfo,
    form: str, file: str | None, done: datetime | None,
) -> None:  # fmt: skip  # one option each
    """Prepare the meeting about targets: the budget of the last quarter, pages, complaints, risks, and a proposal for each.

    SLO is the name of an SLO, or a pattern such as 'checkout/*'. Without one, all of the project are reviewed. With --done, the
    command writes `last DATE` into the `review` statements of what was reviewed, and nothing else changes.
    """
    if done and (file or named):
        fail("--done writes into the files that were reviewed: leave out `--period` and `--output`")
    run = compile_paths((), project_file, reporter=report_errors, keep=done is not None)
    program = only(run.program, expanded(run.program, slos)) if slos else run.program
    if done:
        from slocompiler.cli.reviewed import record  # the page needs none of it

        record(run, program, done.date(), connection.now)
    else:
        deliver(_written(_asked(run, program, connection, named, timezone, slos), form), file)


def _asked(
    run: Run, program: Program, connection: Connection, named: str | None, zone: ZoneInfo, slos: tuple[str, ...]
) -> Review:
    """What the servers say of the period."""
    if not program.slos:
        fail("nothing to review: there is no SLO")
    if all(slo.draft for slo in program.slos):
        fail("nothing to review: there are only drafts, which promise nothing yet")
    latest = tiles.latest(connection.now)
    chosen = begun(named or period.last_quarter(zone, latest), zone, latest)
    found = list[Reviewed]()
    options = run.project.options()
    for served in connection.servers(program, run.project):
        found += answered(review.reviews(served.program, options, chosen, connection.now), served.answer)
    found.sort(key=lambda one: one.account.slo.id)
    drafts = tuple(slo.id for slo in program.slos if slo.draft)
    return Review(chosen, max(one.account.until for one in found), found, drafts, slos, connection.now)


def _written(of: Review, form: str) -> str:
    from slocompiler.targets.docs.write import html, markdown, text

    written = {"html": html.alone, "markdown": markdown.alone, "text": text.alone}[form]
    return written(page(of))
