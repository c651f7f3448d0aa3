"""What is declared and never used. Of a library nobody knows who uses its names, but its templates know themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.checks.naming import filters_and_selectors
from slocompiler.diagnostics import Diagnostic
from slocompiler.record import fields
from slocompiler.resolve import ResolvedService
from slocompiler.resolve.imports import Module
from slocompiler.resolve.interpolate import BUILT_IN
from slocompiler.resolve.raw import WINDOW
from slocompiler.syntax import tree as t

Declared = t.NamedAlerts | t.NamedPolicy | t.Template
Key = tuple[type[Declared], str]
WORDS: dict[type[Declared], tuple[str, str]] = {
    t.NamedAlerts: ("alerts", "use them, `alerts {0}` in an SLO, a service or `defaults`, or take them out"),
    t.NamedPolicy: ("policy", "use it, `policy {0}` in an SLO, a service or `defaults`, or take it out"),
    t.Template: ("template", "use it, `use {0}(…)` in a service, or take it out"),
}
_HOLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")


def unused_streams(service: ResolvedService, run: Run) -> Iterator[Diagnostic]:
    """W306 for the streams of a service."""
    if service.slos_intact:
        yield from _streams(service.tree.items)


def unused(run: Run) -> Iterator[Diagnostic]:
    """W306 in files: parameters of templates, names, imports."""
    libraries = {other.file.source for module in run.resolved.modules for _, other in module.imports}
    for module in run.resolved.modules:
        for item in module.file.declarations:
            if isinstance(item, t.Template) and item.intact:
                yield from _parameters(item)
                yield from _streams(item.items)
        if module.intact:
            own, used = _declared(module.file), set(_names(module.file))
            unknown = used - own.keys() - {key for _, other in module.imports for key in _declared(other.file)}
            if module.file.source not in libraries and _has_service(module.file):
                wrong = {kind for kind, _ in unknown}
                yield from (_unused_name(own[key]) for key in own.keys() - used if key[0] not in wrong)
            if not unknown:
                yield from _imports(module, used - own.keys())


# Streams


def _streams(items: tuple[t.Statement, ...]) -> Iterator[Diagnostic]:
    """Those of one block, unless a name that means nothing may have been meant for one."""
    own = {item.name.text: item.name for item in items if isinstance(item, t.StreamDef)}
    selectors = list(_selectors(items)) if own else []
    used = {node.name.text: node for node in selectors if isinstance(node.name, t.Name)}
    if not any(node.filter is None for name, node in used.items() if name not in own):
        for name in own.keys() - used.keys():
            yield _doubt(own[name], f"the stream `{name}`", f"count it, `events {name}` in an SLO, or take it out")


def _selectors(items: tuple[t.Statement, ...]) -> Iterator[t.Selector]:
    yield from (node for node in filters_and_selectors(items) if isinstance(node, t.Selector))
    for item in items:
        if isinstance(item, t.Slo):
            yield from (node for node in filters_and_selectors(item.items) if isinstance(node, t.Selector))
        elif isinstance(item, t.Use):
            yield from (arg.value for arg in item.args if isinstance(arg.value, t.Selector))


# Parameters


def _parameters(template: t.Template) -> Iterator[Diagnostic]:
    known = {parameter.name.text: parameter.name for parameter in template.parameters}
    said = {name for item in template.items for name in _parameters_in(item)} if known else set()
    if said - {WINDOW, *BUILT_IN} <= known.keys():  # else one that means nothing may have been meant for another
        for name in known.keys() - said:
            help = f"write `${name}` where its value belongs, in strings `${{{name}}}`, or take it out"
            yield _doubt(known[name], f"the parameter `{name}`", help)


def _parameters_in(node: t.Node) -> Iterator[str]:
    if isinstance(node, t.Param):
        yield node.name
    elif isinstance(node, t.Text | t.Promql):
        yield from _HOLE.findall(node.value if isinstance(node, t.Text) else node.text)
    for name in fields(type(node))[1:]:
        value = getattr(node, name)
        for child in value if type(value) is tuple else (value,):
            if isinstance(child, t.Node):
                yield from _parameters_in(child)


# Names and imports


def _declared(file: t.File) -> dict[Key, Declared]:
    return {
        (type(x), x.name.text): x
        for x in file.declarations
        if isinstance(x, t.NamedAlerts | t.NamedPolicy | t.Template)
    }


def _names(file: t.File) -> Iterator[Key]:
    """The names that a file uses, in templates that nobody uses, too."""
    blocks = [item.items for item in file.declarations if isinstance(item, t.Service | t.Template | t.Defaults)]
    for item in (item for items in blocks for item in items):
        yield from _used(item)
        for inner in item.items if isinstance(item, t.Slo) else ():
            yield from _used(inner)


def _used(item: t.Statement) -> Iterator[Key]:
    if isinstance(item, t.Use):
        yield t.Template, item.template.text
    elif isinstance(item, t.Alerts) and item.name:
        yield t.NamedAlerts, item.name.text
    elif isinstance(item, t.Policy) and item.name:
        yield t.NamedPolicy, item.name.text


def _has_service(file: t.File) -> bool:
    return any(isinstance(item, t.Service) for item in file.declarations)


def _unused_name(item: Declared) -> Diagnostic:
    word, help = WORDS[type(item)]
    end = "are never used" if isinstance(item, t.NamedAlerts) else "is never used"
    return _doubt(item.name, f"the {word} `{item.name.text}`", help.format(item.name.text), end)


def _imports(module: Module, used: set[Key]) -> Iterator[Diagnostic]:
    for statement, other in module.imports:
        declared = _declared(other.file)
        defaults = any(isinstance(item, t.Defaults) and item.items for item in other.file.declarations)
        if not defaults and not used & declared.keys():
            there = ", ".join(f"{WORDS[kind][0]} `{name}`" for kind, name in sorted(declared, key=str))
            help = f"it has {there}: use one of them, or take this line out" if there else ""
            help = help or "it declares nothing that others can use: of services nothing is imported"
            yield _doubt(statement.path, f"nothing of `{statement.path.value}`", help, "is used here")


def _doubt(node: t.Node, what: str, help: str, end: str = "is never used") -> Diagnostic:
    return Diagnostic("W306", f"{what} {end}", node.span, help=help)
