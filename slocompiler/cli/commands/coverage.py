"""`sloc coverage`: which jobs of a server have requests, and no SLO."""

from __future__ import annotations

from slocompiler.cli import declared
from slocompiler.cli.connection import Connection, connection
from slocompiler.cli.durations import Duration
from slocompiler.cli.forms import form_option
from slocompiler.cli.messages import fail, give, report_errors, say
from slocompiler.cli.session import compile_paths, paths_and_project
from slocompiler.cli.terminal import width
from slocompiler.promql import UNITS


@declared.command("coverage", short_help="List the jobs of a server that count requests, and their SLOs.")
@paths_and_project
@connection
@declared.option(
    "--over",
    type=lambda: Duration(30 * UNITS["d"]),
    default="1h",
    show_default=True,
    metavar="DURATION",
    help="How much of the past the traffic is measured in.",
)
@form_option(
    "text",
    "markdown",
    "json",
    help="text for a terminal, markdown for a report, json for programs (grammar/coverage.schema.json).",
)
def command(paths: tuple[str, ...], project_file: str | None, connection: Connection, over: int, form: str) -> None:
    """List the jobs of a server that count requests: how many, which share of them SLOs look at, and which SLOs these are.

    PATH is a file, a folder (every .slo file below it) or `-` for standard input. Without one, it is the project. The job
    with the most requests without an SLO comes first.
    """
    from slocompiler.cli.sources import reader
    from slocompiler.library import entries
    from slocompiler.live import coverage_formats
    from slocompiler.live.coverage import covered
    from slocompiler.live.drafts.signatures import signatures
    from slocompiler.live.questions import answered

    if connection.snapshots:
        fail("a snapshot has no names of metrics: ask a server with `--url`")
    run = compile_paths(paths, project_file, reporter=report_errors)
    known = signatures(entries(), reader(run.root))
    found = []
    for one in connection.servers(run.program, run.project):
        where = one.deployment.where if one.deployment else ()
        jobs = answered(covered(one.program, known, where, over, connection.now), one.answer)
        found.append((one.deployment, jobs))
    if form == "json":
        labels = [({label.name: label.value for label in of.labels} if of else {}, jobs) for of, jobs in found]
        give(coverage_formats.as_json(labels, connection.now))
        return
    for of, jobs in found:
        text = coverage_formats.as_text(jobs, width()) if form == "text" else coverage_formats.as_markdown(jobs)
        say(f"{of.name}\n{text}" if of else text)
