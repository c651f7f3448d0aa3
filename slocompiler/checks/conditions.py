"""Conditions that cannot go wrong, or cannot hold: counters that only grow, and comparisons that never change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic
from slocompiler.lower.indicator import fold_of, is_condition, level
from slocompiler.resolve import ResolvedSlo, Term
from slocompiler.syntax import tree as t

_COUNTERS = ("_total", "_count", "_sum", "_bucket")
_TIMES = ("_timestamp_seconds", "_timestamp", "_time_seconds", "_expiry")
_UP = re.compile(r"up|probe_success|[a-z]+_up")
_LONG_AGO = Decimal(10**8)
"""Seconds, three years: a smaller number is a duration, because times of today are above 1.7e9 seconds."""


def conditions(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E227 and W345 of the condition of an SLO."""
    part = slo.good or slo.bad
    if not (slo.intact and part and is_condition(part) and len(part.looked_at) == 1):
        return
    when, term = part.tree.other, part.looked_at[0]
    assert isinstance(when, t.When)
    compared = level(when, term)
    if when.value is None or compared is None:
        return
    fold = fold_of(when)
    if fold != "count" and term.metric.endswith(_COUNTERS):
        yield _counter(fold, term)
    elif fold == "count":
        yield from _count(when, compared)
    elif fold == "age" and compared <= 0:
        yield _ageless(when)
    elif fold in ("max", "min", "avg", "each") and _UP.fullmatch(term.metric):
        yield from _up(when, compared, term)
    elif fold not in ("age", "sum") and term.metric.endswith(_TIMES) and 0 < compared < _LONG_AGO:
        yield _time(when, term, fold)


def _counter(fold: str, term: Term) -> Diagnostic:
    if fold == "age":
        message = f"`{term.metric}` is a counter, but `age` needs a time as its value"
        help = "use a metric whose value is a time, such as `…_timestamp_seconds`"
    else:
        message = f"`{term.metric}` is a counter: its value only shows how long the process has been running"
        help = f"compare its rate, in back-quotes: good when `sum(rate({term.metric}{{…}}[5m])) < 1`"
    return Diagnostic("W345", message, term.span, help=help)


def _count(when: t.When, compared: Decimal) -> Iterator[Diagnostic]:
    """E227 for a count that is compared with what no count can be: if there are series, it is 1 or more."""
    assert when.value
    always = {">=": compared <= 0, ">": compared < 0, "!=": compared < 1}.get(when.cmp, False)
    never = {"<": compared <= 1, "<=": compared < 1, "==": compared < 1}.get(when.cmp, False)
    if always or never:
        message = f"this condition is {'always' if always else 'never'} true: a count of series is 1 or more"
        yield Diagnostic("E227", message, when.span, help="without any series there is no count: see `no data is`")


def _ageless(when: t.When) -> Diagnostic:
    """E227 for an age that is compared with 0: what has happened is older."""
    truth = "always" if when.cmp in (">", ">=", "!=") else "never"
    help = "compare it with a longer time, such as `15m`"
    return Diagnostic("E227", f"this condition is {truth} true: an age is above 0", when.span, help=help)


def _up(when: t.When, compared: Decimal, term: Term) -> Iterator[Diagnostic]:
    """E227 for a metric that is 0 or 1, compared with a value beyond it."""
    always = {">=": compared <= 0, ">": compared < 0, "<=": compared >= 1, "<": compared > 1}.get(when.cmp, False)
    never = {">=": compared > 1, ">": compared >= 1, "<=": compared < 0, "<": compared <= 0}.get(when.cmp, False)
    if always or never:
        message = f"this condition is {'always' if always else 'never'} true: `{term.metric}` is 0 or 1"
        help = f"`min({term.metric}{{…}}) == 1` is true while all of them work"
        yield Diagnostic("E227", message, when.span, help=help)


def _time(when: t.When, term: Term, fold: str) -> Diagnostic:
    """E227 for a point in time that is compared with a duration."""
    assert when.value
    value = when.value.span.text
    truth = "always" if when.cmp in (">", ">=", "!=") else "never"
    message = f"this condition is {truth} true: `{term.metric}` is a point in time, and {value} is a duration"
    if "expir" in term.metric or "not_after" in term.metric:
        aggregated = fold if fold != "each" else "min"
        help = f"for the time that is left, use raw PromQL: good when `{aggregated}({term.metric}{{…}}) - time() > …`"
    else:
        help = f"for the time since then, compare `age({term.metric}{{…}}) < {value}`"
    return Diagnostic("E227", message, when.span, help=help)
