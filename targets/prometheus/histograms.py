"""Events in histograms: all events, and those on the good side of a threshold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from slocompiler import promql
from slocompiler.ir import Events, Matcher, Stream, Threshold
from slocompiler.targets.prometheus.reading import Reading


def streams(threshold: Threshold) -> Events:
    """The series that count all events; a native histogram counts them itself."""
    return (threshold.histogram if threshold.native else _count(threshold),)


def events(threshold: Threshold, by: Reading) -> str:
    """E(w) of a histogram: of a classic one, the events of the series that have a bucket at the bound.

    Nothing tells whether an event of another series is good: while a roll-out changes buckets, all of them would be bad.
    """
    if threshold.native:
        return f"histogram_count({by.total(by.read(threshold.histogram))})"
    return by.total(f"({_union(_judged(one, _grouped(_count(one), by), by) for one in threshold.parts)}) >= 0")


def every(threshold: Threshold, by: Reading) -> str:
    """All events of a classic histogram, with those that `events` leaves out."""
    return by.total(f"{_grouped(_count(threshold), by)} >= 0")


def good(threshold: Threshold, by: Reading) -> str:
    """G(w): the good events. No result, rather than 0, if the bound is no bucket of a classic histogram."""
    if threshold.native:
        return _native(threshold, by)
    parts = threshold.parts
    below = by.total(f"({_union(_filtered(one, _bucket(one), by) for one in parts)}) >= 0")
    if threshold.good == "le":
        return below
    every = _union(_judged(one, f"({_filtered(one, _count(one), by)})", by) for one in parts)
    return f"{by.total(f'({every}) >= 0')} - {below}"


def _union(parts: Iterable[str]) -> str:
    """The series of all parts, which have none in common."""
    first, *others = parts
    return " or ".join([f"({one})" for one in (first, *others)]) if others else first


def _judged(threshold: Threshold, counted: str, by: Reading) -> str:
    """Of the counted events, those of series that have a bucket at the bound."""
    return f"{counted} and ignoring(le) {_grouped(_bucket(threshold), by)}"


def buckets(threshold: Threshold) -> Stream:
    """The buckets of a classic histogram; a native histogram holds its own."""
    return threshold.histogram if threshold.native else _named(threshold.histogram, "_bucket")


def _native(threshold: Threshold, by: Reading) -> str:
    """The events on the good side of the bound that pass the filters; 0 if none pass.

    Without events the share is NaN, which the comparison drops. A histogram itself cannot be compared with a number.
    """
    if threshold.bounded:
        every = events(threshold, by)
        return " + ".join(f"(({_native(one, by)}) or 0 * {every})" for one in threshold.parts)
    passing = by.total(by.read(_wanted(threshold, threshold.histogram)))
    bound = promql.number(threshold.bound)
    side = f"-Inf, {bound}" if threshold.good == "le" else f"{bound}, +Inf"
    share = f"histogram_fraction({side}, {passing}) * histogram_count({passing})"
    return f"{share} >= 0 or 0 * {events(threshold, by)}"


def _grouped(stream: Stream, by: Reading) -> str:
    """The rates of a stream as an operand."""
    rate = by.read(stream)
    return rate if promql.is_simple(stream) else f"({rate})"


def _filtered(threshold: Threshold, stream: Stream, by: Reading) -> str:
    """The events of `only`, and 0 if there are other events alone: in a total outage, all events are bad."""
    every = by.read(stream)
    if not threshold.only:
        return every
    chosen = by.read(_wanted(threshold, stream))
    return f"({chosen}) or 0 * ({every})"


def _wanted(threshold: Threshold, stream: Stream) -> Stream:
    return Stream(metric=stream.metric, all=stream.all, any=threshold.only or stream.any, none=stream.none)


def _named(histogram: Stream, suffix: str, *more: Matcher) -> Stream:
    return Stream(metric=histogram.metric + suffix, all=histogram.all + more, any=histogram.any, none=histogram.none)


def _count(threshold: Threshold) -> Stream:
    return _named(threshold.histogram, "_count")


def _bucket(threshold: Threshold) -> Stream:
    return _named(threshold.histogram, "_bucket", Matcher("le", "=~", bucket(threshold.bound)))


@lru_cache(maxsize=1024)
def bucket(bound: Decimal) -> str:
    """A pattern for all spellings of a bucket's bound by clients and servers.

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
