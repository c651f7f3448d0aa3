"""Declarations that are never used. In a file that others import, only parameters of templates are judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic
from slocompiler.fixes import remove
from slocompiler.promql.strings import WINDOW
from slocompiler.resolve import ResolvedService
from slocompiler.resolve.imports import FETCHED, Module
from slocompiler.resolve.interpolate import BUILT_IN
from slocompiler.resolve.scope import Declared, shared
from slocompiler.resolve.uses import parameters, selectors
from slocompiler.syntax import tree as t

Key = tuple[type[Declared], str]
WORDS: dict[type[Declared], tuple[str, str]] = {
    t.NamedAlerts: ("alerts", "write `alerts {0}` in an SLO, a service or `defaults`, or remove them"),
    t.NamedPolicy: ("policy", "write `policy {0}` in an SLO, a service or `defaults`, or remove it"),
    t.Template: ("template", "write `use {0}(…)` in a service, or remove it"),
}
"""The noun and the help for each kind of declaration."""


def unused_streams(service: ResolvedService, run: Run) -> Iterator[Diagnostic]:
    """W306 for the unused streams of a service."""
    if service.slos_intact:
        yield from _streams(service.tree.items)


def unused(run: Run) -> Iterator[Diagnostic]:
    """W306 for unused parameters of templates, names and imports in all files of the run."""
    libraries = {other.file.source for module in run.resolved.modules for _, other in module.imports}
    for module in run.resolved.modules:
        if module.file.source.path.startswith(FETCHED):
            continue  # it is for others to change
        for item in module.file.declarations:
            if isinstance(item, t.Template) and item.intact:
                yield from _parameters(item)
                yield from _streams(item.items)
        if module.intact:
            own, used = _declared(module.file), {(kind, name.text) for kind, name in shared(module.file.declarations)}
            known = own.keys() | {key for _, other in module.imports for key in _declared(other.file)}
            unknown = used - known
            used |= known & {(t.NamedAlerts, one.alerts.text) for one in run.project.elsewhere.values() if one.alerts}
            if module.file.source not in libraries and _has_service(module.file):
                wrong = {kind for kind, _ in unknown}
                never_used = own.keys() - used - _repeated(module.file)
                yield from (_unused_name(own[key]) for key in never_used if key[0] not in wrong)
            if not unknown and not module.circular:
                yield from _imports(module, used - own.keys())


# Streams


def _streams(items: tuple[t.Statement, ...]) -> Iterator[Diagnostic]:
    """W306 for the unused streams of one block.

    None if it uses an unknown name, which may be a misspelt stream, or if an SLO lacks events, which may be a stream's.
    """
    if any(isinstance(item, t.Slo) and not _counts(item) for item in items):
        return
    own = {item.name.text: item for item in items if isinstance(item, t.StreamDef)}
    used_here = list(selectors(items)) if own else []
    used = {node.name.text: node for node in used_here if isinstance(node.name, t.Name)}
    if not any(node.filter is None for name, node in used.items() if name not in own):
        for name in own.keys() - used.keys():
            help = f"write `events {name}` in an SLO, or remove it"
            yield _warning(own[name].name, f"the stream `{name}`", help, own[name])


def _counts(slo: t.Slo) -> bool:
    """Whether an SLO says what it counts, or needs no events."""
    return any(
        isinstance(x, t.Events) or (isinstance(x, t.Measure) and isinstance(x.other, t.Fold | t.When))
        for x in slo.items
    )


# Parameters


def _parameters(template: t.Template) -> Iterator[Diagnostic]:
    known = {parameter.name.text: parameter.name for parameter in template.parameters}
    used = {name for item in template.items for name, _ in parameters(item)} if known else set()
    if used - {WINDOW, *BUILT_IN} <= known.keys():  # an unknown name may be a misspelt parameter
        for name in known.keys() - used:
            help = f"write `${name}` where its value belongs (`${{{name}}}` in a string), or remove it"
            yield _warning(known[name], f"the parameter `{name}`", help, None)


# Names and imports


def _declared(file: t.File) -> dict[Key, Declared]:
    return {(type(x), x.name.text): x for x in file.declarations if isinstance(x, Declared)}


def _repeated(file: t.File) -> set[Key]:
    """The names that a file declares more than once, which is an error of its own."""
    count = Counter((type(x), x.name.text) for x in file.declarations if isinstance(x, Declared))
    return {key for key, number in count.items() if number > 1}


def _has_service(file: t.File) -> bool:
    return any(isinstance(item, t.Service) for item in file.declarations)


def _unused_name(item: Declared) -> Diagnostic:
    word, help = WORDS[type(item)]
    end = "are never used" if isinstance(item, t.NamedAlerts) else "is never used"
    return _warning(item.name, f"the {word} `{item.name.text}`", help.format(item.name.text), item, end)


def _imports(module: Module, used: set[Key]) -> Iterator[Diagnostic]:
    for statement, other in module.imports:
        if statement.is_stand_in:
            continue  # `defaults_from` of the project file imports it
        declared = _declared(other.file)
        defaults = any(isinstance(item, t.Defaults) and item.items for item in other.file.declarations)
        if not defaults and not used & declared.keys():
            there = " or ".join(f"the {WORDS[kind][0]} `{name}`" for kind, name in sorted(declared, key=str))
            help = f"use {there}, or remove this import" if there else ""
            help = help or "remove this import: a file shares templates, alerts, policies and defaults, but no services"
            yield _warning(statement.path, f"nothing from `{statement.path.value}`", help, statement, "is used here")


def _warning(
    node: t.Node, what: str, help: str, statement: t.Statement | None, end: str = "is never used"
) -> Diagnostic:
    """W306 at a node, which can be mended by removing the `statement`."""
    fixes = remove(f"remove {what.removeprefix('nothing from ')}", statement.span) if statement else ()
    return Diagnostic("W306", f"{what} {end}", node.span, help=help, fixes=fixes)
