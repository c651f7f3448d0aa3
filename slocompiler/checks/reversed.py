"""Slices that count as good while everything is gone."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.checks.conditions import comparisons
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic
from slocompiler.fixes import edits
from slocompiler.ir import TIMES
from slocompiler.lower.indicator import fold_of
from slocompiler.resolve import ResolvedSlo
from slocompiler.syntax import tree as t

_IS_PRESENT = {"age": False, "until": True, "count": True}
"""Whether a large value is good of what has no value without series."""


def reversals(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostic W357 of an SLO."""
    for one in comparisons(slo) if slo.good else ():
        yield from _gone(slo, one.tree)


def _gone(slo: ResolvedSlo, when: t.Comparison) -> Iterator[Diagnostic]:
    """A condition that has no value while everything is gone, and counts as good then."""
    verdict = slo.no_data
    fold, above = fold_of(when), when.cmp in (">", ">=")
    if verdict and verdict.verdict == "good" and above == _IS_PRESENT.get(fold):
        lost = "the metric is" if fold in TIMES else "all series are"
        message = f"a slice counts as good when {lost} gone: `{fold}` has no value then"
        fixes = edits("write `no data is bad`", (verdict.span, "no data is bad"))
        yield Diagnostic("W357", message, verdict.span, help="write `no data is bad`, or remove the line", fixes=fixes)
