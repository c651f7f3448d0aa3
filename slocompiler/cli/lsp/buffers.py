"""The files that an editor has open, each in the workspace of its project; all other files come from the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import slocompiler
from slocompiler.cli.nested import outer_project
from slocompiler.cli.session import sources_of
from slocompiler.cli.sources import decoded, read, reader
from slocompiler.diagnostics import Diagnostic
from slocompiler.lsp.workspace import Workspace
from slocompiler.project import NAME, Project, load
from slocompiler.project.libraries import Library
from slocompiler.record import record
from slocompiler.resolve.imports import SHIPPED, Reader
from slocompiler.source import Source


@record
class Home:
    """A project, or a file that belongs to none."""

    root: Path
    workspace: Workspace
    problems: list[Diagnostic]
    """Those of its project file, and of files that cannot be read."""

    def file(self, path: str) -> Path:
        """The file at a path of the workspace; of the library, the one that ships with sloc."""
        if path.startswith(SHIPPED):
            return Path(slocompiler.__file__).parent / "std" / path.removeprefix(SHIPPED)
        return self.root / path

    def path(self, file: Path) -> str:
        """The path of a file in the workspace."""
        return os.path.relpath(file, self.root).replace(os.sep, "/")


class Buffers:
    """`folders` are those that the editor has open: a file without a project file belongs to the innermost around it."""

    def __init__(self, folders: list[Path]) -> None:
        self._folders = folders
        self._texts: dict[Path, str] = {}
        self._homes: dict[tuple[Path, Path | None], Home] = {}
        self._unread: dict[Path, Diagnostic] = {}

    def put(self, file: Path, text: str) -> None:
        """A file is open, with this text; it may not be saved."""
        self._texts[file] = text
        own = self.home(file)
        own.workspace.put(self._source(file, own))
        for other in self._homes.values():
            if other is not own and other.root == own.root:
                other.workspace.drop(other.path(file))

    def close(self, file: Path) -> None:
        """A file is no longer open: the disk has its text."""
        self._texts.pop(file, None)
        self._unread.pop(file, None)
        self.refresh()

    def refresh(self) -> None:
        """Read everything again that no editor has open: the disk may have changed."""
        for (root, alone), home in list(self._homes.items()):
            config = self._config(root)
            project, problems = _project(config)
            if project != home.workspace.project or (alone and alone not in self._texts):
                del self._homes[root, alone]
                continue
            files = [self._source(alone, home)] if alone else self._sources(home, config, problems)
            home.workspace.refresh(files)
            home.problems[:] = problems

    def homes(self) -> list[Home]:
        """The project of every open file, each once."""
        return list({id(home): home for home in map(self.home, list(self._texts))}.values())

    def owner(self, source: Source) -> Home:
        """The project that a source is from."""
        homes = list(self._homes.values())
        return next((home for home in homes if home.workspace.has(source)), homes[0])

    def home(self, file: Path) -> Home:
        """Where a file belongs: in its project if this has it among its sources, else alone beside it."""
        root, config = self._root(file)
        project = self._home(root, config)
        if project.path(file) in project.workspace.paths():
            return project
        if self._is_new(file, root, config):
            project.workspace.put(self._source(file, project))
            return project
        key = root, file
        if key not in self._homes:
            workspace = Workspace(
                project.workspace.project, self._reader(root, project.workspace.project.libraries), date.today()
            )
            self._homes[key] = alone = Home(root, workspace, project.problems)
            alone.workspace.put(self._source(file, alone))
        return self._homes[key]

    def problems(self, home: Home) -> list[Diagnostic]:
        """What `sloc check` reports about a project, or about a file that is not among its sources.

        Mistakes in the project file come alone, as nothing else is certain then.
        """
        if wrong := [one for one in home.problems if one.code.startswith("E5")]:
            return wrong
        unread = [one for file, one in self._unread.items() if home.path(file) in home.workspace.paths()]
        return [*home.problems, *unread, *home.workspace.problems()]

    def _root(self, file: Path) -> tuple[Path, Path | None]:
        """The folder of a file's project and its project file, if it has one; else the folder that is open around it."""
        if config := outer_project(file):
            return config.parent, config
        around = [folder for folder in self._folders if file.is_relative_to(folder)]
        return max(around, key=lambda folder: len(folder.parts), default=file.parent), None

    def _is_new(self, file: Path, root: Path, config: Path | None) -> bool:
        """Whether an open file was never saved: it will be one of the project."""
        return file in self._texts and file.suffix == ".slo" and self._has_files(root, config) and not file.exists()

    def _has_files(self, root: Path, config: Path | None) -> bool:
        """Whether the files of a folder belong together: it is a project, or open."""
        return config is not None or root in self._folders

    def _home(self, root: Path, config: Path | None) -> Home:
        key = root, None
        if key not in self._homes:
            project, problems = _project(config)
            home = Home(root, Workspace(project, self._reader(root, project.libraries), date.today()), problems)
            for source in self._sources(home, config, problems):
                home.workspace.put(source)
            self._homes[key] = home
        return self._homes[key]

    def _config(self, root: Path) -> Path | None:
        config = root / NAME
        return config if config.exists() else None

    def _sources(self, home: Home, config: Path | None, problems: list[Diagnostic]) -> list[Source]:
        """The files of a project, as the editor has them or the disk. A folder that is neither open nor a project has none."""
        found = _from_disk(home.workspace.project, home.root, problems) if self._has_files(home.root, config) else ()
        files: dict[Path, Source | None] = {home.file(source.path): source for source in found}
        files |= {file: None for file in self._texts if file in files or self._is_new(file, *self._root(file))}
        own = (file for file in files if files[file] or self._root(file)[0] == home.root)
        return [files[file] or self._source(file, home) for file in own]

    def _source(self, file: Path, home: Home) -> Source:
        """The text of an open file, or of one on the disk."""
        self._unread.pop(file, None)
        path = home.path(file)
        if file not in self._texts:
            got = reader(home.root)(path)
            return got if isinstance(got, Source) else Source(path, "")
        found = decoded(self._texts[file].encode("utf-8", "surrogatepass"), path, path)
        if isinstance(found, Diagnostic):
            self._unread[file] = found
            return Source(path, "")
        return found

    def _reader(self, root: Path, libraries: Mapping[str, Library]) -> Reader:
        disk = reader(root, libraries)

        def read_import(path: str) -> Source | str:
            file = root / path
            return Source(path, self._texts[file]) if file in self._texts else disk(path)

        return read_import


def library() -> list[str]:
    """The paths of the files that ship with sloc."""
    return [f"{SHIPPED}{file.name}" for file in sorted((Path(slocompiler.__file__).parent / "std").glob("*.slo"))]


def _project(config: Path | None) -> tuple[Project, list[Diagnostic]]:
    """The project of a project file; the default one if there is none, or if it has mistakes."""
    if config is None:
        return Project(), []
    try:
        sources, problems = read([str(config)], config.parent)
    except SystemExit:  # it is gone, or cannot be read
        return Project(), []
    return load(sources[0]) if sources else (Project(), problems)


def _from_disk(project: Project, root: Path, problems: list[Diagnostic]) -> Iterator[Source]:
    """The sources of a project; problems of files that are not text are added to the list."""
    try:
        files = sources_of(project, root)
    except SystemExit:  # a folder cannot be read
        return
    for file in files:
        try:
            sources, found = read([file], root)
        except SystemExit:  # a file that has just been removed
            continue
        problems += found
        yield from sources
