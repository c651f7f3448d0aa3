"""What most commands begin with: find the project, read its sources, compile them, report diagnostics."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from slocompiler.cli import declared, trace
from slocompiler.cli.messages import fail, report
from slocompiler.cli.nested import report_nested
from slocompiler.cli.processes import spread
from slocompiler.cli.sources import find, matching_files, path_from, read, reader
from slocompiler.cli.terminal import Progress
from slocompiler.cli.walk import Found
from slocompiler.compiler import linked, together
from slocompiler.diagnostics import Diagnostic
from slocompiler.ir import Program
from slocompiler.pieces import Piece
from slocompiler.project import NAME, Project, load
from slocompiler.record import record
from slocompiler.source import Source

Reporter = Callable[[list[Diagnostic]], None]
"""Prints the diagnostics of a run."""


project_option = declared.option(
    "--project",
    "project_file",
    metavar="FILE",
    type=declared.PATH,
    help="The project file. Without it, sloc.yaml in this folder or the nearest one above.",
)
"""The option of every command on a project."""


def paths_and_project(function: Callable[..., Any]) -> Callable[..., Any]:
    """The argument and the option of most commands that compile."""
    function = project_option(function)
    return declared.argument("paths", metavar="[PATH]...", nargs=-1, type=declared.PATH)(function)


@record
class Run:
    """A compiled program, and where it comes from."""

    program: Program
    project: Project
    root: Path
    """The folder of the project file, or the current folder if there is none."""
    whole: bool
    """Whether it is the project, not only files that were named."""
    complete: bool
    """Whether it has every file of the project, named or not."""
    piece: Piece
    sources: tuple[Source, ...] = ()
    """What was compiled, if it is kept."""


def compile_paths(
    paths: tuple[str, ...],
    project_file: str | None,
    strict: bool = False,
    today: date | None = None,
    reporter: Reporter | None = None,
    harmless: Collection[str] = (),
    keep: bool = False,
) -> Run:
    """Compile the files that `paths` mean, or the project, and report the diagnostics. Errors end the command.

    With `strict`, warnings do too, except for those with `harmless` codes. Without a reporter, diagnostics are printed
    as text to standard error. To `keep` the sources costs their memory.
    """
    reporter = reporter or (
        lambda problems: report(problems, strict and any(one.code not in harmless for one in problems))
    )
    project, root = read_project(project_file, reporter)
    files = find(paths) if paths else find_sources(project, root, reporting=True)
    others = _others(files, project, root) if paths else []
    sources, problems = read(files, root)
    with Progress() as progress:
        read_other = reader(root)

        def beside() -> Iterator[Source]:
            """Read if they matter."""
            return (found for found in map(read_other, others) if isinstance(found, Source))

        listed = progress.each(sources, "reading", "checking")
        imports = reader(root, project.libraries)
        piece = together(listed, project, imports, today, spread, beside, not others)
        program = linked(piece, (lambda: together(beside(), project, imports, spread=spread)) if others else None)
    problems += piece.problems
    reporter(problems)
    if program is None or any(one.is_error or (strict and one.code not in harmless) for one in problems):
        sys.exit(1)
    return Run(program, project, root, not paths, not others, piece, tuple(sources) if keep else ())


def _others(files: list[str], project: Project, root: Path) -> list[str]:
    """The paths, from `root`, of the files of the project that are not among these."""
    given = {os.path.abspath(file) for file in files}
    return [path_from(root, file) for file in sources_of(project, root) if os.path.abspath(file) not in given]


# The project


def find_project(given: str | None) -> Path | None:
    """The project file that is named, or the nearest one in this folder and those above."""
    above = (folder / NAME for folder in (Path.cwd(), *Path.cwd().parents))
    return Path(given) if given else next((file for file in above if trace.exists(file)), None)


def read_project(given: str | None, reporter: Reporter | None = None) -> tuple[Project, Path]:
    """The project and its folder; the default project of this folder if there is no file."""
    file = find_project(given)
    if file is None:
        return Project(), Path.cwd()
    sources, problems = read([str(file)], file.absolute().parent)
    if not problems:
        project, problems = load(sources[0])
    if problems:
        (reporter or report)(problems)
        sys.exit(1)
    return project, file.absolute().parent


def find_sources(project: Project, root: Path, reporting: bool = False) -> list[str]:
    """The files of the project. If there are none, the command fails. `reporting` prints what nested projects take."""
    matches = matching_files(root, project.sources)
    if reporting:
        report_nested((one.inner for one in matches if one.inner), root)
    found = _own(matches, root)
    if not found:
        where = "in this folder" if root == Path.cwd() else f"below {os.path.relpath(root)}"
        if project.sources == Project().sources:
            fail(f"no .slo files {where}; `sloc init` writes a first one")
        fail(f"no files {where} match the `sources` of {NAME}: {', '.join(project.sources)}")
    return found


def sources_of(project: Project, root: Path) -> list[str]:
    """The files that match the project's patterns, except for those in hidden folders and in nested projects."""
    return _own(matching_files(root, project.sources), root)


def _own(matches: list[Found], root: Path) -> list[str]:
    names = [one.name for one in matches if one.inner is None]
    return names if os.path.relpath(root) == os.curdir else [os.path.relpath(root / name) for name in names]
