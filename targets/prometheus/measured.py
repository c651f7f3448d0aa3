"""The series that an SLO reads, and the text for them in alerts."""

from __future__ import annotations

from slocompiler import burn, jobs, promql
from slocompiler.explain import language
from slocompiler.ir import (
    All,
    Events,
    Gauge,
    Indicator,
    Ratio,
    RatioSlices,
    Raw,
    RawCondition,
    Share,
    Slices,
    Slo,
    Stream,
    Threshold,
    Through,
)
from slocompiler.targets.prometheus import histograms


def streams(indicator: Indicator) -> Events:
    """The series of all events, or of the gauge of a slice; none for an SLO in PromQL."""
    if isinstance(indicator, RatioSlices):
        return streams(indicator.of)
    return histograms.streams(indicator) if isinstance(indicator, Threshold) else jobs.streams(indicator)


def counted(slo: Slo) -> str:
    """What an SLO measures: `m_total{job="x"}`, `1m slices (good when max(queue{}) < 5, no data is bad)`."""
    indicator, slices = slo.indicator, f"{promql.duration(burn.slice_of(slo))} slices"
    if isinstance(indicator, RatioSlices):
        return f"{slices} (good when {promql.percent(indicator.at_least)} of {source(indicator)} are good)"
    if not isinstance(indicator, Slices):
        return source(indicator)
    slices += " of each series" if indicator.each else ""
    often = f"in {promql.percent(indicator.at_least)} of evaluations " if indicator.at_least is not None else ""
    return f"{slices} ({'' if isinstance(indicator.good_when, Share) else 'good when '}{often}{_condition(indicator.good_when)}, no data is {indicator.missing})"


def source(indicator: Indicator) -> str:
    """The source of the data: selectors, or PromQL as it was written."""
    if isinstance(indicator, RatioSlices):
        return source(indicator.of)
    if isinstance(indicator, Slices) and isinstance(indicator.good_when, RawCondition):
        return _in_a_row(indicator.good_when.of or indicator.good_when.expr)
    if isinstance(indicator, Through):
        return language.measured(indicator)
    if isinstance(indicator, Raw):
        return _in_a_row(indicator.total)
    joint = " and " if isinstance(indicator, Slices) else " + "
    counted = joint.join(map(_selector, streams(indicator)))
    without = indicator.without if isinstance(indicator, Ratio) else ()
    return " - ".join([counted, *map(_selector, without)])


def _condition(condition: Gauge | All | RawCondition | Share) -> str:
    """The condition of a good slice, in the notation of the language."""
    if isinstance(condition, Share):
        return " ".join(language.judged(condition, promql.instant))
    if isinstance(condition, RawCondition):
        while_ = f" while {_in_a_row(condition.of)} does" if condition.of else ""
        return f"{_in_a_row(condition.expr)} returns something{while_}"
    each = "each " if isinstance(condition, Gauge) and condition.fold == "each" else ""
    return each + language.condition(condition, promql.instant)


def _selector(stream: Stream) -> str:
    """The metric with the matchers of all its series, without unions and exclusions."""
    return promql.selector(stream.metric, promql.fixed(stream))


def _in_a_row(text: str) -> str:
    return " ".join(text.split())
