"""Grafana's units for the values that an SLO measures."""

from __future__ import annotations

from slocompiler.ir import TIMES, Gauge, Threshold
from slocompiler.targets.grafana.panels import Unit

_OF_BOUNDS: dict[str, Unit] = {"s": "s", "ms": "ms", "us": "µs", "m": "m", "B": "bytes"}
_OF_NAMES: dict[str, Unit] = {
    "seconds": "s", "milliseconds": "ms", "microseconds": "µs", "minutes": "m", "bytes": "bytes", "ratio": "percentunit",
}  # fmt: skip  # a table


def of_threshold(threshold: Threshold) -> Unit:
    """The unit of a histogram's values."""
    return _OF_BOUNDS.get(threshold.unit, "short")


def of_gauge(gauge: Gauge) -> Unit:
    """The unit of a condition's value, from the last word of the metric's name."""
    if gauge.rate:
        return "Bps" if gauge.unit == "B" else "cps"
    if gauge.fold in TIMES:
        return "s"
    if gauge.divisor:
        return "percentunit" if gauge.value <= 1 else "short"
    words = gauge.stream.metric.replace(".", "_").split("_")
    return "short" if gauge.fold == "count" else _OF_NAMES.get(words[-1], "short")
