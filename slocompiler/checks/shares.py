"""Shares such as `good share(up_ratio{})`: a metric from 0 to 1, the part of each slice that is good or bad."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.fixes import correct, edits
from slocompiler.lower import units
from slocompiler.pattern import lazy_pattern
from slocompiler.resolve import ResolvedSlo, Term
from slocompiler.suggest import did_you_mean
from slocompiler.syntax import tree as t

SHARE = "share"
_NONE = lazy_pattern(r".*(?:_total|_count|_sum|_bucket|_percent|_percentage|_pct)\Z")
"""Metrics that count, or that go to 100."""
_BAD = lazy_pattern(r"(?:.*[_:])?(?:errors?|fail(?:ed|ures?)?|bad|loss|lost)(?:[_:].*)?\Z")
"""Metrics whose share is of what is bad."""


def shares(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E205, E257 and W374 of an SLO."""
    part = slo.good or slo.bad
    fold = part.tree.other if part else None
    if not part or not isinstance(fold, t.Fold):
        return
    if fold.function.text != SHARE:
        if part.tree.span.to(fold.function.span).intact:
            yield _no_function(part.tree.side, fold, bool(slo.events))
        return
    if not slo.intact:
        return
    if not isinstance(fold.of, t.Selector | t.Filter) or len(part.share) > 1:
        span = fold.of.span if len(part.share) < 2 else part.share[0].span
        help = "record the share with a rule, and name that series"
        yield Diagnostic("E257", "`share` reads one metric, as it is", span, help=help)
    elif slo.slices and slo.slices.at_least:
        here = (Label(fold.span, "each slice counts in part"),)
        plain = f"slices {slo.slices.length.span.text}"
        fixes = edits(f"write `{plain}`", (slo.slices.span, plain))
        message = "a share of good evaluations cannot be combined with `share`"
        yield Diagnostic("E257", message, slo.slices.at_least.span, here, f"write `{plain}`", fixes)
    for term in part.share[:1]:
        yield from _named(term, part.tree, fold)


def _no_function(side: str, fold: t.Fold, counts: bool) -> Diagnostic:
    """E205 for another function than `share`; an SLO that `counts` events needs a counter, any other one a condition."""
    name, of, counter = fold.function, fold.of.span.text, fold.looked_at[0].span.text
    help, fixes = did_you_mean(name.text, (SHARE,)), correct(name.span, name.text, (SHARE,))
    if not help and counts:
        help = f"name only the counter, `{side} {counter}`: sloc writes the queries"
        fixes = edits(f"write `{counter}`", (fold.span, counter))
    help = help or f"a condition has `when` and a comparison, such as `good when {name.text}({of}) < 5`"
    return Diagnostic("E205", f"`{side}` has no function `{name.text}`", name.span, help=help, fixes=fixes)


def _named(term: Term, measure: t.Measure, fold: t.Fold) -> Iterator[Diagnostic]:
    """W374 for a metric that by its name is no share from 0 to 1, or one of the other side."""
    if _NONE.match(term.metric) or units.suffix_of(term.metric):
        message = f"`{term.metric}` is no share from 0 to 1 by its name"
        help = "values above 1 count as 1: record the share with a rule, or compare the value, as in `good when …`"
        yield Diagnostic("W374", message, term.span, help=help)
    elif measure.side == "good" and _BAD.match(term.metric):
        message = f"`{term.metric}` is a share of what is bad by its name"
        fixes = edits("write `bad`", (measure.span.word, "bad"))
        yield Diagnostic("W374", message, term.span, help=f"write `bad {SHARE}({fold.of.span.text})`", fixes=fixes)
