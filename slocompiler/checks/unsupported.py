"""Statements that the grammar knows and this version does not compile: said at their place, never skipped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from slocompiler.diagnostics import Diagnostic
from slocompiler.project import Project
from slocompiler.resolve import Resolved
from slocompiler.source import Span
from slocompiler.syntax import tree as t

_STATEMENTS = (
    t.Import,
    t.Defaults,
    t.Template,
    t.NamedAlerts,
    t.NamedPolicy,
    t.Use,
    t.Risk,
    t.Allow,
    t.Slices,
    t.NoDataIs,
)


def unsupported(resolved: Resolved, project: Project) -> Iterator[Diagnostic]:
    """E901, at every such statement."""
    del project
    for file in resolved.files:
        for span, what in _found(file.declarations):
            if not file.is_whole(t.Node(span)):
                continue
            yield Diagnostic(
                "E901",
                f"{what} not supported yet",
                span,
                help="this version reads it but does not compile it: leave it out for now",
            )


def is_unsupported(item: t.Statement) -> bool:
    """Whether an SLO that holds `item` has a shape that cannot be judged yet."""
    return any(True for _ in _found((item,)))


def _found(items: Iterable[t.Statement]) -> Iterator[tuple[Span, str]]:
    for item in items:
        if isinstance(item, _STATEMENTS):
            yield item.span.word, f"`{item.span.word.text}` is"
        elif isinstance(item, t.Service | t.Slo):
            yield from _found(item.items)
        elif isinstance(item, t.Alerts | t.Policy) and item.name:
            yield item.span, "a named policy is" if isinstance(item, t.Policy) else "named alerts are"
        elif isinstance(item, t.Events | t.StreamDef):
            yield from _in_events(item.of if isinstance(item, t.Events) else item.sum)
        elif isinstance(item, t.Exclude) and isinstance(item.what, t.Promql):
            yield item.span, "`exclude when` is"
        elif isinstance(item, t.Measure):
            if item.other:
                yield item.other.span, "raw PromQL is" if isinstance(item.other, t.Promql) else "a condition is"


def _in_events(of: t.Sum | t.Promql) -> Iterator[tuple[Span, str]]:
    if isinstance(of, t.Promql):
        yield of.span, "raw PromQL is"
    elif of.native:
        yield of.span.word, "a native histogram is"
