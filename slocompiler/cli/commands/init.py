"""`sloc init`: a first .slo file and a project file that build as they are."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from slocompiler.cli.files import Unfinished, replace_all
from slocompiler.cli.messages import fail
from slocompiler.cli.nested import outer_project
from slocompiler.project import NAME
from slocompiler.resources import resource

FILES = ("sloc.yaml", "first.slo")
"""Templates beside this module, in the folder `first`."""

_NEXT = """
Next{there}:
  sloc build    # writes rules for Prometheus below generated/
  sloc check    # tells every mistake at its place
  sloc show     # what holds for each SLO
Then put your own service's metric into first.slo, and ask who has an opinion on its target.
Commit what is generated too, and keep it folded in reviews by a line in .gitattributes:
  generated/** linguist-generated=true"""


@click.command("init", short_help="Write a first .slo file and sloc.yaml.")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path())
def command(folder: str) -> None:
    """Write a commented first .slo file and sloc.yaml into DIR (here, by default). Never overwrites."""
    target = Path(folder)
    there = [name for name in FILES if os.path.lexists(target / name)]
    if there:
        fail(f"{(target / there[0]).as_posix()} is there already; nothing was written")
    if target.exists() and not target.is_dir():
        fail(f"{folder} is a file: name a folder")
    if outer := outer_project(target):
        fail(
            f"{folder} is inside the project of {os.path.relpath(outer)}, which would lose the files below; nothing was "
            f"written. Write .slo files without a {NAME}, or create {NAME} yourself to split the project"
        )
    texts = {target / name: resource("slocompiler.cli", f"first/{name}").encode() for name in FILES}
    try:
        replace_all(texts, durable=True)
    except Unfinished as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or folder}: {error.strerror}; nothing was written")
    for name in FILES:
        click.echo((target / name).as_posix())
    click.echo(_NEXT.format(there="" if target == Path() else f", after `cd {shlex.quote(folder)}`"))
