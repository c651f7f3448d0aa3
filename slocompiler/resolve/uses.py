"""The uses of streams, metrics and parameters in trees; `scope.py` has those of templates, alerts and policies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from slocompiler.promql.strings import parts
from slocompiler.record import fields
from slocompiler.resolve.streams import Passed
from slocompiler.source import Span
from slocompiler.syntax import tree as t

_HOLE = re.compile(r"(?<!\$)\$\{?([A-Za-z_][A-Za-z0-9_]*)")


def selectors(items: Iterable[t.Statement]) -> Iterator[t.Selector]:
    """The selectors in a service or a template, which may name its streams: in its SLOs and in arguments, too."""
    items = tuple(items)
    yield from (node for node in filters_and_selectors(items) if isinstance(node, t.Selector))
    for item in items:
        if isinstance(item, t.Slo):
            yield from (node for node in filters_and_selectors(item.items) if isinstance(node, t.Selector))
        elif isinstance(item, t.Use):
            yield from (arg.value for arg in item.args if isinstance(arg.value, t.Selector))


def filters_and_selectors(items: Iterable[t.Statement]) -> Iterator[t.Filter | t.Selector]:
    """Every filter and selector in streams, events, classifications, exclusions and targets."""
    for item in items:
        if isinstance(item, t.StreamDef):
            yield from _in_sets(item.sum.terms)
            yield from _in_filters(item.exclude)
        elif isinstance(item, t.Events) and isinstance(item.of, t.Sum):
            yield from _in_sets(item.of.terms)
        elif isinstance(item, t.Exclude) and isinstance(item.what, t.Filters):
            yield from _in_filters(item.what)
        elif isinstance(item, t.Exclude) and isinstance(item.what, t.Sum):
            yield from _in_sets(item.what.terms)
        elif isinstance(item, t.Measure):
            yield from _in_sets(item.sets)
            yield from _in_sets(tuple(node for node in item.looked_at if isinstance(node, t.Selector)))
        elif isinstance(item, t.TargetFor | t.Except):
            yield from (one for one in (item.filter,) if one)
        elif isinstance(item, t.Alerts | t.NamedAlerts):
            proofs = (line.unless for line in item.lines if isinstance(line, t.NoDataLine))
            yield from _in_sets(tuple(proof.of for proof in proofs if proof))


def _in_sets(sets: tuple[t.Selector | t.Filter, ...]) -> Iterator[t.Filter | t.Selector]:
    for node in sets:
        yield node
        if isinstance(node, Passed):
            yield from _in_sets((node.of,))
        if isinstance(node, t.Selector) and node.filter:
            yield from (m for m in (node.filter,) if m.matchers)


def _in_filters(filters: t.Filters | None) -> Iterator[t.Filter]:
    yield from (f for f in (filters.choices if filters else ()) if isinstance(f, t.Filter))


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
