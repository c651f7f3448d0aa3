"""The series of events and bad events, from raw series or those of a journey's steps. All others derive from them."""

from __future__ import annotations

from slocompiler.ir import RatioSlices, Slices, Slo, Through
from slocompiler.targets.prometheus import exception, exclusion, indicator, journey, late_series, schedule, slices
from slocompiler.targets.shared import Options


def events(slo: Slo, options: Options) -> str:
    """The expression of `slo:events:rate5m`: a rate over five minutes, or 1 for each slice."""
    if isinstance(slo.indicator, Slices):
        expr = slices.events(slo, slo.indicator, options)
    elif isinstance(slo.indicator, Through):
        expr = journey.events(slo, slo.indicator)
    elif isinstance(slo.indicator, RatioSlices):
        expr = slices.events_of_ratio(slo, slo.indicator, options)
    else:
        expr = indicator.events(slo.indicator, late_series.rates(slo, schedule.BASE, options))
    return _counting(slo, expr, options)


def errors(slo: Slo, options: Options) -> str:
    """The expression of `slo:errors:rate5m`: the bad ones of these events; 0 while there are none."""
    if isinstance(slo.indicator, Slices):
        expr = slices.errors(slo, slo.indicator, options)
    elif isinstance(slo.indicator, Through):
        expr = journey.errors(slo, slo.indicator)
    elif isinstance(slo.indicator, RatioSlices):
        expr = slices.errors_of_ratio(slo, slo.indicator, options)
    else:
        expr = indicator.filled(slo, late_series.rates(slo, schedule.BASE, options))
    return _counting(slo, expr, options)


def slice_errors(slo: Slo, options: Options) -> str:
    """The expression of `slo:slice_errors:increase`: the number of bad events in a slice with `P good`."""
    assert isinstance(slo.indicator, RatioSlices), "other slices have no events"
    return _counting(slo, slices.errors_in_slice(slo, slo.indicator, options), options)


def _counting(slo: Slo, expr: str, options: Options) -> str:
    """`expr`, or 0 in times that do not count."""
    return exception.masked(slo, exclusion.without(slo, expr, options), options)
