"""Bounds by filters: each event has one bound, so that no two of the filters match the same event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from slocompiler.checks.context import Run
from slocompiler.checks.selection import Rule, conflict, rules, selected
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.fixes import edits
from slocompiler.resolve import Choice, ResolvedSlo
from slocompiler.syntax import tree as t


def bounded(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E255, E256 and W373 of bounds by filters."""
    part = slo.good
    if not slo.intact or not part or not part.bounded:
        return
    first, *others = part.tree.bounds
    for other in others:
        if other.side != first.side:
            here = (Label(first.span, "the first bound is here"),)
            message = f"`{first.side}` and `{other.side}` cannot be combined"
            help = f"write `{first.side}` for each bound, or two SLOs"
            fixes = edits(f"write `{first.side}`", (other.span.word, first.side))
            yield Diagnostic("E256", message, other.span, here, help, fixes)
    given = [rule for term in slo.total for rule in selected(term, slo.exclude).rules]
    for (bound, own), (later, more) in combinations(part.bounded, 2):
        if found := _overlap(own, more, given):
            here = (Label(found[0].span, "it can match the same event"),)
            message = "an event can match two filters, and would have two bounds"
            help = "add a matcher, so that one label has other values in each of them"
            yield Diagnostic("E255", message, found[1].span, here, help)
        elif bound.side == later.side and _same(bound, later):
            here = (Label(bound.span, "the same bound"),)
            help = f"name the bound once, behind all of its filters: `{{…}} or {{…}} {later.span.text}`"
            yield Diagnostic("W373", "two filters have the same bound", later.span, here, help)


def _overlap(own: Iterable[Choice], more: Iterable[Choice], given: list[Rule]) -> tuple[Choice, Choice] | None:
    """Two filters that one event may match; None if a label excludes that for all."""
    pairs = ((one, other) for one in own for other in more)
    return next((pair for pair in pairs if not conflict([*given, *rules(pair[0]), *rules(pair[1])])), None)


def _same(one: t.Bound, other: t.Bound) -> bool:
    return one.value.span.text == other.value.span.text
