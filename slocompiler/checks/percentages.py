"""Percentages in conditions: `80%` is 0.8, and a gauge may count to 100."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from slocompiler.checks.conditions import comparisons
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic
from slocompiler.fixes import edits
from slocompiler.ir import TIMES
from slocompiler.lower.indicator import fold_of, is_rate, level
from slocompiler.pattern import lazy_pattern
from slocompiler.promql import number
from slocompiler.resolve import ResolvedSlo, Term
from slocompiler.syntax import tree as t

_PERCENT = lazy_pattern(r".*_(?:percent|percentage|pct)(?:_|\Z)")
_EITHER = lazy_pattern(r"(?:.*_)?(?:busy|idle|load|usage|util|utilization|used)\Z")
"""Metrics that some exporters measure in percent, and others as a share of 1."""
_SHARE = lazy_pattern(r".*_(?:ratio|fraction|share)\Z")
_NO_SHARE = Decimal(10)
"""A share of 1 is hardly compared with more: nothing is ten times as full as it can be."""


def percentages(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E214 and W347 of the condition of an SLO."""
    for one in comparisons(slo):
        yield from _judged(one.tree, one.terms[0])


def _judged(when: t.Comparison, term: Term) -> Iterator[Diagnostic]:
    metric, compared = term.metric, level(when, term)
    if compared is None or is_rate(when) or len(when.looked_at) > 1 or fold_of(when) in (*TIMES, "count"):
        return
    of_100, of_1 = number(compared * 100), number(compared)
    written = when.value.span
    both = edits(f"write `{of_100}`", (written, of_100)) + edits(f"write `{of_1}`", (written, of_1))
    if not isinstance(when.value, t.Percent):
        if _SHARE.match(metric) and compared >= _NO_SHARE:
            percent = f"{of_1}%"
            message = f"`{metric}` is a share of 1 by its name, and {of_1} is {of_100}%"
            fixes = edits(f"write `{percent}`", (written, percent))
            yield Diagnostic("W347", message, written, help=f"write `{percent}`", fixes=fixes)
    elif _PERCENT.match(metric):
        message = f"`{written.text}` is {of_1}, but `{metric}` is measured in percent by its name"
        yield Diagnostic(
            "E214", message, written, help=f"write `{of_100}`; if it is a share of 1, `{of_1}`", fixes=both
        )
    elif _EITHER.match(metric):
        message = f"`{written.text}` is {of_1}: the name `{metric}` does not tell whether its values go to 1 or to 100"
        yield Diagnostic("W347", message, written, help=f"write `{of_1}`, or `{of_100}` if they go to 100", fixes=both)
