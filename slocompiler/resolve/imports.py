"""Loads the files of a run and their imports, each once."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterable

from slocompiler.diagnostics import Diagnostic, Fix, Label
from slocompiler.fixes import edits, remove
from slocompiler.source import Source, Span
from slocompiler.syntax import tree as t
from slocompiler.syntax.parse import parse

Reader = Callable[[str], Source | str]
"""Returns the source at a path relative to the project, or the reason why there is none."""
Parse = Callable[[Source], tuple[t.File, list[Diagnostic]]]
"""Returns the tree of a source and its syntax errors, as `parse` does."""
DefaultsFrom = tuple[str, Span]
"""The path of the file that every file of a project imports, and its span in the project file."""
LIBRARY, SHIPPED = "std/", "<std>/"
"""The prefix of the library that ships with the compiler, in imports and in paths."""
FETCHED = ".sloc/"
"""The folder of the project in which libraries of other repositories are."""


class Module:
    """A file with its imports."""

    def __init__(self, file: t.File) -> None:
        self.file = file
        self.imports: list[tuple[t.Import, Module]] = []
        """Those that could be read, in the order of paths: the order in the file has no meaning."""
        self.unread: list[t.Import] = []
        """Those that could not be read."""
        self.circular = False
        """Whether it imports itself, by way of others."""

    @property
    def intact(self) -> bool:
        """Whether it and its imports could be read, without a syntax error: only then are all names known."""
        files = (self.file, *(other.file for _, other in self.imports))
        return not self.unread and not any(file.source.damage for file in files)


def nothing(path: str) -> str:
    """A reader that finds no file."""
    del path
    return "there is no such file"


def load(
    sources: Iterable[Source],
    read: Reader,
    parse: Parse = parse,
    defaults_from: DefaultsFrom | None = None,
    libraries: Collection[str] = (),
) -> tuple[list[Module], list[Module], list[Diagnostic]]:
    """The modules of `sources`, all modules with their imports, and the problems of their texts and imports.

    Every file imports the one of `defaults_from`, except for itself, the files that it imports, and those of libraries.
    `libraries` are the names with which imports of fetched files begin.
    """
    loader = _Loader(read, parse, libraries)
    own = [loader.add(source) for source in sources]
    defaults = loader.defaults(*defaults_from) if defaults_from else None
    while loader.pending:
        loader.imports_of(loader.pending.pop())
    modules = list(loader.modules.values())
    if defaults_from:
        _import_everywhere(defaults_from[0], defaults, modules)
    for module in modules:
        module.imports.sort(key=lambda entry: (not entry[0].is_stand_in, entry[1].file.source.path))
    return own, modules, [*loader.problems, *_cycles(modules)]


class _Loader:
    """The modules of a run as they are read, by their paths, and the problems of their texts and imports."""

    def __init__(self, read: Reader, parse: Parse, libraries: Collection[str]) -> None:
        self._read, self._parse, self._libraries = read, parse, libraries
        self.modules: dict[str, Module] = {}
        self.pending: list[Module] = []
        """Those whose imports are not read yet."""
        self.problems: list[Diagnostic] = []
        self._refused: dict[str, str] = {}

    def add(self, source: Source) -> Module:
        """The module of a source."""
        file, found = self._parse(source)
        self.problems += found
        self.modules[source.path] = module = Module(file)
        self.pending.append(module)
        return module

    def defaults(self, path: str, span: Span) -> Module | None:
        """The file of `defaults_from`; E509 if it cannot be read."""
        target = target_of("", path, self._libraries)
        if reason := self._reached(target, path, ""):
            message = f"`{path}` cannot be imported: {reason}"
            help = "the path is relative to the project file" if reason == nothing(target) else ""
            self.problems.append(Diagnostic("E509", message, span, help=help))
        return self.modules.get(target)

    def imports_of(self, module: Module) -> None:
        """Read the imports of a module; E301 for those that cannot be read."""
        importer = module.file.source.path
        for statement in _imports(module.file, self.problems):
            path = statement.path.value
            if statement.path.is_stand_in:
                module.unread.append(statement)
                continue
            target = target_of(importer, path, self._libraries)
            if reason := self._reached(target, path, importer):
                message = f"`{path}` cannot be imported: {reason}"
                help = "a path is relative to the file that imports" if reason == nothing(target) else ""
                self.problems.append(Diagnostic("E301", message, statement.path.span, help=help))
                module.unread.append(statement)
            else:
                _enter(module, statement, self.modules[target], self.problems)

    def _reached(self, target: str, path: str, importer: str) -> str:
        """Why a file cannot be imported; "" if it is one of the modules now."""
        reason = self._refused.get(target) or _refusal(target, path, importer, self._libraries)
        if not reason and target not in self.modules:
            got = self._read(target)
            if isinstance(got, Source):
                self.add(got)
            else:
                reason = self._refused[target] = got
        return reason


def _import_everywhere(path: str, defaults: Module | None, modules: Iterable[Module]) -> None:
    """Let the modules import the file of `defaults_from`, with stand-ins that nobody wrote; None if it is not readable."""
    inside, ahead = {id(defaults)}, [defaults] if defaults else []
    while ahead:
        new = [other for _, other in ahead.pop().imports if id(other) not in inside]
        inside |= set(map(id, new))
        ahead += new
    for module in modules:
        source = module.file.source
        explicit = any(other is defaults for _, other in module.imports)
        if explicit or id(module) in inside or source.path.startswith((SHIPPED, FETCHED)):
            continue
        here = Span(source, 0, 0)
        statement = t.Import(here, t.Text(here, path))
        if defaults:
            module.imports.append((statement, defaults))
        else:
            module.unread.append(statement)


def _imports(file: t.File, problems: list[Diagnostic]) -> list[t.Import]:
    """The imports of a file; E103 for those after other declarations."""
    found = [item for item in file.declarations if isinstance(item, t.Import)]
    first = next((item for item in file.declarations if not isinstance(item, t.Import)), None)
    for item in found:
        if first and item.span.start > first.span.start:
            here = (Label(first.span.word, "this comes before it"),)
            help, message = "move it to the top of the file", "imports must come first"
            problems.append(Diagnostic("E103", message, item.span.word, here, help, _to_the_top(item, first)))
    return found


def _to_the_top(item: t.Import, first: t.Statement) -> tuple[Fix, ...]:
    """The fix that moves an import before the first other declaration. It is safe: the order of imports has no meaning."""
    (removal,) = remove("", item.span)
    (cut,) = removal.edits
    top = first.span.part(first.span.start, first.span.start)
    return edits("move it to the top", (top, f"{item.span.text}\n"), (cut.span, ""), safe=True)


def target_of(importer: str, path: str, libraries: Collection[str] = ()) -> str:
    """The path of an imported file from the project, by its path in the file that imports it."""
    if path.startswith(LIBRARY):
        return posixpath.normpath(SHIPPED + path.removeprefix(LIBRARY))
    if _home(path, importer, libraries) and not importer.startswith(FETCHED):
        return posixpath.normpath(FETCHED + path)
    return posixpath.normpath(posixpath.join(posixpath.dirname(importer), path))


def _home(path: str, importer: str, libraries: Collection[str]) -> str:
    """The folder of the library that the importer is in, or else that the path names; "" if there is none."""
    inside = importer.startswith(FETCHED)
    name = (importer.removeprefix(FETCHED) if inside else path).partition("/")[0]
    return f"{FETCHED}{name}/" if inside or name in libraries else ""


def _refusal(target: str, path: str, importer: str, libraries: Collection[str]) -> str:
    """Why a path is not read; "" if it may be. A file outside of the project may import files beside it."""
    if not path.endswith(".slo"):
        return "it is not a .slo file"
    if path.startswith("/") or "\\" in path:
        return "the path must be relative, with `/`"
    home = _home(path, importer, libraries)
    if home and not target.startswith((home, SHIPPED)):
        return "it is outside of the library"
    beside = target.startswith(posixpath.dirname(importer) + "/")
    return "it is outside of the project" if target.startswith(("../", "/")) and not beside else ""


def _enter(module: Module, statement: t.Import, imported: Module, problems: list[Diagnostic]) -> None:
    for earlier, other in module.imports:
        if other is imported:
            here = (Label(earlier.path.span, "the first is here"),)
            message, fixes = (
                f"`{statement.path.value}` is imported twice",
                remove("remove the second", statement.span, safe=True),
            )
            problems.append(Diagnostic("E202", message, statement.path.span, here, "remove one of them", fixes))
            return
    module.imports.append((statement, imported))


def _cycles(modules: Iterable[Module]) -> Iterable[Diagnostic]:
    """E302 for every cycle, at the import that closes it; that import is removed from its module."""
    done: set[int] = set()
    for start in sorted(modules, key=lambda module: module.file.source.path):
        trail: list[tuple[Module, list[tuple[t.Import, Module]]]] = [(start, list(start.imports))]
        while trail:
            module, ahead = trail[-1]
            if not ahead or id(module) in done:
                done.add(id(module))
                trail.pop()
                continue
            statement, imported = ahead.pop(0)
            above = [entry for entry, _ in trail]
            if imported in above:
                circle = above[above.index(imported) :]
                for one in circle:
                    one.circular = True
                names = [entry.file.source.shown_as for entry in (*circle, imported)]
                problem = f"these imports form a cycle: {' → '.join(names)}"
                help = "move what both files need into a third file"
                yield Diagnostic("E302", problem, statement.path.span, help=help)
                module.imports.remove(next(entry for entry in module.imports if entry[0] is statement))
                module.unread.append(statement)
            elif id(imported) not in done:
                trail.append((imported, list(imported.imports)))
