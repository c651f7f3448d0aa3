"""`sloc site`: the documentation with the numbers of now, as a status page of static files."""

from __future__ import annotations

import os
from pathlib import Path

from slocompiler.cli import declared
from slocompiler.cli.connection import Connection, connection
from slocompiler.cli.messages import fail, note, quiet, report_errors
from slocompiler.cli.ownership import Foreign, output_of
from slocompiler.cli.session import Run, compile_paths, find_project, project_option
from slocompiler.cli.site import write_site
from slocompiler.cli.writer import Unfinished
from slocompiler.compiler import portions
from slocompiler.explain.words import plural
from slocompiler.live import site
from slocompiler.live.questions import answered
from slocompiler.project import NAME
from slocompiler.record import replace
from slocompiler.targets.docs.options import Options as Docs
from slocompiler.targets.shared import Options


@declared.command("site", short_help="Write a status page: the documentation with the numbers of now.")
@project_option
@quiet
@connection
@declared.option(
    "-o", "--output", "folder", metavar="DIR", required=True, type=declared.PATH, help="The folder to write to."
)
@declared.option("--raw", is_flag=True, help="Count raw series instead: no rules need be loaded.")
@declared.option("--history", is_flag=True, help="Add earlier targets from git.")
def command(project_file: str | None, connection: Connection, folder: str, raw: bool, history: bool) -> None:
    """Write the site of the documentation with the state and the budget of each SLO now, and over the last 30 days.

    The files are static: run the command again, as from a scheduled job, to renew the numbers. If a server does not answer,
    nothing is written.
    """
    run = compile_paths((), project_file, reporter=report_errors)
    if Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(run.root / run.project.output)):
        fail(f"-o {folder}: `sloc build` writes there, without numbers: choose another folder")
    options, found = run.project.options(), list[site.Shown]()
    for served in connection.servers(run.program, run.project):
        found += answered(site.read(served.program, options, connection.now, raw), served.answer)
    options = replace(
        _with_history(run, options) if history else options,
        reading=site.reading(found, connection.now, raw),
        targets={**options.targets, "docs": Docs(formats=("site",))},
    )
    files = (file for portion in portions(run.program, "docs", options) for file in portion.files())
    try:
        names = write_site(output_of(find_project(project_file) or run.root / NAME, folder, run.project.output), files)
    except (Foreign, Unfinished) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or folder}: {error.strerror}; nothing was changed")
    note(f"{folder}: {plural(len(names), 'file')}, {plural(len(run.program.slos), 'SLO')}")


def _with_history(run: Run, options: Options) -> Options:
    from slocompiler.cli.history import history_of  # few runs ask git

    return replace(options, history=history_of(run.program, run.root))
