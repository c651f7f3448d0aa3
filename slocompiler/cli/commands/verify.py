"""`sloc verify`: compares the SLOs with a server: their series, their labels and buckets, and the rules that it evaluates."""

from __future__ import annotations

import sys

from slocompiler.cli import declared
from slocompiler.cli.connection import Connection, connection
from slocompiler.cli.durations import Duration
from slocompiler.cli.formatted import format_option, reporter
from slocompiler.cli.messages import note, only_errors, quiet
from slocompiler.cli.session import compile_paths, paths_and_project
from slocompiler.cli.sources import reader
from slocompiler.promql import UNITS


@declared.command("verify", short_help="Compare the SLOs with a live server.")
@paths_and_project
@quiet
@connection
@declared.option("--strict", is_flag=True, help="Exit with 1 for warnings, too.")
@declared.option(
    "--lookback",
    type=lambda: Duration(366 * UNITS["d"]),
    default="1d",
    show_default=True,
    metavar="DURATION",
    help="How far back to look for series. A shorter time is less work for a large server.",
)
@format_option
def command(
    paths: tuple[str, ...], project_file: str | None, connection: Connection, strict: bool, lookback: int, form: str
) -> None:
    """Compare the SLOs with a live server: whether it has the series that they read, and evaluates their rules.

    PATH is a file, a folder (every .slo file below it) or `-` for standard input. Without one, the project is verified.
    Nothing on the server is changed. `sloc explain V701` explains a finding.
    """
    from slocompiler.compiler import locate
    from slocompiler.live.questions import answered
    from slocompiler.live.verify import not_checked, verify

    report = reporter(form, "verify", strict)
    run = compile_paths(paths, project_file, reporter=only_errors(report), keep=True)
    servers = connection.servers(run.program, run.project)
    located = locate(run.sources, run.project, reader(run.root, run.project.libraries))
    reports = [
        answered(verify(one.program, located, connection.now, lookback, run.project.options()), one.answer)
        for one in servers
    ]
    problems = [problem for one in reports for problem in one.problems]
    if form == "text":
        for line in (line for one in reports for line in one.notes):
            note(f"{line.slo}: {line.text}")
    report(problems)
    if form in ("text", "github"):
        for server, one in zip(servers, reports, strict=True):
            where = f"{server.deployment.name}: " if server.deployment else ""
            for text in (*not_checked(one.unchecked), one.summary):
                note(f"{where}{text}")
    if any(problem.is_error or strict for problem in problems):
        sys.exit(1)
