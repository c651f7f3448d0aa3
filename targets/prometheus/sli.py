"""The two series that are recorded from raw series: events and bad events. All others derive from them."""

from __future__ import annotations

from slocompiler import promql
from slocompiler.ir import RatioSlices, Slices, Slo
from slocompiler.targets.prometheus import exclusion, indicator, late_series, schedule, slices
from slocompiler.targets.prometheus.reading import rates
from slocompiler.targets.shared import Options


def events(slo: Slo, options: Options) -> str:
    """The expression of `slo:events:rate5m`: a rate over five minutes, or 1 for each slice."""
    if isinstance(slo.indicator, Slices):
        expr = slices.events(slo, slo.indicator)
    elif isinstance(slo.indicator, RatioSlices):
        expr = slices.events_of_ratio(slo, slo.indicator, options)
    else:
        expr = indicator.events(slo.indicator, rates(slo, promql.duration(schedule.BASE)))
    return exclusion.without(slo, expr, options)


def errors(slo: Slo, options: Options) -> str:
    """The expression of `slo:errors:rate5m`: the bad ones of these events; 0 while there are none."""
    if isinstance(slo.indicator, Slices):
        expr = slices.errors(slo, slo.indicator)
    elif isinstance(slo.indicator, RatioSlices):
        expr = slices.errors_of_ratio(slo, slo.indicator, options)
    else:
        expr = late_series.errors(slo, schedule.BASE, schedule.BASE, options)
    return exclusion.without(slo, expr, options)
