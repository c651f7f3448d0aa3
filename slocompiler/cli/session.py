"""What most commands begin with: find the project, read its sources, compile them, report diagnostics."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import click

from slocompiler.cli import trace
from slocompiler.cli.files import content, leads_out, misread
from slocompiler.cli.locate import STDIN
from slocompiler.cli.messages import fail, report
from slocompiler.cli.nested import report_nested
from slocompiler.cli.patterns import Patterns
from slocompiler.cli.processes import spread
from slocompiler.cli.terminal import Progress
from slocompiler.cli.walk import Found, matching
from slocompiler.compiler import linked, together
from slocompiler.diagnostics import Diagnostic
from slocompiler.ir import Program
from slocompiler.pieces import Piece
from slocompiler.project import NAME, Project, load
from slocompiler.record import record
from slocompiler.resolve.imports import SHIPPED, Reader
from slocompiler.resources import resource
from slocompiler.source import Source, Span

MAX_FILE = 4 * 1024 * 1024
"""Bytes of one source file."""
Reporter = Callable[[list[Diagnostic]], None]
"""Prints the diagnostics of a run."""


project_option = click.option(
    "--project",
    "project_file",
    metavar="FILE",
    type=click.Path(),
    help="The project file. Without it, sloc.yaml in this folder or the nearest one above.",
)
"""The option of every command on a project."""


def paths_and_project(function: Callable[..., Any]) -> Callable[..., Any]:
    """The argument and the option of most commands that compile."""
    function = project_option(function)
    return click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path())(function)


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


def compile_paths(
    paths: tuple[str, ...],
    project_file: str | None,
    strict: bool = False,
    today: date | None = None,
    reporter: Reporter | None = None,
    harmless: Collection[str] = (),
) -> Run:
    """Compile the files that `paths` mean, or the project, and report the diagnostics. Errors end the command.

    With `strict`, warnings do too, except for those with `harmless` codes. Without a reporter, diagnostics are printed
    as text to standard error.
    """
    reporter = reporter or (
        lambda problems: report(problems, strict and any(one.code not in harmless for one in problems))
    )
    project, root = read_project(project_file, reporter)
    files = find(paths) if paths else find_sources(project, root, reporting=True)
    others = _others(files, project, root) if paths else []
    sources, problems = read(files, root)
    with Progress() as progress:
        beside = (found for found in map(reader(root), others) if isinstance(found, Source))  # read if it matters
        listed = progress.each(sources, "reading", "checking")
        piece = together(listed, project, reader(root), today, spread)
        program = linked(piece, (lambda: together(beside, project, reader(root), spread=spread)) if others else None)
    problems += piece.problems
    reporter(problems)
    if program is None or any(one.is_error or (strict and one.code not in harmless) for one in problems):
        sys.exit(1)
    return Run(program, project, root, not paths, not others, piece)


def _others(files: list[str], project: Project, root: Path) -> list[str]:
    """The paths, from `root`, of the files of the project that are not among these."""
    given = {os.path.abspath(file) for file in files}
    return [_from(root, file) for file in sources_of(project, root) if os.path.abspath(file) not in given]


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
    matches = _matching(root, project.sources)
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
    return _own(_matching(root, project.sources), root)


def _own(matches: list[Found], root: Path) -> list[str]:
    return [os.path.relpath(root / one.name) for one in matches if one.inner is None]


def _matching(folder: Path, patterns: Iterable[str], *, hidden: bool = False) -> list[Found]:
    """The files below a folder that match. The command fails at a folder that cannot be read."""
    try:
        return matching(str(folder), Patterns(patterns), hidden=hidden)
    except OSError as error:
        fail(f"{os.path.relpath(error.filename)}: {error.strerror}; its sources would be taken for removed")


# Sources


def find(paths: tuple[str, ...]) -> list[str]:
    """The files that `paths` mean: a folder stands for every .slo file below it, `-` for standard input."""
    files: list[str] = []
    for path in paths:
        if path != "-" and os.path.isdir(path):
            files += below(path)
        elif path == "-" or os.path.exists(path):
            files.append(path)
        else:
            fail(f"{path}: no such file or folder")
    if not files:
        fail(f"no .slo files in {' '.join(paths)}")
    return list({os.path.abspath(file) if file != "-" else file: file for file in files}.values())


def below(folder: str) -> list[str]:
    """Every .slo file below a folder, except for those of nested projects."""
    return [str(Path(folder, one.name)) for one in _matching(Path(folder), ["**/*.slo"], hidden=True) if not one.inner]


def read(files: list[str], root: Path) -> tuple[list[Source], list[Diagnostic]]:
    """The sources of the files, whose paths count from `root`, and an E108 for each file that is not text."""
    found = []
    for file in files:
        try:
            found.append(source_at(file, root))
        except OSError as error:
            fail(f"{file}: {error.strerror}")
    sources = [source for source in found if isinstance(source, Source)]
    return sources, [problem for problem in found if isinstance(problem, Diagnostic)]


def source_at(file: str, root: Path) -> Source | Diagnostic:
    """The source that is the file, whose path counts from `root`; E108 if it is not text. Raises OSError."""
    if file == "-":
        return decoded(content(file, MAX_FILE), STDIN, STDIN)
    path, shown_as = _from(root, file), _from(Path.cwd(), file)
    if shown_as.startswith((STDIN, SHIPPED)):
        shown_as = f"./{shown_as}"
    if leads_out(file, root):
        here = Span(Source(path, "", shown_as), 0, 0)
        return Diagnostic("E108", "a link that leads out of the project", here, help="put the file into the project")
    return decoded(content(file, MAX_FILE), path, shown_as)


def decoded(data: bytes, path: str, shown_as: str) -> Source | Diagnostic:
    """The source that a file of these bytes is; E108 if it is too large, or not text."""
    if len(data) > MAX_FILE:
        here = Span(Source(path, "", shown_as), 0, 0)
        message = f"a file of more than {MAX_FILE // 2**20} MiB"
        return Diagnostic("E108", message, here, help="split it, for example into one file per service")
    wrong = misread(data)
    if wrong >= 0:
        at = len(data[:wrong].decode("utf-8"))
        here = Span(Source(path, data.decode("utf-8", "replace"), shown_as), at, at + 1)
        return Diagnostic("E108", "this is not UTF-8", here, help="save the file as UTF-8")
    return Source(path, data.decode("utf-8"), shown_as)


def reader(root: Path) -> Reader:
    """A reader of imports: from the project, not through links that leave it, and from the library of sloc."""

    def read_import(path: str) -> Source | str:
        try:
            if path.startswith(SHIPPED):
                return Source(path, resource("slocompiler", f"std/{path.removeprefix(SHIPPED)}"))
            file = root / path
            if not file.is_file():
                return "it is not a file" if file.exists() else "there is no such file"
            if leads_out(str(file), root):
                return "it is outside of the project"
            got = source_at(str(file), root)
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            if path.startswith(SHIPPED):
                return "the library of sloc has no such file"
            return getattr(error, "strerror", None) or "it is not a path"
        return got if isinstance(got, Source) else got.message

    return read_import


def _from(folder: Path, file: str) -> str:
    """A path from `folder` if the file is below it, else as it was given, with forward slashes. Bytes become text."""
    path = os.path.relpath(file, folder)
    shown = (file if path.startswith("..") else path).replace(os.sep, "/")
    return os.fsencode(shown).decode("utf-8", "replace")
