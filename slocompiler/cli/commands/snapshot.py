"""`sloc snapshot`: keeps in a file what live commands need of a server."""

from __future__ import annotations

from typing import Any

from slocompiler.cli import declared
from slocompiler.cli.backtests import LONGEST
from slocompiler.cli.connection import Connection, Served, connection
from slocompiler.cli.durations import Duration
from slocompiler.cli.messages import note, quiet, report_errors
from slocompiler.cli.session import Run, compile_paths, paths_and_project
from slocompiler.cli.snapshots import Recording, write_snapshot
from slocompiler.cli.sources import reader
from slocompiler.explain.words import plural
from slocompiler.live.questions import answered, together
from slocompiler.live.snapshot import taken, whole
from slocompiler.record import replace


@declared.command("snapshot", short_help="Keep in a file what a live server answers.")
@paths_and_project
@quiet
@connection
@declared.option(
    "-o", "--output", "file", metavar="FILE", required=True, type=declared.PATH, help="The file; .gz compresses it."
)
@declared.option(
    "--over", type=lambda: Duration(LONGEST), help="Counts of at least this time; else those of the window of each SLO."
)
@declared.option("--no-values", is_flag=True, help="Keep no values of labels, only numbers.")
def command(
    paths: tuple[str, ...],
    project_file: str | None,
    connection: Connection,
    file: str,
    over: int | None,
    no_values: bool,
) -> None:
    """Keep in a file what `--snapshot FILE` of other commands needs of a server: where none can be reached, as in CI.

    It has the series of the SLOs by their labels, at most 50 values of each, the counts of their windows in steps of five
    minutes, and what is recorded of them. It serves files that were changed since.
    """
    run = compile_paths(paths, project_file, reporter=report_errors, keep=True)
    servers: dict[str | None, Any] = {}
    for served in connection.servers(run.program, run.project):
        place = served.deployment
        ours = [label.name for label in place.labels] if place else []
        servers[place.name if place else None] = taken(
            _asked(served, run, connection.now, over or 0), not no_values, ours
        )
    write_snapshot(file, connection.now, servers)
    note(f"{file}: {plural(len(run.program.slos), 'SLO')}")


def _asked(served: Served, run: Run, now: int, over: int) -> dict[Any, Any]:
    """The questions of the other commands, with their answers; the counts of `over` seconds, at least of a window."""
    from slocompiler.compiler import locate
    from slocompiler.live import backtest, site, status, tiles, verify
    from slocompiler.live.tables import LATELY

    program, options, recording = served.program, run.project.options(), Recording(served.answer)
    located = locate(run.sources, run.project, reader(run.root, run.project.libraries))
    until = tiles.latest(now)
    counts = [backtest.data(slo, options, until - max(slo.window, over), until) for slo in program.slos]
    answered(together(counts), recording.answer)
    counted = {*recording.answered}
    answered(status.recorded(program, options, now), recording.answer)
    answered(site.recorded(now), recording.answer)
    answered(verify.verify(program, located, now, verify.LOOKBACK, options), recording.answer)
    wide = whole(one for one in recording.answered if one not in counted)
    recording.answer([*wide, *(replace(one, lookback=LATELY) for one in wide)])
    return recording.answered
