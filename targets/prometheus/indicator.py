"""The rates of an indicator's events and of its bad events, from raw series: E(w) and B(w) of the design.

A `Reading` says by which labels. Slices of time are made of them in `slices.py`.
"""

from __future__ import annotations

from slocompiler.ir import Events, Indicator, Ratio, Raw, Slo, Threshold
from slocompiler.targets.prometheus import counters, histograms
from slocompiler.targets.prometheus.reading import Reading
from slocompiler.targets.prometheus.series import series, total


def events(of: Indicator, by: Reading) -> str:
    """E(w): how many events count."""
    if isinstance(of, Threshold):
        return histograms.events(of, by)
    return _sum(_parts(of).total, by)


def errors(of: Indicator, by: Reading) -> str:
    """B(w): how many of them are bad. Empty where there is nothing yet that tells.

    An absent good series means that none were good, so that all are bad.
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
    """B(w), and 0 while there are events and no series of errors."""
    return fill(slo, errors(slo.indicator, by))


def fill(slo: Slo, expr: str) -> str:
    """`expr`, or 0 where there are events; the inner sum strips the recorded labels, or both sides would survive.

    A threshold that finds no bad events has found no bucket, which is no zero.
    """
    if isinstance(slo.indicator, Threshold):
        return expr
    return f"{expr}\nor 0 * {total(slo, series('slo:events:rate5m', slo))}"


def _parts(of: Indicator) -> Ratio | Raw:
    assert isinstance(of, Ratio | Raw), "slices have no rate"
    return of


def _sum(of: Events | str, by: Reading) -> str:
    """The rate of counters, or of raw PromQL, of which neither NaN nor an infinity spoils a sum."""
    return by.total(f"{by.read(of)} >= 0 < Inf") if isinstance(of, str) else counters.added(of, by)
