"""Events in histograms: how many there are, and how many are good by a threshold."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from slocompiler import promql
from slocompiler.ir import Events, Matcher, Stream, Threshold
from slocompiler.targets.prometheus import counters
from slocompiler.targets.prometheus.reading import Reading


def streams(threshold: Threshold) -> Events:
    """The series that count all events; a native histogram is one series."""
    return (threshold.histogram if threshold.native else _named(threshold.histogram, "_count"),)


def events(threshold: Threshold, by: Reading) -> str:
    """E(w) of a histogram."""
    if threshold.native:
        return f"histogram_count({by.total(by.read(threshold.histogram))})"
    return counters.added(streams(threshold), by)


def good(threshold: Threshold, by: Reading) -> str:
    """G(w): the good events. Of a classic histogram empty where the bound is no bucket, so that nothing is read as zero."""
    if threshold.native:
        return _native(threshold, by)
    below = by.total(f"({_filtered(threshold, _bucket(threshold), by)}) >= 0")
    if threshold.good == "le":
        return below
    (count,) = streams(threshold)
    return f"{by.total(f'({_filtered(threshold, count, by)}) >= 0')} - {below}"


def buckets(threshold: Threshold) -> Stream:
    """All buckets of a classic histogram; a native one holds them itself."""
    return threshold.histogram if threshold.native else _named(threshold.histogram, "_bucket")


def _native(threshold: Threshold, by: Reading) -> str:
    """The share on the good side of the bound, of those that pass the filters; none pass: none are good.

    Without events the share is NaN, which the comparison drops; a comparison of a histogram itself is always empty.
    """
    passing = by.total(by.read(_wanted(threshold, threshold.histogram)))
    bound = promql.number(threshold.bound)
    side = f"-Inf, {bound}" if threshold.good == "le" else f"{bound}, +Inf"
    share = f"histogram_fraction({side}, {passing}) * histogram_count({passing})"
    return f"{share} >= 0 or 0 * {events(threshold, by)}"


def _filtered(threshold: Threshold, stream: Stream, by: Reading) -> str:
    """Events of `only`, and 0 where there are events but none of them: a total outage is all bad."""
    every = by.read(stream)
    if not threshold.only:
        return every
    chosen = by.read(_wanted(threshold, stream))
    return f"({chosen}) or 0 * ({every})"


def _wanted(threshold: Threshold, stream: Stream) -> Stream:
    return Stream(metric=stream.metric, all=stream.all, any=threshold.only or stream.any, none=stream.none)


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
