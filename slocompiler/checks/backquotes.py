"""The raw PromQL of an SLO, which stands in back-quotes, and locations in it."""

from __future__ import annotations

import re

from slocompiler.diagnostics import Fix
from slocompiler.fixes import edits
from slocompiler.promql.strings import parts
from slocompiler.resolve import ResolvedSlo
from slocompiler.source import Span
from slocompiler.syntax import tree as t


def rates(slo: ResolvedSlo) -> list[t.Promql]:
    """The expressions that must return a rate of events."""
    measure = slo.good or slo.bad
    found = (slo.events.of if slo.events else None, measure.tree.other if measure else None)
    return [node for node in found if isinstance(node, t.Promql) and node.intact]


def conditions(slo: ResolvedSlo) -> list[t.Promql]:
    """The expressions that are conditions: of a slice, and of `exclude when`."""
    measure = slo.good or slo.bad
    when = measure.tree.other if measure else None
    found = (when.of if isinstance(when, t.When) else None, slo.exclude_when and slo.exclude_when.what)
    return [node for node in found if isinstance(node, t.Promql) and node.intact]


def counted(slo: ResolvedSlo) -> list[t.Promql]:
    """The expression behind `of`: the condition of a slice is judged while it returns something."""
    measure = slo.good or slo.bad
    when = measure.tree.other if measure else None
    node = when.counted if isinstance(when, t.When) else None
    return [node] if node and node.intact else []


def code(node: t.Promql, pattern: re.Pattern[str]) -> list[Span]:
    """The spans of all matches in an expression, outside of its strings and comments."""
    found = (
        (one.start, match) for one in parts(node.text) if one.kind == "code" for match in pattern.finditer(one.text)
    )
    return [part(node, start + match.start(), start + match.end()) for start, match in found]


def rewritten(title: str, node: t.Promql, spans: list[Span], text: str) -> tuple[Fix, ...]:
    """Write `text` in place of each span; no fix if a template changed the expression."""
    return edits(title, *((span, text) for span in spans)) if spans and is_as_written(node) else ()


def is_as_written(node: t.Promql) -> bool:
    """Whether the file has the expression itself: no template changed its text."""
    return node.span.text[1:-1] == node.text


def part(node: t.Promql, start: int, end: int) -> Span:
    """The span of a part of the expression; all of it if a template changed the text."""
    begin = node.span.start + 1
    return node.span.part(begin + start, begin + end) if is_as_written(node) else node.span
