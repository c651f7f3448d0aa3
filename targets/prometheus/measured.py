"""What an SLO measures: the series that it reads, and the words that alerts have for it."""

from __future__ import annotations

from fractions import Fraction

from slocompiler import promql
from slocompiler.ir import (
    Events,
    Gauge,
    Indicator,
    Ratio,
    RatioSlices,
    Raw,
    RawCondition,
    Slices,
    Slo,
    Stream,
    Threshold,
)
from slocompiler.targets.prometheus import histograms, schedule


def streams(indicator: Indicator) -> Events:
    """The series of all events, or of what a slice looks at; none where people wrote PromQL."""
    if isinstance(indicator, RatioSlices):
        return streams(indicator.of)
    if isinstance(indicator, Slices):
        return (indicator.good_when.stream,) if isinstance(indicator.good_when, Gauge) else ()
    if isinstance(indicator, Threshold):
        return histograms.streams(indicator)
    return indicator.total if isinstance(indicator, Ratio) else ()


def unit(slo: Slo) -> str:
    """What counts: events, or slices of time."""
    return f"{promql.duration(schedule.slice_of(slo))} slices" if schedule.slice_of(slo) else "events"


def counted(slo: Slo) -> str:
    """What is good or bad: `m_total{job="x"}`, `1m slices (good when max(queue{}) < 5, no data is bad)`."""
    indicator = slo.indicator
    if isinstance(indicator, RatioSlices):
        return f"{unit(slo)} (good when {promql.percent(indicator.at_least)} of {source(indicator)} are)"
    if isinstance(indicator, Raw):
        return f"events of {source(indicator)}"
    if not isinstance(indicator, Slices):
        return source(indicator)
    return f"{unit(slo)} (good when {_condition(indicator.good_when)}, no data is {indicator.missing})"


def source(indicator: Indicator) -> str:
    """Where data come from: selectors, or what people wrote."""
    if isinstance(indicator, RatioSlices):
        return source(indicator.of)
    if isinstance(indicator, Slices) and isinstance(indicator.good_when, RawCondition):
        return _in_a_row(indicator.good_when.expr)
    if isinstance(indicator, Raw):
        return _in_a_row(indicator.total)
    return " + ".join(map(_selector, streams(indicator)))


def _condition(condition: Gauge | RawCondition) -> str:
    """As it is written in the language."""
    if isinstance(condition, RawCondition):
        return f"{_in_a_row(condition.expr)} returns something"
    looked_at = promql.instant(condition.stream)
    if condition.fold == "each":
        return f"each {looked_at} {condition.cmp} {promql.number(condition.value)}"
    is_age = condition.fold == "age"
    bound = promql.duration(Fraction(condition.value)) if is_age else promql.number(condition.value)
    return f"{condition.fold}({looked_at}) {condition.cmp} {bound}"


def _selector(stream: Stream) -> str:
    """The metric with what all its series match; unions and differences are left to the rules."""
    return promql.selector(stream.metric, promql.fixed(stream))


def _in_a_row(text: str) -> str:
    return " ".join(text.split())
