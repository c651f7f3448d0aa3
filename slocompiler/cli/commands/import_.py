"""`sloc import`: writes .slo files for SLOs in the files of other tools."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import click

from slocompiler.cli import declared
from slocompiler.cli.comparing import compared
from slocompiler.cli.forms import form_option
from slocompiler.cli.messages import fail, give, is_quiet, quiet, report, say
from slocompiler.cli.promtool import find as find_promtool
from slocompiler.cli.promtool import promtool_option
from slocompiler.cli.session import project_option, read_project
from slocompiler.cli.sources import find, read
from slocompiler.cli.writer import replace_or_fail
from slocompiler.importers import imported
from slocompiler.importers.compare import Which, table
from slocompiler.importers.names import named
from slocompiler.importers.promise import Options
from slocompiler.importers.report import Import, as_json, as_text
from slocompiler.promql import seconds

_ENDINGS = (".yaml", ".yml")


def _window(value: str) -> int:
    """A duration in seconds."""
    if not re.fullmatch(r"(?:[0-9]{1,5}[wdhm])+", value):
        raise click.BadParameter("write a duration, such as 30d")
    return seconds(value)


@declared.command("import", short_help="Write .slo files for the SLOs of Sloth, Pyrra, OpenSLO and rules.")
@declared.argument("paths", metavar="PATH...", nargs=-1, required=True, type=declared.PATH)
@declared.option("-o", "--output", "folder", metavar="DIR", required=True, help="The folder to write to.")
@declared.option("--service", default="", metavar="NAME", help="The service of SLOs that name none.")
@declared.option("--owner", default="", metavar="NAME", help="The owner of services that have none.")
@declared.option(
    "--window",
    default="30d",
    show_default=True,
    metavar="DURATION",
    callback=_window,
    help="The window of Sloth's SLOs.",
)
@declared.option("--plugins", default="", metavar="DIR", help="A folder with the queries of Sloth's plugins.")
@declared.option(
    "--keep-alerts", is_flag=True, help="Keep the burn rates of the alerts, instead of the standard alerts."
)
@declared.option("--force", is_flag=True, help="Overwrite files that exist.")
@form_option("text", "json", help="text for people, json for programs (grammar/import.schema.json).")
@declared.option(
    "--compare",
    "which",
    type=("shape", "all", "alerts"),
    is_flag=False,
    flag_value="shape",
    metavar="[all|alerts]",
    help="Compare ratios with those of Sloth's and Pyrra's rules, in promtool: of one SLO of each shape, or of all; or alerts.",
)
@promtool_option
@project_option
@quiet
def command(
    paths: tuple[str, ...],
    folder: str,
    service: str,
    owner: str,
    window: int,
    plugins: str,
    keep_alerts: bool,
    force: bool,
    form: str,
    which: Which | None,
    promtool: str | None,
    project_file: str | None,
) -> None:
    """Write a .slo file for each service in the YAML files of Sloth, Pyrra and OpenSLO, and in rules of Prometheus.

    PATH is a file, a folder (every .yaml and .yml file below it) or `-` for standard input. What is written passes
    `sloc check`. Exit codes: 0 all is imported, 1 something is refused, contradicts itself or differs, 2 wrong usage.
    """
    project, _ = read_project(project_file)
    program = find_promtool(promtool) if which else ""
    sources, problems = read(find((*paths, *([plugins] if plugins else [])), _ENDINGS), Path.cwd())
    options = Options(named(service, "service") if service else "", owner, window, keep_alerts)
    done = imported(sources, options, project, problems)
    if not done.rows and done.is_complete:
        fail("nothing to import: no document is one of Sloth, Pyrra or OpenSLO, and none has rules", code=1)
    if done.files:
        _write(done, Path(folder), force)
    found = compared(done, project, which, program) if which else ()
    if form == "json":
        give(f"{as_json(done, table.as_data(found))}\n")
    else:
        report(done.problems)
        if not is_quiet():
            say(as_text(done, Path(folder).as_posix()))
            if found:
                say(f"\n{table.as_text(found)}")
    if not done.is_complete or not all(one.is_proven for one in found):
        sys.exit(1)


def _write(done: Import, folder: Path, force: bool) -> None:
    """Write all files or none."""
    files = {folder / name: text.encode() for name, text in done.files.items()}
    there = [] if force else [file for file in files if os.path.lexists(file)]
    if there:
        fail(f"{there[0].as_posix()} exists already; nothing was written. `--force` overwrites it")
    replace_or_fail(files.items(), str(folder))
