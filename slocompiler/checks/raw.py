"""Raw PromQL: it parses, is a rate over `$window`, and is not mixed with what the compiler derives itself."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.promql import judge
from slocompiler.resolve import ResolvedSlo
from slocompiler.source import Reached, Span
from slocompiler.syntax import tree as t


def raw(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """E216, E416, W322 and W323."""
    events = slo.events.of if slo.events else None
    part = slo.good or slo.bad
    other = part.tree.other if part else None
    if slo.intact and part and slo.events:
        yield from _mixed(slo, slo.events, part.tree)
    rates = [node for node in (events, other) if isinstance(node, t.Promql)]
    for node in (node for node in rates if node.intact):
        yield from _rate(node)
    conditions = (other.operand if isinstance(other, t.When) else None, slo.exclude_when and slo.exclude_when.what)
    for node in (node for node in conditions if isinstance(node, t.Promql) and node.intact):
        yield from _faulty(node, judge.CONDITION)
        if "$window" in judge.words(node.text):
            help = "name a time: it is looked at once, at the end of a slice or of an evaluation"
            yield Diagnostic("E416", "a condition has no `$window`", _place(node, "$window"), help=help)
    if slo.exclude_when and isinstance(slo.exclude_when.what, t.Promql):
        if judge.is_selector(slo.exclude_when.what.text):
            help = "compare it: `exclude when `maintenance{} > 0``"
            message = "this excludes every moment at which the series exists"
            yield Diagnostic("W323", message, slo.exclude_when.what.span, help=help)


def _mixed(slo: ResolvedSlo, events: t.Events, measure: t.Measure) -> Iterator[Diagnostic]:
    """Raw PromQL goes with raw PromQL only."""
    whole, sorted_ = isinstance(events.of, t.Promql), isinstance(measure.other, t.Promql)
    if whole and not sorted_ and not isinstance(measure.other, t.When):
        here = (Label(events.of.span, "the events are raw PromQL"),)
        help = f"write it in raw PromQL, too: {measure.side} `sum(rate(…[$window]))`"
        yield Diagnostic("E216", f"`{measure.side}` cannot sort what raw PromQL counts", measure.span, here, help)
    if sorted_ and not whole:
        assert measure.other
        here = (Label(events.of.span, "the events are not"),)
        help = "count the events in raw PromQL, too, or sort them by filters"
        yield Diagnostic("E216", f"`{measure.side}` in raw PromQL", measure.other.span, here, help)
    if whole:
        for choice in slo.exclude:
            here = (Label(events.of.span, "the events are raw PromQL"),)
            help = "say it in the selectors of the expression"
            yield Diagnostic("E216", "raw PromQL takes no filters", choice.span, here, help)


def _rate(node: t.Promql) -> Iterator[Diagnostic]:
    yield from _faulty(node)
    found = judge.words(node.text)
    if found and not any(word.startswith("$") for word in found):  # that there is nothing, or another `$…`, is told
        help = "write `$window` where the rate looks back: `sum(rate(x_total[$window]))`"
        yield Diagnostic(
            "E416", "an expression without `$window`: alerts look at several windows", node.span, help=help
        )
    if "increase" in found:
        help = "write `rate`: events a second"
        yield Diagnostic("W322", "`increase` where a rate per second is read", _place(node, "increase"), help=help)


def _faulty(node: t.Promql, wanted: str = judge.RATE) -> Iterator[Diagnostic]:
    found = judge.fault(node.text, wanted)
    if found:
        yield Diagnostic("E416", found.message, _part(node, found.start, found.end))


def _place(node: t.Promql, word: str) -> Span:
    at = node.text.find(word)
    return _part(node, at, at + len(word))


def _part(node: t.Promql, start: int, end: int) -> Span:
    """A part of the text, inside of its back-quotes; all of it where a template changed the text."""
    span = node.span
    if span.text[1:-1] != node.text:
        return span
    if isinstance(span, Reached):
        return Reached(span.source, span.start + 1 + start, span.start + 1 + end, span.by, span.because)
    return Span(span.source, span.start + 1 + start, span.start + 1 + end)
