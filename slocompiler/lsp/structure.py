"""The structure of a file: symbols, ranges that fold, and selections that grow."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slocompiler.lsp.snapshot import Snapshot
from slocompiler.record import record
from slocompiler.source import Span
from slocompiler.syntax import tree as t
from slocompiler.syntax.journey import Journey
from slocompiler.syntax.tree import text_of

_COMMENTS = re.compile(r"^[ \t]*#[^\n]*(?:\n[ \t]*#[^\n]*)+", re.MULTILINE)
_NAMED = (t.Service, t.Template, t.NamedAlerts, t.NamedPolicy, t.Slo, t.StreamDef)


@record
class Symbol:
    """A declaration, with those inside it."""

    name: str
    kind: type[t.Node]
    detail: str
    span: Span
    name_span: Span
    inside: tuple[Symbol, ...]


def symbols(file: t.File) -> tuple[Symbol, ...]:
    """The declarations of a file."""
    return tuple(_symbols(file.declarations))


def _symbols(items: tuple[t.Statement, ...]) -> Iterator[Symbol]:
    for item in items:
        if isinstance(item, t.Defaults):
            yield Symbol("defaults", t.Defaults, "", item.span, item.span.word, ())
        elif isinstance(item, t.Use):
            prefix = f"as {item.prefix.text}" if item.prefix else ""
            yield Symbol(text_of(item.template), t.Use, prefix, item.span, item.template.span, ())
        elif isinstance(item, _NAMED) and not item.name.is_stand_in:
            title = item.title.value if isinstance(item, t.Service | t.Slo) and item.title else ""
            inside = item.items if isinstance(item, t.Service | t.Template) and not isinstance(item, Journey) else ()
            yield Symbol(item.name.text, type(item), title, item.span, item.name.span, tuple(_symbols(inside)))


def folds(file: t.File) -> list[Span]:
    """What can be folded: blocks and statements of several lines, and comments of several lines."""
    found = [Span(file.source, match.start(), match.end()) for match in _COMMENTS.finditer(file.source.text)]
    found += [span for span in _statements(file.declarations) if "\n" in span.text]
    return sorted(found, key=lambda span: span.start)


def _statements(items: tuple[t.Statement, ...]) -> Iterator[Span]:
    for item in items:
        yield item.span
        if isinstance(item, Journey):
            yield from _statements(item.statements)
        elif isinstance(item, t.Service | t.Template | t.Slo | t.Override | t.Defaults):
            yield from _statements(item.items)
        elif isinstance(item, t.Use):
            yield from _statements(item.overrides)


def selection(snapshot: Snapshot, offset: int) -> list[Span]:
    """The spans around an offset, the innermost first; the last is the file."""
    spans = [Span(snapshot.source, 0, len(snapshot.source.text)), *(node.span for node in snapshot.trail(offset))]
    distinct = {(span.start, span.end): span for span in spans}
    return list(reversed(distinct.values()))
