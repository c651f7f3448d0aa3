"""The rates of an indicator's events and of its bad events, from raw series: E(w) and B(w) of the design.

Each is one value, or with `per` one for each value of those labels.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from slocompiler import promql
from slocompiler.ir import Events, Matcher, Ratio, Slo, Stream, Threshold


def streams(slo: Slo) -> Events:
    """The counters of all events that count."""
    if isinstance(slo.indicator, Threshold):
        return (_named(slo.indicator.histogram, "_count"),)
    return _ratio(slo).total


def _ratio(slo: Slo) -> Ratio:
    assert isinstance(slo.indicator, Ratio), "no other kind is compiled yet (E901)"
    return slo.indicator


def total(slo: Slo, expr: str) -> str:
    """`sum P (…)`: one value, or one for each value of the `per` labels."""
    by = f" by ({', '.join(map(promql.label_name, slo.per))}) " if slo.per else ""
    return f"sum{by}({expr})"


def events(slo: Slo, window: str, function: str = "rate") -> str:
    """E(w): how many events a second count, over `window`; with the function `increase`, how many."""
    return _sum(slo, streams(slo), window, function)


def errors(slo: Slo, window: str, function: str = "rate") -> str:
    """B(w): how many of them are bad. Empty where there is nothing yet that tells.

    An absent good series means that none were good, so that all are bad.
    """
    if isinstance(slo.indicator, Threshold):
        return f"clamp_min(({events(slo, window, function)}) - ({_within(slo, slo.indicator, window, function)}), 0)"
    ratio = _ratio(slo)
    part = _sum(slo, ratio.part, window, function)
    if ratio.side == "bad":
        return part
    every = events(slo, window, function)
    return f"clamp_min(({every}) - (({part}) or 0 * ({every})), 0)"


def fills(slo: Slo) -> bool:
    """Whether no series of bad events means that none were bad: not where a bucket is what tells."""
    return isinstance(slo.indicator, Ratio)


# Counters


def _sum(slo: Slo, counters: Events, window: str, function: str) -> str:
    """Counters added up; one that is absent counts as nothing beside the others."""
    sums = [_rate(slo, stream, window, function) for stream in counters]
    if len(sums) == 1:
        return sums[0]
    filled = [" or ".join([one, *(f"0 * {other}" for other in sums if other is not one)]) for one in sums]
    return " + ".join(f"({expr})" for expr in filled)


def _rate(slo: Slo, stream: Stream, window: str, function: str) -> str:
    """The comparison drops NaN samples: one would spoil every sum over the SLO's window."""
    rate = promql.rate(stream, window, function)
    return total(slo, f"{rate if promql.is_simple(stream) else f'({rate})'} >= 0")


# Histograms


def _within(slo: Slo, threshold: Threshold, window: str, function: str) -> str:
    """G(w): the good events. Empty where the bound is no bucket, so that nothing is read as zero."""
    below = total(slo, f"({_filtered(threshold, _bucket(threshold), window, function)}) >= 0")
    if threshold.good == "le":
        return below
    counted = total(slo, f"({_filtered(threshold, _named(threshold.histogram, '_count'), window, function)}) >= 0")
    return f"{counted} - {below}"


def _filtered(threshold: Threshold, stream: Stream, window: str, function: str) -> str:
    """Events of `only`, and 0 where there are events but none of them: a total outage is all bad."""
    every = promql.rate(stream, window, function)
    if not threshold.only:
        return every
    wanted = Stream(metric=stream.metric, all=stream.all, any=threshold.only, none=stream.none)
    chosen = promql.rate(wanted, window, function)
    return f"({chosen}) or 0 * ({every})"


def _named(histogram: Stream, suffix: str, *more: Matcher) -> Stream:
    return Stream(metric=histogram.metric + suffix, all=histogram.all + more, any=histogram.any, none=histogram.none)


def _bucket(threshold: Threshold) -> Stream:
    return _named(threshold.histogram, "_bucket", Matcher("le", "=~", bucket(threshold.bound)))


@lru_cache(maxsize=1024)
def bucket(bound: Decimal) -> str:
    """A pattern for every way in which clients and servers write a bucket's bound.

    Prometheus 3 and OpenMetrics add `.0`. Exponents: Go has `1e+06` from there up and `1e-05` from there down, Python's
    client `1e+010`, Java's `1.0E7` and, below a thousandth, `5.0E-4`.
    """
    plain = promql.number(bound)
    forms = [re.escape(plain)] if "." in plain else [plain, rf"{plain}\.0"]
    digits, exponent = f"{bound.normalize():e}".split("e")
    power = int(exponent)
    if power >= 6 or power < -3:
        mantissa = re.escape(digits) if "." in digits else rf"{digits}(\.0)?"
        forms.append(f"{mantissa}[eE]{'-' if power < 0 else '[+]?'}0*{abs(power)}")
    return "|".join(forms)
