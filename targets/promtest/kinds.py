"""What the values of metrics are, beside those of gauges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from slocompiler.ir import TIMES, Gauge


class Kinds(NamedTuple):
    """The metrics that are moments, and those that are counters; all others are gauges."""

    moments: frozenset[str] = frozenset()
    counters: frozenset[str] = frozenset()


def of_gauges(gauges: Iterable[Gauge]) -> Kinds:
    """The kinds of the metrics of conditions."""
    moments = (stream.metric for gauge in gauges if gauge.fold in TIMES for stream in gauge.streams)
    counters = (stream.metric for gauge in gauges if gauge.rate for stream in gauge.streams)
    return Kinds(frozenset(moments), frozenset(counters))
