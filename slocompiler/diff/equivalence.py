"""The normal form of what an SLO measures: two forms are equal if they mean the same."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from decimal import Decimal

from slocompiler import promql
from slocompiler.explain.classification import ordered
from slocompiler.ir import (
    All,
    Bounded,
    Events,
    Filter,
    Gauge,
    Indicator,
    Maintenance,
    Ratio,
    RatioSlices,
    Raw,
    RawCondition,
    Share,
    Slices,
    Slo,
    Step,
    Stream,
    Threshold,
    Through,
)
from slocompiler.record import replace


def measured(slo: Slo) -> Hashable:
    """What is counted, and by which labels: equal for SLOs whose recorded series have the same values."""
    planned = frozenset(map(normal_maintenance, slo.maintenance))
    return normal(slo.indicator), slo.exclude_when, planned, frozenset(zip(slo.per, slo.event_labels, strict=True))


def normal(indicator: Indicator) -> Indicator:
    """The indicator with sorted sets and normal streams."""
    if isinstance(indicator, RatioSlices):
        inner = normal(indicator.of)
        assert isinstance(inner, Ratio | Threshold | Raw), "a normal form keeps the class"
        return replace(indicator, of=inner)
    if isinstance(indicator, Slices):
        return replace(indicator, good_when=normal_condition(indicator.good_when))
    if isinstance(indicator, Threshold):
        bounded = sorted((Bounded(any=_set(one.any), bound=one.bound) for one in indicator.bounded), key=repr)
        stream, only = normal_stream(indicator.histogram), _set(indicator.only)
        return replace(indicator, histogram=stream, only=only, bounded=tuple(bounded))
    if isinstance(indicator, Ratio):
        total, part, without = map(normal_events, (indicator.total, indicator.part, indicator.without))
        return replace(indicator, total=total, part=part, without=without)
    if isinstance(indicator, Through):
        return replace(indicator, steps=tuple(sorted(map(_step, indicator.steps), key=repr)))
    return indicator


def _step(step: Step) -> Step:
    """A step by the names of its SLOs: what changes in one of them is a change of that SLO."""
    named = (replace(one, title="", target=Decimal(0), slices=0) for one in step.any)
    return replace(step, any=tuple(sorted(named, key=repr)))


def normal_maintenance(of: Maintenance) -> Maintenance:
    """When a maintenance is, without its texts."""
    return replace(of, text="", because="")


def normal_condition(of: Gauge | All | RawCondition | Share) -> Gauge | All | RawCondition | Share:
    """The condition with normal streams, and its parts in order."""
    if isinstance(of, All):
        return All(conditions=tuple(sorted(of.reading(normal_stream).conditions, key=repr)))
    return of if isinstance(of, RawCondition) else of.reading(normal_stream)


def normal_events(events: Iterable[Stream]) -> Events:
    """The normal streams, in the order of their metrics."""
    return tuple(sorted(map(normal_stream, events), key=repr))


def normal_stream(stream: Stream) -> Stream:
    """Positive matchers are in `all`, negative ones in `none`: `{code!="499"}` excludes `{code="499"}`.

    So `good {code!~"5.."}` equals `bad {code=~"5.."}`, and a condition in braces equals one of `exclude`.
    """
    required, choices, excluded = list(stream.all), _set(stream.any), list(stream.none)
    if len(choices) == 1:
        required, choices = [*required, *choices[0]], ()
    single = [only[0] for only in excluded if len(only) == 1]
    required += [promql.opposite(matcher) for matcher in single]
    kept = [m for m in required if not m.op.startswith("!")]
    rejected: list[Filter] = [(promql.opposite(m),) for m in required if m.op.startswith("!")]
    rejected += [only for only in excluded if len(only) > 1]
    return Stream(metric=stream.metric, all=ordered(kept), any=choices, none=_set(rejected))


def _set(filters: Iterable[Filter]) -> tuple[Filter, ...]:
    return tuple(sorted({ordered(one) for one in filters}, key=repr))
