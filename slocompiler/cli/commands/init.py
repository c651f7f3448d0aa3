"""`sloc init`: writes a first .slo file and a project file, which build as they are, or drafts for what a server scrapes."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from slocompiler.cli import declared
from slocompiler.cli.connection import Connection, connection
from slocompiler.cli.messages import fail, say
from slocompiler.cli.nested import outer_project
from slocompiler.cli.writer import replace_or_fail
from slocompiler.project import NAME
from slocompiler.resources import resource

FILES = ("sloc.yaml", "first.slo")
"""Templates in the folder `first` of the package."""
_REVIEWED = "last 2026-10-01"
"""The date of the last review in a template, which is replaced by today's: the target is new."""

_NEXT = """
Next{there}:
  sloc build    # write rules, dashboards and documentation to generated/
  sloc check    # report every mistake with its location
  sloc show     # print the settings of each SLO
Then put the metric of your own service into first.slo, and agree on the target with product and support.
Commit the generated files, too. A line in .gitattributes folds them in reviews:
  generated/** linguist-generated=true"""


_DRAFTED = """
Next{there}:
  sloc verify   # compare the drafts with the server
  sloc build    # write rules, dashboards and documentation to generated/
  sloc check    # report every mistake with its location
Then agree on each target with the people who depend on the service, name its owner, and remove `draft`."""


@declared.command("init", short_help="Write a first .slo file and sloc.yaml.")
@declared.argument("folder", metavar="[DIR]", default=".", type=declared.PATH)
@declared.option("--job", "jobs", metavar="JOB", multiple=True, help="With a server: only this job; can be repeated.")
@connection
def command(folder: str, jobs: tuple[str, ...], connection: Connection) -> None:
    """Write a first .slo file with comments, and sloc.yaml, to DIR (default: this folder). Never overwrites a file.

    With `--url`, it asks a server instead: for each job that fits a template of `sloc std`, or that counts events with a
    label for failed ones, it writes a draft with a target that its past speaks for.
    """
    target = Path(folder)
    if target.exists() and not target.is_dir():
        fail(f"{folder} is a file: name a folder")
    there = "" if target == Path() else f", after `cd {shlex.quote(folder)}`"
    if connection.url is None and not jobs:
        _refuse([name for name in FILES if os.path.lexists(target / name)], target)
        texts = {target / name: _first(name).encode() for name in FILES}
        replace_or_fail(texts.items(), folder)
        say("\n".join(path.as_posix() for path in texts))
        say(_NEXT.format(there=there))
        return
    if connection.snapshots:
        fail("a snapshot has no names of metrics: ask a server with `--url`")
    _refuse([], target)
    from slocompiler.cli.drafting import draft

    draft(target, connection, jobs)
    say(_DRAFTED.format(there=there))


def _refuse(there: Sequence[str], target: Path) -> None:
    """End the command if files are there already, or if the folder is a part of another project."""
    if there:
        fail(f"{(target / there[0]).as_posix()} exists already; nothing was written")
    if outer := outer_project(target):
        fail(
            f"{target} is inside the project of {os.path.relpath(outer)}, which would lose the files below; nothing was "
            f"written. Write .slo files without a {NAME}, or create {NAME} yourself to split the project"
        )


def _first(name: str) -> str:
    """The text of a template, as of today."""
    return resource("slocompiler.cli", f"first/{name}").replace(_REVIEWED, f"last {date.today().isoformat()}")
