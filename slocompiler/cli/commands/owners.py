"""`sloc owners`: the section of a CODEOWNERS file by which a change reaches those who agreed."""

from __future__ import annotations

import json
import sys
from difflib import unified_diff
from pathlib import Path

import click

from slocompiler.cli.files import replace_all
from slocompiler.cli.locate import from_root, root_of
from slocompiler.cli.messages import fail
from slocompiler.cli.session import Run, compile_paths, find_sources, project_option, read, reader
from slocompiler.cli.terminal import difference
from slocompiler.explain.words import plural
from slocompiler.ir import Service
from slocompiler.owners import begin, end, owned, section, without_handle
from slocompiler.project import NAME
from slocompiler.resolve.imports import load
from slocompiler.visible import visible


@click.command("owners", short_help="Say in CODEOWNERS who reviews which file.")
@project_option
@click.option(
    "--check",
    metavar="FILE",
    type=click.Path(),
    help="Write nothing; show how the section in this CODEOWNERS differs, and exit 1.",
)
@click.option(
    "--write",
    metavar="FILE",
    type=click.Path(),
    help="Put the section into this CODEOWNERS, in place of the former one.",
)
def command(project_file: str | None, check: str | None, write: str | None) -> None:
    """Print the section of a CODEOWNERS file that follows from the project's services.

    A file goes to the owners of its services and to those of all that import it, by their handles in the project file.
    """
    if check and write:
        fail("--check and --write exclude each other")
    run = compile_paths((), project_file)
    root = root_of(run.root)
    project = (run.root.resolve() / Path(project_file or NAME).name).relative_to(root).as_posix()
    missing = without_handle(run.program.services, run.project.owners)
    if missing:
        _ask_for(missing, project)
    lines = section(_files(run, root), run.project.owners, project)
    if check:
        _check(check, lines, project)
    elif write:
        _write(write, lines, project)
    else:
        click.echo("\n".join(lines))


def _ask_for(missing: list[str], project: str) -> None:
    keys = "\n".join(f'  {json.dumps(visible(name), ensure_ascii=False)}: "@…"' for name in missing)
    one = len(missing) == 1
    fail(
        f"{'an owner has' if one else f'{len(missing)} owners have'} no handle; add to {project}:\n\nowners:\n{keys}", 1
    )


def _files(run: Run, root: Path) -> dict[str, list[Service]]:
    """The project's files are parsed once more: a program does not say what imports what."""
    sources, _ = read(find_sources(run.project, run.root), run.root)
    modules, _, _ = load(sources, reader(run.root))
    return owned(run.program.services, modules, from_root(root))


def _check(file: str, lines: list[str], project: str) -> None:
    before = _read(file)
    first, last = _place(file, before, project)
    found = [line.removesuffix("\r") for line in before[first:last]]
    if found == lines:
        click.echo(f"{file} is up to date: {plural(len(lines) - 3, 'file')} with owners")
        return
    for line in unified_diff(found, lines, f"{file} (now)", f"{file} (due)", n=1, lineterm=""):
        click.echo(difference(visible(line)))
    click.echo(f"{file} is out of date: `sloc owners --write {file}` puts the section there", err=True)
    sys.exit(1)


def _write(file: str, lines: list[str], project: str) -> None:
    before = _read(file, missing=True)
    first, last = _place(file, before, project)
    end_of_line = "\r" if before[0].endswith("\r") else ""
    gap = [end_of_line] if first == last > 0 and before[first - 1].strip() else []
    ours = [f"{line}{end_of_line}" for line in lines]
    after = "\n".join([*before[:first], *gap, *ours, *(before[last:] or [""])])
    if after != "\n".join(before):
        try:
            replace_all({Path(file): after.encode("utf-8", "surrogateescape")}, durable=True)
        except OSError as error:
            fail(f"{error.filename or file}: {error.strerror}; it was not changed")
    click.echo(file)


def _read(file: str, missing: bool = False) -> list[str]:
    """The pieces of a CODEOWNERS file between its line feeds, every byte of it; one empty one if it is `missing`."""
    try:
        return Path(file).read_bytes().decode("utf-8", "surrogateescape").split("\n")
    except FileNotFoundError as error:
        return [""] if missing else fail(f"{file}: {error.strerror}")
    except OSError as error:
        fail(f"{file}: {error.strerror}")


def _place(file: str, lines: list[str], project: str) -> tuple[int, int]:
    """Where the section of the project is; the end of the file where there is none."""
    both = [begin(project), end(project)]
    marks = [index for index, line in enumerate(lines) if line.removesuffix("\r") in both]
    if not marks:
        after = len(lines) - (lines[-1] == "")
        return after, after
    if [lines[index].removesuffix("\r") for index in marks] != both:
        fail(f"{file}: the marks around the section of {project} are not one beginning and one end: mend them", 1)
    return marks[0], marks[1] + 1
