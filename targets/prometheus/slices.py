"""Slices of time: each is looked at once, at its end, and is one event, so that what is recorded of it is 1 or 0."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from slocompiler import promql
from slocompiler.ir import Gauge, RatioSlices, RawCondition, Slices, Slo
from slocompiler.targets.prometheus import indicator, late_series, schedule
from slocompiler.targets.prometheus.reading import Reading, rates, samples
from slocompiler.targets.prometheus.series import folded
from slocompiler.targets.shared import Options

ROUNDING = Fraction(1, 10**9)
"""A share of bad events that is just allowed is not made a bad slice by the last digit of a float."""
VERDICT = {"bad": 1, "good": 0}
"""What a slice without data counts as bad slices; one that is ignored is no slice."""


def events(slo: Slo, slices: Slices) -> str:
    """1 for each slice, but for one that is ignored for lack of data."""
    assert not slo.per or slices.missing == "ignored", "nobody knows which values are missing: lowered so"
    return "vector(1)" if slices.missing in VERDICT else f"0 * {_seen(slo, slices)} + 1"


def errors(slo: Slo, slices: Slices) -> str:
    """1 for each slice that is bad, 0 for each that is good."""
    bad = _bad(slo, slices)
    return f"{bad} or vector({VERDICT[slices.missing]})" if slices.missing in VERDICT else bad


def events_of_ratio(slo: Slo, slices: RatioSlices, options: Options) -> str:
    """1 for each slice in which something happened, 0 for an idle one: idle is not gone."""
    return f"({_counted(slo, slices, options)}) > bool 0"


def errors_of_ratio(slo: Slo, slices: RatioSlices, options: Options) -> str:
    """1 for each slice in which too many events were bad; in an idle one none is more than none."""
    inner = replace(slo, indicator=slices.of)  # as if it counted the events and not the slices
    bad = late_series.errors(inner, schedule.reach(slo, options), slices.seconds, options)
    allowed = promql.number(1 - Fraction(slices.at_least) + ROUNDING)
    return f"({bad})\n> bool {allowed} * ({_counted(slo, slices, options)})"


def _counted(slo: Slo, slices: RatioSlices, options: Options) -> str:
    """The events of a slice a second."""
    return indicator.events(slices.of, rates(slo, promql.duration(schedule.reach(slo, options))))


def _seen(slo: Slo, slices: Slices) -> str:
    """A number, and not NaN, where there are data."""
    gauge = slices.good_when
    assert isinstance(gauge, Gauge), "what people wrote is bad where it returns nothing"
    return folded(slo, "count", promql.instant(gauge.stream)) if gauge.fold == "each" else _holds(slo, gauge)


def _bad(slo: Slo, slices: Slices) -> str:
    """1 while the condition does not hold, 0 while it does, nothing where there are no data. Not a number is bad."""
    condition = slices.good_when
    if isinstance(condition, RawCondition):
        return f"0 * count({promql.embedded(condition.expr)})"  # nothing returned is bad: the verdict says so
    return _any_bad(slo, condition) if condition.fold == "each" else f"1 - {_holds(slo, condition)}"


def looked_at(gauge: Gauge, by: Reading) -> str:
    """What a condition compares with its bound."""
    if gauge.fold == "each":
        return by.read(gauge.stream)
    newest = by.fold("max" if gauge.fold == "age" else gauge.fold, by.read(gauge.stream))
    return f"time() - {newest}" if gauge.fold == "age" else newest


def _holds(slo: Slo, gauge: Gauge) -> str:
    return f"({looked_at(gauge, samples(slo))} {gauge.cmp} bool {promql.number(gauge.value)})"


def _any_bad(slo: Slo, gauge: Gauge) -> str:
    """1 while one of the series is not as it should be: a filter keeps those that are, whatever the others have."""
    samples = promql.instant(gauge.stream)
    each = samples if promql.is_simple(gauge.stream) else f"({samples})"
    bad = folded(slo, "count", f"{each} unless {each} {gauge.cmp} {promql.number(gauge.value)}")
    return f"{bad} > bool 0 or 0 * {folded(slo, 'count', samples)}"
