"""The events E(w) and the bad events B(w) of an indicator, from raw series.

A `Reading` determines the labels. `slices.py` derives slices of time from them.
"""

from __future__ import annotations

from slocompiler.ir import Events, Indicator, Ratio, Raw, Slo, Threshold
from slocompiler.targets.prometheus import counters, histograms
from slocompiler.targets.prometheus.reading import Reading
from slocompiler.targets.prometheus.series import series, total


def events(of: Indicator, by: Reading) -> str:
    """E(w): the events that count. Where an excluded counter is absent, it excludes nothing."""
    if isinstance(of, Threshold):
        return histograms.events(of, by)
    parts = _parts(of)
    every = _sum(parts.total, by)
    if not isinstance(parts, Ratio) or not parts.without:
        return every
    return f"clamp_min(({every}) - (({_sum(parts.without, by)}) or 0 * ({every})), 0)"


def errors(of: Indicator, by: Reading) -> str:
    """B(w): the bad events. No result while no series tells them apart.

    If the series of good events is absent, all events are bad.
    """
    if isinstance(of, Threshold):
        return f"clamp_min(({events(of, by)}) - ({histograms.good(of, by)}), 0)"
    parts = _parts(of)
    part = _sum(parts.part, by)
    if parts.side == "bad":
        return part
    every = events(of, by)
    return f"clamp_min(({every}) - (({part}) or 0 * ({every})), 0)"


def filled(slo: Slo, by: Reading) -> str:
    """B(w), or 0 while there are events and no series of bad events. The sum strips the recorded labels, without which
    `or` would keep both sides.

    A threshold without a result has found no bucket, which is not 0 bad events.
    """
    bad = errors(slo.indicator, by)
    if isinstance(slo.indicator, Threshold):
        return bad
    return f"{bad}\nor 0 * {total(slo, series('slo:events:rate5m', slo))}"


def _parts(of: Indicator) -> Ratio | Raw:
    assert isinstance(of, Ratio | Raw), "slices have no rate"
    return of


def _sum(of: Events | str, by: Reading) -> str:
    """The sum of counters, or of raw PromQL without its NaN and infinite values."""
    return by.total(f"{by.read(of)} >= 0 < Inf") if isinstance(of, str) else counters.added(of, by)
