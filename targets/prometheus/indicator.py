"""The rates of an indicator's events and of its bad events, from raw series: E(w) and B(w) of the design.

Each is one value, or with `per` one for each value of those labels. Slices of time are made of them in `slices.py`.
"""

from __future__ import annotations

from slocompiler import promql
from slocompiler.ir import Events, Ratio, Raw, Slo, Threshold
from slocompiler.targets.prometheus import counters, histograms
from slocompiler.targets.prometheus.series import series, total


def events(slo: Slo, window: str, function: str = "rate") -> str:
    """E(w): how many events a second count, over `window`; with the function `increase`, how many."""
    if isinstance(slo.indicator, Threshold):
        return histograms.events(slo, slo.indicator, window, function)
    return _sum(slo, _parts(slo).total, window, function)


def errors(slo: Slo, window: str, function: str = "rate") -> str:
    """B(w): how many of them are bad. Empty where there is nothing yet that tells.

    An absent good series means that none were good, so that all are bad.
    """
    if isinstance(slo.indicator, Threshold):
        good = histograms.good(slo, slo.indicator, window, function)
        return f"clamp_min(({events(slo, window, function)}) - ({good}), 0)"
    parts = _parts(slo)
    part = _sum(slo, parts.part, window, function)
    if parts.side == "bad":
        return part
    every = events(slo, window, function)
    return f"clamp_min(({every}) - (({part}) or 0 * ({every})), 0)"


def filled(slo: Slo, window: str, function: str = "rate") -> str:
    """B(w), and 0 while there are events and no series of errors."""
    return fill(slo, errors(slo, window, function))


def fill(slo: Slo, expr: str) -> str:
    """`expr`, or 0 where there are events; the inner sum strips the recorded labels, or both sides would survive.

    A threshold that finds no bad events has found no bucket, which is no zero.
    """
    if isinstance(slo.indicator, Threshold):
        return expr
    return f"{expr}\nor 0 * {total(slo, series('slo:events:rate5m', slo))}"


def _parts(slo: Slo) -> Ratio | Raw:
    assert isinstance(slo.indicator, Ratio | Raw), "slices have no rate"
    return slo.indicator


def _sum(slo: Slo, what: Events | str, window: str, function: str) -> str:
    """The rate of counters, or of what people wrote, of which neither NaN nor an infinity spoils a sum."""
    if isinstance(what, str):
        return total(slo, f"{promql.embedded(what, window)} >= 0 < Inf")
    return counters.added(slo, what, window, function)
