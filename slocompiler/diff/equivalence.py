"""What an SLO measures, in one form for all ways to say it: two measurements are equal where they mean the same."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace

from slocompiler import promql
from slocompiler.explain.classification import ordered
from slocompiler.ir import (
    Events,
    Filter,
    Gauge,
    Indicator,
    Ratio,
    RatioSlices,
    Raw,
    Slices,
    Slo,
    Stream,
    Threshold,
)


def measured(slo: Slo) -> Hashable:
    """What is counted, and as what: equal for SLOs whose recorded series would hold the same."""
    return normal(slo.indicator), slo.exclude_when, frozenset(slo.per)


def normal(indicator: Indicator) -> Indicator:
    """Without order and repetition in its sets, each of its streams as `normal_stream` has it."""
    if isinstance(indicator, RatioSlices):
        inner = normal(indicator.of)
        assert isinstance(inner, Ratio | Threshold | Raw), "a normal form keeps the class"
        return replace(indicator, of=inner)
    if isinstance(indicator, Slices) and isinstance(indicator.good_when, Gauge):
        gauge = indicator.good_when
        return replace(indicator, good_when=replace(gauge, stream=normal_stream(gauge.stream)))
    if isinstance(indicator, Threshold):
        return replace(indicator, histogram=normal_stream(indicator.histogram), only=_set(indicator.only))
    if isinstance(indicator, Ratio):
        return replace(indicator, total=normal_events(indicator.total), part=normal_events(indicator.part))
    return indicator


def normal_events(events: Iterable[Stream]) -> Events:
    """The normal streams, in the order of their metrics."""
    return tuple(sorted(map(normal_stream, events), key=repr))


def normal_stream(stream: Stream) -> Stream:
    """What must hold is `all`, what must not is `none`: `{code!="499"}` leaves out `{code="499"}`.

    So `good {code!~"5.."}` and `bad {code=~"5.."}` are one, and a condition is one whether braces or `exclude` say it.
    """
    wanted, choices, left_out = list(stream.all), _set(stream.any), list(stream.none)
    if len(choices) == 1:
        wanted, choices = [*wanted, *choices[0]], ()
    single = [only[0] for only in left_out if len(only) == 1]
    wanted += [promql.opposite(matcher) for matcher in single]
    kept = [m for m in wanted if not m.op.startswith("!")]
    gone: list[Filter] = [(promql.opposite(m),) for m in wanted if m.op.startswith("!")]
    gone += [only for only in left_out if len(only) > 1]
    return Stream(metric=stream.metric, all=ordered(kept), any=choices, none=_set(gone))


def _set(filters: Iterable[Filter]) -> tuple[Filter, ...]:
    return tuple(sorted({ordered(one) for one in filters}, key=repr))
