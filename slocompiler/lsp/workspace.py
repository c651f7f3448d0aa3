"""The files of one project as editors have them. What is known of a file stays until it, or what it imports, changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from slocompiler.compiler import Examined, examine, piece, unmet
from slocompiler.diagnostics import Diagnostic, ordered
from slocompiler.lsp.snapshot import Snapshot
from slocompiler.lsp.verified import Servers, verified
from slocompiler.pieces import Piece, analysed, joined, may_declare
from slocompiler.project import Project
from slocompiler.record import replace
from slocompiler.resolve.imports import Reader
from slocompiler.source import Source
from slocompiler.syntax import tree as t
from slocompiler.syntax.journey import Journey
from slocompiler.syntax.parse import parse

Parsed = tuple[t.File, list[Diagnostic]]


class Workspace:
    """Sources by their paths in the project. `read` returns imports that no editor has, as in `analyse`.

    `servers` are the snapshots of its servers, if there are any.
    One thread may ask while another one edits: it then gets an answer for some state in between.
    """

    def __init__(
        self, project: Project, read: Reader, today: date | None = None, servers: Servers | None = None
    ) -> None:
        self.project, self._read, self._today, self._servers = project, read, today, servers or {}
        self._sources: dict[str, Source] = {}
        self._imports: dict[str, Source | str] = {}
        self._parsed: dict[Source, Parsed] = {}
        self._examined: dict[str, tuple[list[Source], Examined]] = {}
        self._pieces: dict[str, tuple[Examined, Piece]] = {}
        self._verified: dict[str, tuple[Examined, list[Diagnostic]]] = {}

    def put(self, source: Source) -> None:
        """Add a file, or replace its text."""
        self.drop(source.path)
        self._sources = {**self._sources, source.path: source}

    def drop(self, path: str) -> None:
        """Forget a file: it is no longer there, or no longer the project's."""
        self._sources = {name: source for name, source in self._sources.items() if name != path}
        self._imports = {name: one for name, one in self._imports.items() if name != path}
        self._parsed = {one: parsed for one, parsed in list(self._parsed.items()) if one.path != path}

    def refresh(self, sources: Iterable[Source]) -> None:
        """These are its files now. What is the same as before stays known."""
        now = {source.path: source for source in sources}
        for path in self._sources.keys() - now.keys():
            self.drop(path)
        for path, source in now.items():
            if path not in self._sources or self._sources[path].text != source.text:
                self.put(source)
        for path, before in list(self._imports.items()):
            after = self._read(path)
            if not isinstance(before, Source) or not isinstance(after, Source) or before.text != after.text:
                self.drop(path)

    def paths(self) -> list[str]:
        """The paths of its files."""
        return list(self._sources)

    def has(self, source: Source) -> bool:
        """Whether it is one of its files, or one that they import, as it is now."""
        return source in (self._sources.get(source.path), self._imports.get(source.path))

    def source(self, path: str) -> Source | str:
        """The file at a path, also one that is only imported; the reason why there is none."""
        if path in self._sources:
            return self._sources[path]
        if path not in self._imports:
            self._imports[path] = self._read(path)
        return self._imports[path]

    def syntax(self, path: str) -> list[Diagnostic]:
        """The syntax errors of a file, in the order of lines: the first that is known after a change."""
        return ordered(self._parse(self._sources[path])[1])

    def trees(self) -> Iterator[t.File]:
        """The trees of all files."""
        return (self._parse(source)[0] for source in self._sources.values())

    def snapshot(self, path: str) -> Snapshot:
        """What is known of a file, at this moment."""
        source = self._sources[path]
        return Snapshot(source, self._examine(source), self.project, self._others(path))

    def problems(self) -> list[Diagnostic]:
        """What `sloc check` reports about these files."""
        sources = [source for _, source in sorted(self._sources.items())]
        pieces = analysed(self._piece, sources, map, letters=0)
        found = joined(pieces)
        return ordered((*found.problems, *unmet(found, self.project)))

    def verified(self, at_rest: bool = True) -> list[Diagnostic]:
        """What `sloc verify` finds about the series that these files read; nothing without a snapshot of a server.

        Unless the files are `at_rest`, those that have changed have no findings yet: this takes longer than the checks.
        """
        sources = (source for _, source in sorted(self._sources.items()) if self._servers)
        return ordered(problem for source in sources for problem in self._verify(source, at_rest))

    def _verify(self, source: Source, at_rest: bool) -> list[Diagnostic]:
        examined, known = self._examine(source), self._verified.get(source.path)
        if known and known[0] is examined:
            return known[1]
        if not at_rest:
            return []
        found = verified(Snapshot(source, examined, self.project, {}), self._servers)
        self._verified[source.path] = examined, found
        return found

    def _parse(self, source: Source) -> Parsed:
        found = self._parsed.get(source)
        if found is None:
            found = self._parsed[source] = parse(source)
        return found

    def _piece(self, sources: Sequence[Source]) -> Piece:
        if len(sources) != 1:
            return piece(self._together(sources), self.project)
        (source,) = sources
        examined = self._examine(source)
        known = self._pieces.get(source.path)
        if known is None or known[0] is not examined:
            known = self._pieces[source.path] = examined, piece(examined, self.project)
        return known[1]

    def _examine(self, source: Source) -> Examined:
        """A file with its imports, and with what its journeys pass; anew if one of them has changed."""
        group = [source, *self._passed(source)]
        before, found = self._examined.get(source.path, ([], None))
        if found is None or before != group or not self._is_current(found):
            found = self._together(group)
            found = _only(group, found) if group[1:] else found
            self._examined[source.path] = group, found
        return found

    def _passed(self, source: Source) -> list[Source]:
        """The files that may have services which the journeys of a file pass."""
        journeys = (one for one in self._parse(source)[0].declarations if isinstance(one, Journey))
        names = {ref.service for journey in journeys for ref in journey.refs}
        return [one for one in self._sources.values() if one is not source and may_declare(one, names)]

    def _together(self, sources: Sequence[Source]) -> Examined:
        return examine(sources, self.project, self.source, self._today, self._parse)

    def _is_current(self, of: Examined) -> bool:
        modules = of.resolved.modules
        if any(module.unread for module in modules):
            return False
        return all(self.source(module.file.source.path) is module.file.source for module in modules)

    def _others(self, path: str) -> dict[str, tuple[str, ...]]:
        """The jobs of the services in other files, as far as they are known."""
        known = [one for other, (_, one) in list(self._pieces.items()) if other != path]
        return {name: jobs for one in known for name, jobs in one.jobs.items()}


def _only(group: Sequence[Source], examined: Examined) -> Examined:
    """What was examined, of the first file; with the errors of the others, which its journeys depend on."""
    source, *others = group
    resolved = examined.resolved
    files = tuple(file for file in resolved.files if file.source is source)
    services = tuple(service for service in resolved.services if service.tree.span.source is source)
    problems = [one for one in examined.problems if one.is_error or one.span.source not in others]
    return replace(examined, resolved=replace(resolved, files=files, services=services), problems=problems)
