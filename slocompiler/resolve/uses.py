"""The uses of streams, metrics and parameters in trees; `scope.py` has those of templates, alerts and policies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from slocompiler.pattern import lazy_pattern
from slocompiler.promql.strings import parts
from slocompiler.record import fields
from slocompiler.resolve.streams import Passed
from slocompiler.source import Span
from slocompiler.syntax import tree as t

Node = t.Filter | t.Selector
_HOLE = lazy_pattern(r"(?<!\$)\$\{?([A-Za-z_][A-Za-z0-9_]*)")


def selectors(items: Iterable[t.Statement]) -> Iterator[t.Selector]:
    """The selectors in a service or a template, which may name its streams: in its SLOs and in arguments, too."""
    items = tuple(items)
    yield from (node for node in filters_and_selectors(items) if isinstance(node, t.Selector))
    for item in items:
        if isinstance(item, t.Slo):
            yield from (node for node in filters_and_selectors(item.items) if isinstance(node, t.Selector))
        elif isinstance(item, t.Use):
            yield from (arg.value for arg in item.args if isinstance(arg.value, t.Selector))


def filters_and_selectors(items: Iterable[t.Statement]) -> Iterator[Node]:
    """Every filter and selector in streams, events, classifications, exclusions and targets."""
    for item in items:
        if found := _READ.get(type(item)):
            yield from found(item)


def _sets(*sets: Node) -> list[Node]:
    found: list[Node] = []
    for node in sets:
        found.append(node)
        if isinstance(node, Passed):
            found += _sets(node.of)
        if isinstance(node, t.Selector) and node.filter and node.filter.matchers:
            found.append(node.filter)
    return found


def _filters(filters: t.Filters | None) -> list[Node]:
    return [one for one in filters.choices if isinstance(one, t.Filter)] if filters else []


def _stream(item: t.StreamDef) -> list[Node]:
    return _sets(*item.sum.terms) + _filters(item.exclude)


def _events(item: t.Events) -> list[Node]:
    return _sets(*item.of.terms) if isinstance(item.of, t.Sum) else []


def _exclude(item: t.Exclude) -> list[Node]:
    if isinstance(item.what, t.Filters):
        return _filters(item.what)
    return _sets(*item.what.terms) if isinstance(item.what, t.Sum) else []


def _measure(item: t.Measure) -> list[Node]:
    return _sets(*item.sets, *(node for node in item.looked_at if isinstance(node, t.Selector)))


def _narrowed(item: t.TargetFor | t.Except) -> list[Node]:
    return [item.filter] if item.filter else []


def _alerts(item: t.Alerts | t.NamedAlerts) -> list[Node]:
    return _sets(*(line.unless.of for line in item.lines if isinstance(line, t.NoDataLine) and line.unless))


_READ: dict[type[t.Statement], Callable[[Any], list[Node]]] = {
    t.StreamDef: _stream,
    t.Events: _events,
    t.Exclude: _exclude,
    t.Measure: _measure,
    t.TargetFor: _narrowed,
    t.Except: _narrowed,
    t.Alerts: _alerts,
    t.NamedAlerts: _alerts,
}
"""What statements say about series."""


def parameters(node: t.Node) -> Iterator[tuple[str, Span]]:
    """The names of parameters in a node: as `$name`, in strings as `${name}`, and in PromQL; each with its own span."""
    if isinstance(node, t.Param):
        yield node.name, node.span.part(node.span.start + 1, node.span.end)
    elif isinstance(node, t.Promql):
        for part in parts(node.text):
            for name, start, end in part.holes():
                at = node.span.start + 1 + part.start  # after the back-quote
                begin = part.text.find(name, start, end)
                yield name, node.span.part(at + begin, at + begin + len(name))
    elif isinstance(node, t.Text):
        for match in _HOLE.finditer(node.span.text) if "$" in node.value else ():
            yield match[1], node.span.part(node.span.start + match.start(1), node.span.start + match.end(1))
    for name in fields(type(node))[1:]:
        value = getattr(node, name)
        for child in value if type(value) is tuple else (value,):
            if isinstance(child, t.Node):
                yield from parameters(child)
