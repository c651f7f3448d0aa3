"""Conditions and thresholds that look reversed: they hold while something is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Fix
from slocompiler.fixes import edits
from slocompiler.lower import units
from slocompiler.lower.indicator import fold_of, is_condition
from slocompiler.resolve import Part, ResolvedSlo, Term
from slocompiler.syntax import tree as t

_SLOW = re.compile(r"(?:^|_)(?:latency|duration|dur|delay|lag|rtt|response_time)(?:_|$)")
_LONG = re.compile(r"(?:^|_)(?:session|visit|connection|stream|call|lease|lifetime|uptime)s?(?:_|$)")
"""Things that are good if they last long."""
_SUCCESS = re.compile(r"(?:^|_)(?:success|successful|completion|completed)(?:_|$)")


def reversals(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostic W357 of an SLO."""
    part = slo.good
    if not slo.intact or part is None:
        return
    if part.tree.bound and len(slo.total) == 1:
        yield from _slow(part.tree.bound, slo.total[0])
    if is_condition(part) and len(part.looked_at) == 1:
        yield from _condition(slo, part, part.looked_at[0])


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


def _condition(slo: ResolvedSlo, part: Part, term: Term) -> Iterator[Diagnostic]:
    """An age of a success that must be long, and a condition that is good while nothing is there."""
    when = part.tree.other
    assert isinstance(when, t.When)
    fold, above = fold_of(when), when.cmp in (">", ">=")
    if fold == "age" and above and when.value and _SUCCESS.search(term.metric):
        message = f"a slice is good only while the last success is older than {when.value.span.text}"
        help = "if it must be younger, write `<`"
        yield Diagnostic("W357", message, when.span, help=help, fixes=_turned(when))
    elif (
        slo.no_data and slo.no_data.verdict == "good" and ((fold == "age" and not above) or (fold == "count" and above))
    ):
        lost = "the metric is" if fold == "age" else "all series are"
        message = f"a slice counts as good when {lost} gone: `{fold}` has no value then"
        help = "write `no data is bad`, or remove the line"
        fixes = edits("write `no data is bad`", (slo.no_data.span, "no data is bad"))
        yield Diagnostic("W357", message, slo.no_data.span, help=help, fixes=fixes)


def _turned(when: t.When) -> tuple[Fix, ...]:
    """The comparison the other way round: `<` for its last sign, unless a comment may hold one."""
    at = when.span.start + when.span.text.rfind(when.cmp)
    sign = when.span.part(at, at + len(when.cmp))
    return edits("write `<`", (sign, "<")) if "#" not in when.span.text and sign.text == when.cmp else ()
