"""`sloc backfill`: writes the counts that the rules would have recorded before they ran."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from slocompiler.cli import complete, declared
from slocompiler.cli.connection import Connection, Served, connection
from slocompiler.cli.forms import form_option
from slocompiler.cli.messages import note, report_errors, say
from slocompiler.cli.named import apart, only
from slocompiler.cli.session import compile_paths, project_option
from slocompiler.cli.writer import replace_or_fail
from slocompiler.explain.words import moment, plural
from slocompiler.live.backfill import Past, import_lines, missing, openmetrics
from slocompiler.live.questions import answered, together
from slocompiler.targets.shared import Options

FORMATS: dict[str, tuple[Callable[[Sequence[Past]], Iterator[str]], str, tuple[str, ...]]] = {
    "openmetrics": (
        openmetrics,
        "om",
        (
            "promtool tsdb create-blocks-from --max-block-duration=744h openmetrics {file} DATA_FOLDER_OF_PROMETHEUS",
            "for Mimir, with an empty folder instead, and then",
            "mimirtool backfill --address=URL_OF_MIMIR --id=TENANT FOLDER/*",
        ),
    ),
    "victoriametrics": (import_lines, "jsonl", ("curl -T {file} URL_OF_VICTORIAMETRICS/api/v1/import",)),
}
"""What writes the counts, the ending of the file, and the commands that load it."""


@declared.command("backfill", short_help="Give a new SLO the history of its whole window.")
@declared.argument("what", metavar="[SERVICE | SERVICE/SLO | PATH]...", nargs=-1, shell_complete=complete.names)
@project_option
@connection
@declared.option(
    "-o", "--output", "folder", metavar="DIR", required=True, type=declared.PATH, help="The folder for the file."
)
@form_option(
    *FORMATS,
    help="openmetrics for promtool, which makes blocks for Prometheus and Mimir; victoriametrics for its import.",
)
def command(what: tuple[str, ...], project_file: str | None, connection: Connection, folder: str, form: str) -> None:
    """Write the counts that the rules of SLOs would have recorded before they ran, from the raw series of the server.

    What is recorded already is never written again: the counts end where the recorded ones begin. Load the rules first,
    so that nothing is missing between. Without arguments, all SLOs of the project get their history.
    """
    named, paths = apart(what)
    run = compile_paths(tuple(paths), project_file, reporter=report_errors)
    program = only(run.program, named, ", file or folder") if named else run.program
    write, ending, load = FORMATS[form]
    files: dict[Path, str] = {}
    for served in connection.servers(program, run.project):
        past = _past(served, run.project.options(), connection.now)
        if any(one.counts for one in past):
            name = served.deployment.name if served.deployment else "history"
            files[Path(folder, f"{name}.{ending}")] = "".join(write(past))
    replace_or_fail(((file, text.encode()) for file, text in files.items()), folder)
    for file in files:
        lines = (line.format(file=file.as_posix()) for line in load)
        say("\n  ".join([f"{file.as_posix()}: load it with", *lines]))


def _past(served: Served, options: Options, now: int) -> list[Past]:
    """What the SLOs of a server lack; each is a line of its own."""
    past = answered(together([missing(slo, options, now) for slo in served.program.slos]), served.answer)
    for one in past:
        note(f"{one.slo.id}: {_told(one)}", err=True)
    return past


def _told(past: Past) -> str:
    times = [at for counts in past.counts for at in counts.values]
    since = "" if past.recorded is None else f"; recorded since {moment(past.recorded)}"
    if not times:
        return f"nothing to add{since or ', its metrics have no series on this server'}"
    not_yet = "" if past.recorded else "; its rules record nothing yet: load them first, and nothing is missing between"
    return f"{plural(len(past.counts[0].values), 'count')} from {moment(min(times))} to {moment(max(times))}{since}{not_yet}"
