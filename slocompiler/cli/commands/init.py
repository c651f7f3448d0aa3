"""`sloc init`: a first .slo file and a project file that build as they are."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from slocompiler.cli.messages import fail
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
    made: list[Path] = []
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            with open(target / name, "x", encoding="utf-8", newline="\n") as file:
                made.append(target / name)
                file.write(resource("slocompiler.cli", f"first/{name}"))
    except OSError as error:
        for path in made:
            path.unlink(missing_ok=True)
        fail(f"{error.filename or folder}: {error.strerror}; nothing was written")
    for name in FILES:
        click.echo((target / name).as_posix())
    click.echo(_NEXT.format(there="" if target == Path() else f", after `cd {shlex.quote(folder)}`"))
