"""`sloc build`: compile, then write what the targets make, or check that it is there."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import click

from slocompiler.cli.files import Unfinished
from slocompiler.cli.messages import fail, note, quiet, report, summary
from slocompiler.cli.output import Foreign, differences, write
from slocompiler.cli.session import Run, compile_paths, paths_and_project
from slocompiler.cli.staleness import screen
from slocompiler.cli.terminal import Progress, difference
from slocompiler.compiler import render, unfit
from slocompiler.diagnostics import Diagnostic
from slocompiler.explain.words import plural
from slocompiler.targets import TARGETS, of_builds


@click.command("build", short_help="Compile, and write what the targets make.")
@paths_and_project
@quiet
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(),
    help="Where to write, instead of the project's folder; `-` prints.",
)
@click.option(
    "--target",
    "targets",
    metavar="NAME",
    multiple=True,
    type=click.Choice(list(TARGETS)),
    help="Only this target; may be repeated.",
)
@click.option(
    "--history", is_flag=True, help="Look up in git what SLOs promised before, for documentation that is published."
)
@click.option("--check", is_flag=True, help="Write nothing; show what is stale, missing or left over, and exit 1.")
def command(
    paths: tuple[str, ...],
    project_file: str | None,
    output: str | None,
    targets: tuple[str, ...],
    history: bool,
    check: bool,
) -> None:
    """Compile .slo files and write what the targets make of them.

    PATH is a file, a folder (every .slo file below it) or `-` for standard input; without one the whole project is
    built, and files that it no longer makes are removed. Nothing is written unless everything compiles.
    """
    if history and check:
        fail("a commit is not in its own history: --history is for what is published, --check for what is committed")
    run = compile_paths(paths, project_file, tell=_errors if check else None)
    options = run.project.options()
    if history:
        from slocompiler.cli.history import history_of

        options = replace(options, history=history_of(run.program, run.root))
    files: dict[str, str] = {}
    with Progress() as progress:
        for target in targets or run.project.targets():
            progress.say(f"making what {target} reads")
            if reasons := unfit(run.program, target, options):
                fail("; ".join(reasons), 1)
            files |= {f"{target}/{name}": text for name, text in render(run.program, target, options).items()}
    if output == "-":
        for text in files.values():
            click.echo(text, nl=False)
        return
    folder = Path(output) if output else Path(os.path.relpath(run.root / run.project.output))
    owned = tuple(of_builds()) if run.whole and not targets else ()
    if check:
        _check(folder, files, owned)
    else:
        _write(folder, files, owned, run)


def _errors(problems: list[Diagnostic]) -> None:
    """What a check that must fit on a screen says of mistakes and doubts."""
    report([problem for problem in problems if problem.is_error])
    doubts = sum(not problem.is_error for problem in problems)
    if doubts:
        note(f"{plural(doubts, 'warning')}: `sloc check` shows what is doubtful", err=True)


def _write(folder: Path, files: dict[str, str], owned: Sequence[str], run: Run) -> None:
    try:
        removed = write(folder, files, owned)
    except (Foreign, Unfinished) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or folder}: {error.strerror}; nothing was changed")
    for name, more in _listed(files).items():
        note((folder / name).as_posix() + (f", and {more:,} more" if more else ""))
    for name in removed:
        click.echo(f"removed {(folder / name).as_posix()}")
    note(f"{summary(run.program)}: {plural(len(files), 'file')}")


def _listed(files: Iterable[str]) -> dict[str, int]:
    """The files to print, each with how many more there are: of targets with many files, the first of each folder."""
    first: dict[str, str] = {}
    found: dict[str, int] = {}
    for name in files:
        target, inner, *_ = name.split("/")
        folder = f"{target}/{inner}" if TARGETS[target].many_files else name
        told = first.setdefault(folder, name)
        found[told] = found[told] + 1 if told in found else 0
    return found


def _check(folder: Path, files: dict[str, str], owned: Sequence[str]) -> None:
    try:
        found = list(differences(folder, files, owned))
    except OSError as error:
        fail(f"{error.filename or folder}: {error.strerror}")
    shown, names = screen(found, lambda name: (folder / name).as_posix())
    if shown:
        note(difference("\n".join(shown)))
    for name in names:
        note(name, err=True)
    if found:
        click.echo(
            f"{plural(len(found), 'file')} out of date: run this without --check, and commit what it writes", err=True
        )
        sys.exit(1)
    note(f"{plural(len(files), 'file')} up to date")
