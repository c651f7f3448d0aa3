"""`sloc init`: writes a first .slo file and a project file, which build as they are."""

from __future__ import annotations

import os
import shlex
from datetime import date
from pathlib import Path

import click

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


@click.command("init", short_help="Write a first .slo file and sloc.yaml.")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path())
def command(folder: str) -> None:
    """Write a first .slo file with comments, and sloc.yaml, to DIR (default: this folder). Never overwrites a file."""
    target = Path(folder)
    there = [name for name in FILES if os.path.lexists(target / name)]
    if there:
        fail(f"{(target / there[0]).as_posix()} exists already; nothing was written")
    if target.exists() and not target.is_dir():
        fail(f"{folder} is a file: name a folder")
    if outer := outer_project(target):
        fail(
            f"{folder} is inside the project of {os.path.relpath(outer)}, which would lose the files below; nothing was "
            f"written. Write .slo files without a {NAME}, or create {NAME} yourself to split the project"
        )
    texts = {target / name: _first(name).encode() for name in FILES}
    replace_or_fail(texts.items(), folder)
    for name in FILES:
        say((target / name).as_posix())
    say(_NEXT.format(there="" if target == Path() else f", after `cd {shlex.quote(folder)}`"))


def _first(name: str) -> str:
    """The text of a template, as of today."""
    return resource("slocompiler.cli", f"first/{name}").replace(_REVIEWED, f"last {date.today().isoformat()}")
