"""BASE and HEAD of `sloc diff`, each compiled from its own files with its own sloc.yaml."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from slocompiler import promql
from slocompiler.cli.files import content, leads_out
from slocompiler.cli.git import Repository, Tree, repository
from slocompiler.cli.session import sources_of
from slocompiler.cli.sources import MAX_FILE, below, decoded, fetched, read, reader
from slocompiler.cli.terminal import Progress
from slocompiler.compiler import changed, linked, together
from slocompiler.diagnostics import Diagnostic, ordered
from slocompiler.diff.change import Side
from slocompiler.elsewhere import differing
from slocompiler.formats.text import render
from slocompiler.ir import Program
from slocompiler.ir_json import to_json
from slocompiler.pieces import Piece
from slocompiler.project import NAME, Project, load
from slocompiler.project.libraries import Library
from slocompiler.record import EMPTY, record, replace
from slocompiler.resolve.imports import FETCHED, SHIPPED, Reader, nothing
from slocompiler.source import Source
from slocompiler.targets import of_builds

FIRST = 3
"""The number of errors that are printed of a BASE that does not compile."""


@record
class Compiled:
    """One side: its name, its program if it compiles, its diagnostics, and what it is made of."""

    name: str
    revision: str
    """The commit, empty for files."""
    program: Program | None
    problems: list[Diagnostic]
    project: Project
    file: str = ""
    """The text of its project file."""
    texts: Mapping[str, str] = EMPTY
    """Those of its sources, by their paths."""
    read: Reader = nothing
    piece: Piece | None = None
    """What the sources of a whole project say; None if there is an error, or they are not a whole project."""

    @property
    def settings(self) -> dict[str, str]:
        """The settings of its project file, by key."""
        return dict(_settings(self.project))

    @property
    def side(self) -> Side:
        """The side as a comparison shows it."""
        errors = [problem for problem in ordered(self.problems) if problem.is_error]
        return Side(self.name, self.revision, tuple(map(render, errors[:FIRST])) if self.program is None else ())


def compiled(name: str | None, like: Compiled | None = None) -> Compiled:
    """The side of that name; None is the working tree. Files that are the same on the side `like` it are not analysed again."""
    if name is None:
        return _files("working tree", ".", like, whole_project=True)
    if os.path.isdir(name) or (name.endswith(".slo") and os.path.isfile(name)):
        return _files(name, name, like)
    here = repository(Path.cwd(), name)
    commit = here.existing(name)
    called = commit[:12] if name == commit else name
    return _revision(here, called, called, commit, like)


def branched(like: Compiled | None = None) -> Compiled:
    """The default BASE: the commit where HEAD branched off the main branch."""
    here = repository(Path.cwd())
    main, commit = here.merge_base()
    return _revision(here, f"{main}, where HEAD branched off", commit[:12], commit, like)


def _compile(
    name: str, revision: str, project: Project, file: str, sources: list[Source], problems: list[Diagnostic],
    imports: Reader, like: Compiled | None, whole: bool = True,
) -> Compiled:  # fmt: skip  # one line each
    texts = {source.path: source.text for source in sources}
    side = Compiled(name, revision, None, problems, project, file, texts, imports)
    with Progress() as progress:
        listed = progress.each(sources, f"reading {name}", f"checking {name}")
        known = _changed(side, like, sources) if like and whole and not problems else None
        piece = known or together(listed, project, imports, whole=whole)
    problems = problems + piece.problems
    program = None if any(problem.is_error for problem in problems) else linked(piece)
    return replace(side, program=program, problems=problems, piece=piece if whole and program else None)


def _changed(side: Compiled, like: Compiled, sources: Sequence[Source]) -> Piece | None:
    """The piece of a side, by that of one with the same project file; None if all of its sources have to be analysed."""
    if like.piece is None or like.file != side.file:
        return None
    others = [path for path in like.piece.imports - like.texts.keys() if not path.startswith(SHIPPED)]
    if any(_text(side.read, path) != _text(like.read, path) for path in others):
        return None
    differing = [source for source in sources if like.texts.get(source.path) != source.text]
    return changed(like.piece, differing, like.texts.keys() - side.texts.keys(), side.project, side.read)


def _text(read: Reader, path: str) -> str:
    """The text of an import, or the reason why it cannot be read."""
    found = read(path)
    return found.text if isinstance(found, Source) else found


def _settings(project: Project) -> Iterator[tuple[str, str]]:
    """Every setting as text, by its key in the project file, including the defaults of targets."""
    for key in ("scrape_interval", "evaluation_interval", "retention"):
        yield key, promql.duration(getattr(project, key))
    keys = ("output", "grafana_url", "docs_url", "deployments")
    yield from _flat("", {key: to_json(getattr(project, key)) for key in keys})
    live = to_json(project.live)
    yield from _flat("deployments", dict(live.pop("deployments")))
    yield from differing(project.elsewhere)
    yield from _flat("live", {**live, "timeout": promql.duration(live["timeout"])})
    for name, target in of_builds().items():
        defaults = {key: option["default"] for key, option in target.schema()["properties"].items()}
        yield from _flat(f"targets.{name}", {**defaults, **project.sections.get(name, {})})


def _flat(key: str, value: object) -> Iterator[tuple[str, str]]:
    """Each value of a tree by its key; items of a list by their names."""
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        value = dict(map(_named, value))
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(f"{key}.{name}".removeprefix("."), inner)
    else:
        yield key, value if isinstance(value, str) else json.dumps(value)


def _named(one: dict[str, Any]) -> tuple[str, Any]:
    """The name of a deployment, a label or a matcher, and its other values."""
    name = one.get("name") or one["label"]
    return name, one.get("value", {key: value for key, value in one.items() if key != "name"})


# Files


def _nearest(folder: str) -> Path | None:
    """The project file in a folder, or the nearest one above."""
    here = Path(os.path.abspath(folder))
    return next((f / NAME for f in (here, *here.parents) if (f / NAME).is_file()), None)


def _files(name: str, path: str, like: Compiled | None, whole_project: bool = False) -> Compiled:
    """The files of a path: a folder with a project file is that project, any other one the files below it.

    With `whole_project`, it is the project that contains the path.
    """
    folder = path if os.path.isdir(path) else os.path.dirname(path) or "."
    file = _nearest(folder)
    project, problems, root = Project(), list[Diagnostic](), file.parent if file else Path(os.path.abspath(folder))
    text = ""
    if file:
        sources, problems = read([str(file)], root)
        for source in sources:
            text, (project, problems) = source.text, load(source)
    if problems:
        return Compiled(name, "", None, problems, project)
    whole_project = whole_project or (os.path.isdir(path) and root == Path(os.path.abspath(path)))
    files = sources_of(project, root) if whole_project else below(path) if os.path.isdir(path) else [path]
    sources, problems = read(files, root)
    imports = reader(root, project.libraries)
    return _compile(name, "", project, text, sources, problems, imports, like, whole_project)


# Revisions


def _revision(here: Repository, name: str, short: str, commit: str, like: Compiled | None) -> Compiled:
    """The project in the folder where the working tree has it. Its paths are printed as git does: `short:path`."""
    file = _nearest(".")
    top = here.top.resolve()
    start = (file.parent if file else Path.cwd()).resolve()
    if not start.is_relative_to(top):
        start = Path.cwd().resolve()
    return at_commit(here, name, short, commit, start, like)


def at_commit(
    here: Repository, name: str, short: str, commit: str, start: Path, like: Compiled | None = None
) -> Compiled:
    """The project of the folder `start` in a commit."""
    tree = here.tree(commit, PurePosixPath(start.relative_to(here.top.resolve()).as_posix()))
    project, text, problems = Project(), "", list[Diagnostic]()
    for source in _sources(tree, short, [NAME], problems):
        text, (project, problems) = source.text, load(source)
    if problems:
        return Compiled(name, commit, None, problems, project)
    sources = _sources(tree, short, tree.matching(project.sources), problems)
    imports = _reader(tree, short, here.top, project.libraries)
    return _compile(name, commit, project, text, sources, problems, imports, like)


def _sources(tree: Tree, short: str, files: list[str], problems: list[Diagnostic]) -> list[Source]:
    """The texts of files in a tree; `problems` gets an E108 for each that is not text."""
    sources = []
    for file, data in zip(files, tree.read(files), strict=True):
        if data is None:
            continue
        path = os.fsencode(file).decode("utf-8", "replace")
        source = decoded(data, path, f"{short}:{tree.root / path}")
        if isinstance(source, Source):
            sources.append(source)
        else:
            problems.append(source)
    return sources


def _reader(tree: Tree, short: str, top: Path, libraries: Mapping[str, Library]) -> Reader:
    """A reader of imports: from the project in that commit, and from the library of sloc.

    A library that is not committed comes from the working tree, if it is the one that the commit locks.
    """
    library = reader(Path())

    def stored(path: str) -> bytes | None:
        (data,) = tree.read([path])
        file = top / tree.root / path
        is_here = data is None and path.startswith(FETCHED) and not leads_out(str(file), top) and file.is_file()
        return content(str(file), MAX_FILE) if is_here else data

    def read_import(path: str) -> Source | str:
        if path.startswith(SHIPPED):
            return library(path)
        if path.startswith(FETCHED):
            return fetched(path, f"{short}:{tree.root / path}", stored, libraries)
        problems: list[Diagnostic] = []
        sources = _sources(tree, short, [path], problems)
        if sources or problems:
            return sources[0] if sources else problems[0].message
        missing = "it is in a submodule that is not checked out: `git submodule update --init`"
        return missing if tree.is_elsewhere(path) else "there is no such file"

    return read_import
