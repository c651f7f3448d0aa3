"""What a condition or a share says of gauges, by the definitions of the language: what is good, or that there are no data.

It knows the IR and which labels a selector matches, and reads no rule, so it does not repeat their mistakes.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import isnan
from typing import NamedTuple

from slocompiler.ir import Gauge, RatioSlices, Share, Slices, Stream
from slocompiler.targets.promtest import streams
from slocompiler.targets.promtest.labels import Labels

Known = bool | None
"""Whether a slice is good; None without data."""

COMPARED = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


class Sample(NamedTuple):
    """The value of a series: a gauge's, the rate of a counter, or a moment in seconds from now, for `age` and `until`."""

    metric: str
    labels: Labels
    value: float


World = Sequence[Sample]


class Count(NamedTuple):
    """The events of one slice."""

    events: int
    bad: float
    """Not a whole number if slices count in part."""


def judged(slices: Slices, world: World) -> Count | None:
    """How a slice counts in which the world does not change; None if it does not."""
    if isinstance(slices.good_when, Share):
        parts = _bad_parts(slices.good_when, world)
        if not parts:
            return counted(None, slices.missing)
        return Count(len(parts), sum(parts)) if slices.each else Count(1, sum(parts) / len(parts))
    if slices.each:
        (gauge,) = slices.gauges
        values = _values(gauge, world)
        return Count(len(values), sum(not _holds(gauge, value) for value in values)) if values else None
    return counted(verdict(slices, world), slices.missing)


def counted(good: Known, missing: str) -> Count | None:
    """A slice as an event; `missing` says how one without data counts."""
    if good is None:
        return None if missing == "ignored" else Count(1, int(missing == "bad"))
    return Count(1, int(not good))


def verdict(slices: Slices, world: World) -> Known:
    """Whether all conditions hold, or no part of a slice is bad; None if one of them has no data."""
    if isinstance(slices.good_when, Share):
        parts = _bad_parts(slices.good_when, world)
        return not any(parts) if parts else None
    found = [holds(gauge, world) for gauge in slices.gauges]
    return None if None in found else all(found)


def holds(gauge: Gauge, world: World) -> Known:
    """Whether a condition holds; None without data."""
    values = _values(gauge, world)
    if not values:
        return None
    if gauge.fold == "each":
        return all(_holds(gauge, value) for value in values)
    return _holds(gauge, _folded(gauge.fold, values))


def share_of(good: Sequence[Known], at_least: Decimal, missing: str) -> Count | None:
    """How a slice counts that is good if at least a share of its evaluations is."""
    known = [one for one in (counted(state, missing) for state in good) if one]
    return counted(too_few(len(known), sum(one.bad > 0 for one in known), at_least), missing)


def too_few(events: int, bad: int, at_least: Decimal) -> Known:
    """Whether at least a share of the events is good; None without events."""
    return events - bad >= Decimal(at_least) * events if events else None


def judged_events(slices: RatioSlices, good: int, bad: int) -> Count:
    """How a slice counts, by its good and bad events. Without events it does not, but shows that there is data."""
    enough = too_few(good + bad, bad, slices.at_least)
    return Count(0, 0) if enough is None else Count(1, int(not enough))


def _bad_parts(share: Share, world: World) -> list[float]:
    """How much of each series is bad, from 0 to 1; NaN is no data."""
    values = (one.value for one in world if selects(share.stream, one))
    parts = [min(max(value, 0), 1) for value in values if not isnan(value)]
    return parts if share.side == "bad" else [1 - part for part in parts]


def _holds(gauge: Gauge, value: float) -> bool:
    return bool(COMPARED[gauge.cmp](value, float(gauge.value)))


def _folded(fold: str, values: Sequence[float]) -> float:
    """The aggregation of all values. Of those that are numbers, the extremes; a sum with one that is none is none."""
    numbers = [value for value in values if not isnan(value)] or list(values)
    if fold in ("max", "age"):
        return max(numbers) if fold == "max" else -max(numbers)
    if fold in ("min", "until"):
        return min(numbers)
    return len(values) if fold == "count" else sum(values) / (len(values) if fold == "avg" else 1)


def _values(gauge: Gauge, world: World) -> list[float]:
    """The values that a condition aggregates: those of its series, or their quotients."""
    own = [one for one in world if selects(gauge.stream, one)]
    if gauge.divisor is None:
        return [one.value for one in own]
    others, apart = [one for one in world if selects(gauge.divisor, one)], _apart(gauge.stream, gauge.divisor)
    pairs = [(one, other) for one in own for other in others if _alike(one.labels, other.labels, apart)]
    return [one.value / other.value for one, other in pairs if other.value]


def selects(stream: Stream, one: Sample) -> bool:
    """Whether a stream has a series."""
    return one.metric == stream.metric and streams.holds(stream, one.labels)


def _apart(one: Stream, other: Stream) -> dict[str, str]:
    """The labels that need not be equal, because a selector fixes them, and the value that the series of both may have.

    It is "" for a label that both fix.
    """
    mine, theirs = fixes(one), fixes(other)
    names = {name for name in {*mine, *theirs} if mine.get(name) != theirs.get(name)}
    return {name: "" if name in mine and name in theirs else {**mine, **theirs}[name] for name in names}


def fixes(stream: Stream) -> dict[str, str]:
    """The labels that have one value in all series of a stream; an exclusion of all other values is one, too."""
    found = [m for m in stream.all if m.op == "="]
    found += [m for (m, *more) in stream.none if not more and m.op == "!="]
    return {m.label: m.value for m in found}


def _alike(one: Labels, other: Labels, apart: Mapping[str, str]) -> bool:
    """Whether series are divided: their labels are equal, but one may lack a label that the other's selector fixes."""
    return all(
        one.get(name) == other.get(name)
        or (name in apart and (not apart[name] or {one.get(name), other.get(name)} == {None, apart[name]}))
        for name in {*one, *other}
    )
