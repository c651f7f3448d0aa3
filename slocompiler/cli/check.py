"""`sloc check`: every mistake and doubt, nothing written."""

from __future__ import annotations

import click

from slocompiler.cli.run import compile_paths, paths_and_project, plural, summary


@click.command("check")
@paths_and_project
@click.option("--strict", is_flag=True, help="Warnings fail too.")
def command(paths: tuple[str, ...], project_file: str | None, strict: bool) -> None:
    """Report every mistake of .slo files, each at its place.

    PATH is a file, a folder (every .slo file below it) or `-` for standard input; without one, the whole project.
    """
    run = compile_paths(paths, project_file, strict)
    click.echo(f"{summary(run.program)} in {plural(run.files, 'file')}: no errors")
