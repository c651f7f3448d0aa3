"""Slices that count as good while everything is gone."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic
from slocompiler.fixes import edits
from slocompiler.lower.indicator import fold_of, is_condition
from slocompiler.resolve import Part, ResolvedSlo
from slocompiler.syntax import tree as t


def reversals(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostic W357 of an SLO."""
    part = slo.good
    if slo.intact and part and is_condition(part) and len(part.looked_at) == 1:
        yield from _gone(slo, part)


def _gone(slo: ResolvedSlo, part: Part) -> Iterator[Diagnostic]:
    """A condition that has no value while everything is gone, and counts as good then."""
    when, verdict = part.tree.other, slo.no_data
    assert isinstance(when, t.When)
    fold, above = fold_of(when), when.cmp in (">", ">=")
    if verdict and verdict.verdict == "good" and ((fold == "age" and not above) or (fold == "count" and above)):
        lost = "the metric is" if fold == "age" else "all series are"
        message = f"a slice counts as good when {lost} gone: `{fold}` has no value then"
        fixes = edits("write `no data is bad`", (verdict.span, "no data is bad"))
        yield Diagnostic("W357", message, verdict.span, help="write `no data is bad`, or remove the line", fixes=fixes)
