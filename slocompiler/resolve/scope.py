"""Resolves the names of alerts, policies and templates in a file: its own, and those of the files it imports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.fixes import correct
from slocompiler.record import fields, record
from slocompiler.resolve.imports import Module
from slocompiler.resolve.interpolate import BUILT_IN, bare, holes, within
from slocompiler.resolve.settings import ADDED, Settings, second
from slocompiler.source import Source
from slocompiler.suggest import one_of
from slocompiler.syntax import tree as t

Declared = t.NamedAlerts | t.NamedPolicy | t.Template
D = TypeVar("D", bound=Declared)
INHERITED = t.Stakeholders | t.Runbook | t.Link | t.Labels | t.Policy | t.Maintenance | t.Except
_BLOCKS = t.Defaults | t.Service | t.Template | t.Slo | t.Override
_NAMELESS = {t.Events, t.Exclude, t.Measure, t.Because}
"""The most frequent statements of an SLO."""
_WITH_TEXTS = t.Defaults | t.NamedPolicy | INHERITED
WORDS: dict[type[Declared], str] = {t.NamedAlerts: "alerts", t.NamedPolicy: "policy", t.Template: "template"}


@record
class Scope:
    """The names of one file. Its own take precedence over imported ones, and imported ones are not passed on."""

    file: t.File
    own: dict[tuple[type[Declared], str], Declared]
    imported: dict[tuple[type[Declared], str], list[Declared]]
    defaults: Settings
    """Its own defaults, and around them those of the files that it imports."""
    intact: bool
    """Whether all names that the file may use are known."""

    def find(self, kind: type[D], name: t.Name) -> D | None:
        """The declaration of `name`; None if there is none, or if two imports declare it. Both are reported at the name."""
        found: Any = self.all(kind, name.text)
        declared: D | None = found[0] if len(found) == 1 else None
        return declared

    def missing(self, kind: type[Declared], name: t.Name, around: str = "") -> Iterator[Diagnostic]:
        """E205 or E303 if `name` is not found. The template `around` the name is not suggested."""
        found, word = self.all(kind, name.text), WORDS[kind]
        if len(found) > 1:
            here = tuple(Label(other.name.span, "declared here") for other in found)
            help = "rename one of them, or declare your own in this file"
            yield Diagnostic("E303", f"two imports declare {word} `{name.text}`", name.span, here, help)
        elif not found and self.intact and not name.is_stand_in:
            known = [text for text in self.names(kind) if text != around]
            help = one_of(
                name.text,
                known,
                f"declare `{word} {name.text} …` outside of services, or import the file that declares it",
            )
            fixes = correct(name.span, name.text, known)
            yield Diagnostic(
                "E205",
                f"there {'are' if kind is t.NamedAlerts else 'is'} no {word} `{name.text}`",
                name.span,
                help=help,
                fixes=fixes,
            )

    def all(self, kind: type[D], name: str) -> list[D]:
        """The declarations of a name: its own, or all that are imported."""
        key: Any = (kind, name)
        own: Any = self.own.get(key)
        imported: Any = self.imported.get(key, [])
        return [own] if own else imported

    def names(self, kind: type[Declared]) -> list[str]:
        """The names of a kind, sorted."""
        return sorted({text for other, text in (*self.own, *self.imported) if other is kind})


def scopes(modules: list[Module]) -> tuple[dict[Source, Scope], list[Diagnostic]]:
    """The scope of every file, and the problems of declarations, defaults and names.

    E201, E202, E205 and E303, also in declarations that no SLO uses, such as those of a library.
    """
    problems: list[Diagnostic] = []
    own = {module.file.source: _own(module, problems) for module in modules}
    defaults = {module.file.source: _defaults(module, problems) for module in modules}
    found = {}
    for module in modules:
        source = module.file.source
        imported: dict[tuple[type[Declared], str], list[Declared]] = {}
        around: Settings | None = None
        for _, other in module.imports:
            around = Settings(defaults[other.file.source], around, [])
            for key, declared in own[other.file.source].items():
                imported.setdefault(key, []).append(declared)
        settings = Settings(defaults[source], around, problems)
        found[source] = Scope(module.file, own[source], imported, settings, module.intact)
    for module in modules:
        problems += _differing(module, found, defaults)
        problems += _unknown(module.file, found[module.file.source])
        problems += _texts(module.file.declarations)
    return found, problems


def shared(items: Iterable[t.Statement]) -> Iterator[tuple[type[Declared], t.Name]]:
    """The names of templates, alerts and policies that statements use, also in the blocks inside them."""
    for item in items:
        if type(item) in _NAMELESS:
            continue
        if isinstance(item, _BLOCKS):
            yield from shared(item.items)
        elif isinstance(item, t.Use):
            yield t.Template, item.template
            yield from shared(item.overrides)
        elif isinstance(item, t.Alerts) and item.name:
            yield t.NamedAlerts, item.name
        elif isinstance(item, t.Policy) and item.name:
            yield t.NamedPolicy, item.name


def _unknown(file: t.File, scope: Scope) -> Iterator[Diagnostic]:
    """Problems with the names of alerts, policies and templates in a file."""
    for item in file.declarations:
        around = item.name.text if isinstance(item, t.Template) else ""
        for kind, name in shared((item,)):
            yield from scope.missing(kind, name, around if kind is t.Template else "")


def _texts(items: tuple[t.Statement, ...]) -> Iterator[Diagnostic]:
    """E105 in settings that SLOs may inherit."""
    for item in items:
        if isinstance(item, t.Service):
            yield from _texts(tuple(part for part in item.items if isinstance(part, INHERITED)))
        elif isinstance(item, _WITH_TEXTS):
            for node in within(item):
                if isinstance(node, t.Text):
                    yield from (*holes(node, dict.fromkeys(BUILT_IN)), *bare(node, BUILT_IN))


def _own(module: Module, problems: list[Diagnostic]) -> dict[tuple[type[Declared], str], Declared]:
    declared: dict[tuple[type[Declared], str], Declared] = {}
    for item in module.file.declarations:
        if isinstance(item, t.NamedAlerts | t.NamedPolicy | t.Template) and not item.name.is_stand_in:
            first = declared.setdefault((type(item), item.name.text), item)
            if first is not item:
                problems.append(second(f"a second `{WORDS[type(item)]} {item.name.text}`", item.name, first.name))
    return declared


def _defaults(module: Module, problems: list[Diagnostic]) -> tuple[t.Statement, ...]:
    blocks = [item for item in module.file.declarations if isinstance(item, t.Defaults)]
    for again in blocks[1:]:
        here = (Label(blocks[0].span.word, "the first is here"),)
        help = "put all of them into one block"
        problems.append(Diagnostic("E202", "`defaults` is given twice", again.span.word, here, help))
    return blocks[0].items if blocks else ()


# Defaults of several imports: their order has no meaning


def _differing(
    module: Module, known: Mapping[Source, Scope], defaults: Mapping[Source, tuple[t.Statement, ...]]
) -> Iterator[Diagnostic]:
    """E303 if two imports set different defaults for a setting that the file itself does not set."""
    nearer = {key for item in defaults[module.file.source] for key in _keys(item)}
    set_by: dict[object, t.Statement] = {}
    for statement, other in module.imports:
        for item in defaults[other.file.source]:
            for key in _keys(item):
                first = set_by.setdefault(key, item)
                if first is item or key in nearer or _meaning(first, known, key) == _meaning(item, known, key):
                    continue
                here = (Label(first.span.word, "one default"), Label(item.span.word, "another default"))
                what = f"the label `{key}`" if isinstance(key, str) else f"`{item.span.word.text}`"
                message = f"two imports set different defaults for {what}"
                help = "set it in `defaults` of this file: the order of imports has no meaning"
                yield Diagnostic("E303", message, statement.path.span, here, help)


def _keys(item: t.Statement) -> list[object]:
    """The keys that a statement sets: its type; for labels their names; none for what adds up."""
    if isinstance(item, t.Labels):
        return [t.text_of(entry.name) for entry in item.entries]
    return [] if isinstance(item, ADDED) else [type(item)]


def _meaning(item: t.Statement, known: Mapping[Source, Scope], key: object) -> object:
    """The content of a setting, without spans; a name stands for its declaration."""
    if isinstance(item, t.Labels):
        return [_content(entry.value) for entry in item.entries if t.text_of(entry.name) == key]
    if isinstance(item, t.Alerts | t.Policy) and item.name:
        scope = known[item.span.source]
        declared: t.Statement | None
        if isinstance(item, t.Alerts):
            declared = scope.find(t.NamedAlerts, item.name)
        else:
            declared = scope.find(t.NamedPolicy, item.name)
        return _content(declared)[2:] if declared else item
    return _content(item)


def _content(value: Any) -> Any:
    """A tree without its spans, which are the first field of every node."""
    if isinstance(value, t.Node):
        return (type(value).__name__, *(_content(getattr(value, name)) for name in fields(type(value))[1:]))
    return tuple(map(_content, value)) if isinstance(value, tuple) else value
