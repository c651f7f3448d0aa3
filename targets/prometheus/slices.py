"""Slices of time: each is judged once, at its end, and recorded as one event, 1 or 0."""

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
"""The tolerance for a share of bad events that is just allowed: the last digit of a float must not make a slice bad."""
VERDICT = {"bad": 1, "good": 0}
"""The number of bad slices that a slice without data counts as; an ignored slice does not count."""


def events(slo: Slo, slices: Slices) -> str:
    """1 for each slice; no result for a slice that is ignored without data."""
    assert not slo.per or slices.missing == "ignored", "it is unknown which values are missing: lowered so"
    return "vector(1)" if slices.missing in VERDICT else f"0 * {_seen(slo, slices)} + 1"


def errors(slo: Slo, slices: Slices) -> str:
    """1 for each slice that is bad, 0 for each that is good."""
    bad = _bad(slo, slices)
    return f"{bad} or vector({VERDICT[slices.missing]})" if slices.missing in VERDICT else bad


def events_of_ratio(slo: Slo, slices: RatioSlices, options: Options) -> str:
    """1 for each slice with events, 0 for one without, which still shows that there is data."""
    return f"({_counted(slo, slices, options)}) > bool 0"


def errors_of_ratio(slo: Slo, slices: RatioSlices, options: Options) -> str:
    """1 for each slice with too many bad events, 0 for each other, also for one without events."""
    inner = replace(slo, indicator=slices.of)  # the SLO as if it counted events
    bad = late_series.errors(inner, schedule.reach(slo, options), slices.seconds, options)
    allowed = promql.number(1 - Fraction(slices.at_least) + ROUNDING)
    return f"({bad})\n> bool {allowed} * ({_counted(slo, slices, options)})"


def _counted(slo: Slo, slices: RatioSlices, options: Options) -> str:
    """The events per second of a slice."""
    return indicator.events(slices.of, rates(slo, promql.duration(schedule.reach(slo, options))))


def _seen(slo: Slo, slices: Slices) -> str:
    """A number if there is data, which is not NaN."""
    gauge = slices.good_when
    assert isinstance(gauge, Gauge), "a condition in PromQL is bad without a result"
    return folded(slo, "count", promql.instant(gauge.stream)) if gauge.fold == "each" else _holds(slo, gauge)


def _bad(slo: Slo, slices: Slices) -> str:
    """1 while the condition does not hold, 0 while it holds, no result without data. NaN is bad."""
    condition = slices.good_when
    if isinstance(condition, RawCondition):
        return f"0 * count({promql.embedded(condition.expr)})"  # a condition without a result is bad, by VERDICT
    return _any_bad(slo, condition) if condition.fold == "each" else f"1 - {_holds(slo, condition)}"


def compared(gauge: Gauge, by: Reading) -> str:
    """The value that a condition compares with its bound."""
    if gauge.fold == "each":
        return by.read(gauge.stream)
    newest = by.fold("max" if gauge.fold == "age" else gauge.fold, by.read(gauge.stream))
    return f"time() - {newest}" if gauge.fold == "age" else newest


def _holds(slo: Slo, gauge: Gauge) -> str:
    return f"({compared(gauge, samples(slo))} {gauge.cmp} bool {promql.number(gauge.value)})"


def _any_bad(slo: Slo, gauge: Gauge) -> str:
    """1 while one of the series violates the condition, also if its value is NaN."""
    samples = promql.instant(gauge.stream)
    each = samples if promql.is_simple(gauge.stream) else f"({samples})"
    bad = folded(slo, "count", f"{each} unless {each} {gauge.cmp} {promql.number(gauge.value)}")
    return f"{bad} > bool 0 or 0 * {folded(slo, 'count', samples)}"
