"""Conditions that cannot go wrong, or cannot hold: counters that only grow, and comparisons that never change."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic
from slocompiler.fixes import edits
from slocompiler.ir import TIMES
from slocompiler.lower.indicator import FOLDS, fold_of, functions, is_rate, level
from slocompiler.resolve import Compared, ResolvedSlo, Term
from slocompiler.source import Span
from slocompiler.syntax import tree as t

_COUNTERS = ("_total", "_count", "_sum", "_bucket")
ENDINGS = ("_timestamp_seconds", "_timestamp", "_time_seconds", "_expiry")
"""The endings of metrics whose value is a point in time."""
LONG_AGO = Decimal(10**8)
"""Seconds, three years: a smaller number is a duration, because times of today are above 1.7e9 seconds."""


def comparisons(slo: ResolvedSlo) -> tuple[Compared, ...]:
    """The comparisons of an intact SLO that can be judged: E216 is about those that read several metrics."""
    part = slo.good or slo.bad
    found = part.comparisons if slo.intact and part else ()
    return tuple(one for one in found if len(one.terms) == 1 and len(one.divisor) < len(one.tree.looked_at))


def conditions(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E227, W345 and W350 of the condition of an SLO."""
    for one in comparisons(slo):
        yield from _judged(one)


def _judged(one: Compared) -> Iterator[Diagnostic]:
    when, term = one.tree, one.terms[0]
    compared = level(when, term)
    if compared is None:
        return
    fold, used = fold_of(when), functions(when)
    if used and (used[0] not in FOLDS or used[1:] not in ((), ("rate",))):
        return  # E205 and E248 of what it aggregates
    if one.divisor:
        yield from _divided(one)
    elif is_rate(when):
        yield from _constant(when, fold, term.metric, float(compared))
    elif fold != "count" and term.metric.endswith(_COUNTERS):
        yield _counter(fold, term)
    elif fold not in (*TIMES, "count", "sum") and term.metric.endswith(ENDINGS) and 0 < compared < LONG_AGO:
        yield _time(when, term, fold)
    elif fold == "age" and compared <= 0:
        yield _ageless(when)
    elif fold in TIMES:
        yield from _reversed(when, fold)
    else:
        yield from _constant(when, fold, term.metric, float(compared))


def _counter(fold: str, term: Term) -> Diagnostic:
    if fold in TIMES:
        message = f"`{term.metric}` is a counter, but `{fold}` needs a time as its value"
        help = "use a metric whose value is a time, such as `…_timestamp_seconds`"
        return Diagnostic("W345", message, term.span, help=help)
    return counter(term.metric, term.span)


def _divided(one: Compared) -> Iterator[Diagnostic]:
    """W345 for counters: their quotient is a share of all events since the process began."""
    (part,), (total,) = one.terms, one.divisor
    if part.metric.endswith(_COUNTERS) and total.metric.endswith(_COUNTERS):
        message = f"`{part.metric}` is a counter: this quotient hardly changes once the process has run for long"
        help = f"count its events instead: `events {total.metric}{{…}}` and `good {part.metric}{{…}}`"
        yield Diagnostic("W345", message, part.span, help=help)


def counter(metric: str, span: Span, *, is_raw: bool = False) -> Diagnostic:
    """W345 for a counter whose value is compared."""
    message = f"`{metric}` is a counter: its value only shows how long the process has been running"
    help = f"compare its rate: `sum(rate({metric}{{…}}{'[5m]' if is_raw else ''})) < 1`"
    return Diagnostic("W345", message, span, help=help)


def _ageless(when: t.Comparison) -> Diagnostic:
    """E227 for an age that is compared with 0: what has happened is older."""
    truth = "always" if when.cmp in (">", ">=", "!=") else "never"
    help = "compare it with a longer time, such as `15m`"
    return Diagnostic("E227", f"this condition is {truth} true: an age is above 0", when.span, help=help)


def _reversed(when: t.Comparison, fold: str) -> Iterator[Diagnostic]:
    """W350 for an age that must be high, and a time left that must be low: the opposite is the usual promise."""
    unusual, usual = ("><") if fold == "age" else ("<>")
    if when.cmp[0] == unusual:
        value, opposite = when.value.span.text, when.cmp.replace(unusual, usual)
        state = f"the data is older than {value}" if fold == "age" else f"less than {value} is left"
        message = f"this slice is good while {state}"
        help = f"for {'fresh data' if fold == 'age' else 'enough time'}, write `{opposite} {value}`"
        place = comparison(when)
        fixes = edits(f"write `{opposite}`", (place, opposite)) if place else ()
        yield Diagnostic("W350", message, when.span, help=help, fixes=fixes)


def comparison(when: t.Comparison) -> Span | None:
    """The operator of a condition where it is written; None if a comment is beside it, or the value is an argument."""
    operand, value = when.operand.span, when.value.span
    if operand.source is not value.source:
        return None
    before, _, after = operand.source.text[operand.end : value.start].partition(when.cmp)
    begin = operand.end + len(before)
    return None if before.strip(" )") or after.strip() else operand.part(begin, begin + len(when.cmp))


def _constant(when: t.Comparison, fold: str, metric: str, limit: float) -> Iterator[Diagnostic]:
    """E227 for a value that is compared with what it always, or never, is."""
    from slocompiler.promql import values  # few SLOs have a condition

    series = values.rates(values.metric(metric)) if is_rate(when) else values.metric(metric)
    found = values.compared(values.aggregated(fold, series), when.cmp, values.number(limit))
    if found.decided:
        truth = "never" if found.returns == values.NEVER else "always"
        message = f"this condition is {truth} true: {found.decided.because}"
        no_count = "without any series there is no count: see `no data is`"
        help = no_count if fold == "count" else found.decided.help
        yield Diagnostic("E227", message, when.span, help=help)


def _time(when: t.Comparison, term: Term, fold: str) -> Diagnostic:
    """E227 for a point in time that is compared with a duration."""
    value = when.value.span.text
    truth = "always" if when.cmp in (">", ">=", "!=") else "never"
    message = f"this condition is {truth} true: `{term.metric}` is a point in time, and {value} is a duration"
    if "expir" in term.metric or "not_after" in term.metric:
        help = f"for the time that is left, compare `until({term.metric}{{…}}) > {value}`"
    else:
        help = f"for the time since then, compare `age({term.metric}{{…}}) < {value}`"
    return Diagnostic("E227", message, when.span, help=help)
