"""What an SLO measures: the series that it reads, and the words that alerts have for it."""

from __future__ import annotations

from slocompiler import promql
from slocompiler.explain import language
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
    """When a slice is good."""
    if isinstance(condition, RawCondition):
        return f"{_in_a_row(condition.expr)} returns something"
    each = "each " if condition.fold == "each" else ""
    return each + language.condition(condition, promql.instant)


def _selector(stream: Stream) -> str:
    """The metric with what all its series match; unions and differences are left to the rules."""
    return promql.selector(stream.metric, promql.fixed(stream))


def _in_a_row(text: str) -> str:
    return " ".join(text.split())
