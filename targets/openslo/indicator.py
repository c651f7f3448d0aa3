"""What an SLO measures, in the terms of OpenSLO; its queries have `{{.window}}` for the window."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from slocompiler.ir import Gauge, Ratio, RatioSlices, Raw, Share, Slices, Slo, Threshold, Through
from slocompiler.promql import number
from slocompiler.record import replace
from slocompiler.targets.openslo.text import Number
from slocompiler.targets.prometheus import counters, histograms, indicator, reading, slices
from slocompiler.targets.prometheus.reading import Reading
from slocompiler.targets.prometheus.series import over_time
from slocompiler.targets.shared import Options

WINDOW = "{{.window}}"
"""What readers replace by the length of a window."""
_OPERATORS = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
"""The comparisons that OpenSLO has."""
_UNITS = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60}


class Measured(NamedTuple):
    """What an SLO measures."""

    method: str
    """The budgeting method."""
    indicator: dict[str, Any]
    """The `spec` of the indicator."""
    objective: dict[str, Any]
    """What its objective says about it."""


def measured(slo: Slo, options: Options) -> Measured:
    """What an SLO measures."""
    of = slo.indicator
    if isinstance(of, Slices) and (of.each or isinstance(of.good_when, Share)):
        return Measured("Occurrences", _judged_series(slo, of, options), {})
    if isinstance(of, Slices):
        metric, compared = _condition(slo, of, options)
        return Measured(
            "Timeslices",
            {"thresholdMetric": metric},
            compared | _slices(of.seconds, Decimal(1) if of.at_least is None else of.at_least),
        )
    if isinstance(of, RatioSlices):
        ratio = _ratio(replace(slo, indicator=of.of), of.of)
        return Measured("Timeslices", ratio, _slices(of.seconds, of.at_least))
    if isinstance(of, Through):
        return Measured("Occurrences", _recorded(slo), {})
    return Measured("Occurrences", _ratio(slo, of), {})


def duration(seconds: int) -> str:
    """A duration of whole minutes in one unit: `30d`, `90m`; `4w` is `28d`, as in the language."""
    unit = next(unit for unit in "dhm" if seconds % _UNITS[unit] == 0)
    return f"{seconds // _UNITS[unit]}{unit}"


def decimal(value: Decimal) -> Number:
    """An exact decimal."""
    return Number(number(value))


def _ratio(slo: Slo, of: Ratio | Threshold | Raw) -> dict[str, Any]:
    by = reading.rates(slo, WINDOW)
    every = indicator.events(of, by)
    side, part = _part(of, by)
    if side == "bad":
        part = f"{part}\nor 0 * ({every})"  # without a series of bad events, all are good
    return {"ratioMetric": {"counter": True, side: _metric(part), "total": _metric(every)}}


def _recorded(slo: Slo) -> dict[str, Any]:
    """The attempts of a journey as the rules of sloc record them: OpenSLO has no product of SLOs."""
    bad, every = (_metric(over_time("sum", f"slo:{what}:rate5m", slo, f"[{WINDOW}]")) for what in ("errors", "events"))
    return {"ratioMetric": {"counter": True, "bad": bad, "total": every}}


def _part(of: Ratio | Threshold | Raw, by: Reading) -> tuple[str, str]:
    """The side that is counted, and its events."""
    if isinstance(of, Threshold):
        return "good", histograms.good(of, by)
    if of.side == "good" and isinstance(of, Ratio):
        return "good", counters.added(of.part, by)
    return "bad", indicator.errors(of, by)


def _condition(slo: Slo, of: Slices, options: Options) -> tuple[dict[str, Any], dict[str, Any]]:
    """A query and its comparison: of a gauge where OpenSLO has the comparison, else whether the slice is bad, 1 or 0."""
    gauge = of.good_when
    if isinstance(gauge, Gauge) and gauge.fold != "each" and gauge.cmp in _OPERATORS:
        query = slices.value(gauge, slo, options)
        return _metric(query), {"op": _OPERATORS[gauge.cmp], "value": decimal(gauge.value)}
    return _metric(slices.errors(slo, of, options, "vector(1)")), {"op": "lt", "value": Number("1")}


def _judged_series(slo: Slo, of: Slices, options: Options) -> dict[str, Any]:
    """The numbers of series that the slices of a window judge, or the parts of slices."""
    sums = (
        f"sum_over_time(({one})[{WINDOW}:{duration(of.seconds)}])"
        for one in (slices.errors(slo, of, options, "vector(1)"), slices.events(slo, of, options))
    )
    bad, every = map(_metric, sums)
    return {"ratioMetric": {"counter": True, "bad": bad, "total": every}}


def _slices(seconds: int, at_least: Decimal) -> dict[str, Any]:
    return {"timeSliceTarget": decimal(at_least), "timeSliceWindow": duration(seconds)}


def _metric(query: str) -> dict[str, Any]:
    return {"metricSource": {"type": "Prometheus", "spec": {"query": query}}}
