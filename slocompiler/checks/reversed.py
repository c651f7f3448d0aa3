"""Good events and slices that look like bad ones: slow events, and slices in which everything is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic
from slocompiler.fixes import edits
from slocompiler.lower import units
from slocompiler.lower.indicator import fold_of, is_condition
from slocompiler.resolve import Part, ResolvedSlo, Term
from slocompiler.syntax import tree as t

_SLOW = re.compile(r"(?:^|_)(?:latency|duration|dur|delay|lag|rtt|response_time)(?:_|$)")
_LONG = re.compile(r"(?:^|_)(?:session|visit|connection|stream|call|lease|lifetime|uptime)s?(?:_|$)")
"""Things that are good if they last long."""


def reversals(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostic W357 of an SLO."""
    part = slo.good
    if not slo.intact or part is None:
        return
    if part.tree.bound and len(slo.total) == 1:
        yield from _slow(part.tree.bound, slo.total[0])
    if is_condition(part) and len(part.looked_at) == 1:
        yield from _gone(slo, part)


def _slow(bound: t.Bound, term: Term) -> Iterator[Diagnostic]:
    """A latency that is good if it is long."""
    name, unit = term.metric, units.unit_of(term.metric, term.unit.text if term.unit else "")
    if bound.side == "above" and unit and unit.kind == "time" and _SLOW.search(name) and not _LONG.search(name):
        value = bound.value.span.text
        message = f"only slow events are good: `above {value}` of `{name}`"
        fixes = edits("write `below`", (bound.span.word, "below"))
        yield Diagnostic(
            "W357", message, bound.span, help=f"if fast events are good, write `below {value}`", fixes=fixes
        )


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
