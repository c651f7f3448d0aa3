"""`sloc build`: compile, then write what the targets make, or check that it is there."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import click

from slocompiler.cli.files import Unfinished
from slocompiler.cli.generated import PRINTED, generate, stream
from slocompiler.cli.messages import fail, note, quiet, report, summary
from slocompiler.cli.output import Foreign, differences, write
from slocompiler.cli.removal import listed, services_without_rules
from slocompiler.cli.session import Run, compile_paths, paths_and_project
from slocompiler.cli.staleness import screen
from slocompiler.cli.terminal import difference
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
    if check and "-" in (*paths, output):
        fail("--check compares files: it excludes `-`, which reads standard input or prints")
    run = compile_paths(paths, project_file, tell=_errors if check else None)
    options = run.project.options()
    if history:
        from slocompiler.cli.history import history_of

        options = replace(options, history=history_of(run.program, run.root))
    printed = output == "-" or (output is None and "-" in paths)
    chosen = targets or (PRINTED if printed else run.project.targets())
    files, excluded = generate(run, chosen, options, shared=printed or run.complete)
    if printed:
        click.echo(stream(files), nl=False)
        return
    if excluded:
        more = f" and {len(excluded) - 1:,} more" if len(excluded) > 1 else ""
        note(f"left out, as only a build without PATH covers all services: {excluded[0]}{more}", err=True)
    folder = Path(output) if output else Path(os.path.relpath(run.root / run.project.output))
    owned = tuple(of_builds()) if run.whole and not targets else ()
    if check:
        _check(folder, files, owned, run)
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
    if lost := services_without_rules(removed, files, run.program):
        click.echo(f"removed {listed(lost)}. If this is a mistake, restore their sources and build again", err=True)
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


def _check(folder: Path, files: dict[str, str], owned: Sequence[str], run: Run) -> None:
    try:
        found = list(differences(folder, files, owned))
    except OSError as error:
        fail(f"{error.filename or folder}: {error.strerror}")
    shown, names = screen(found, lambda name: (folder / name).as_posix())
    if shown:
        note(difference("\n".join(shown)))
    for name in names:
        note(name, err=True)
    left_over = [one.name for one in found if one.what == "left over"]
    if lost := services_without_rules(left_over, files, run.program):
        click.echo(f"a build removes {listed(lost)}. If this is a mistake, restore their sources first", err=True)
    if found:
        click.echo(
            f"{plural(len(found), 'file')} out of date: run this without --check, and commit what it writes", err=True
        )
        sys.exit(1)
    note(f"{plural(len(files), 'file')} up to date")
