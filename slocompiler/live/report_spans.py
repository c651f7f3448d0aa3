"""Times of a period with their events: incidents and days."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from slocompiler import burn
from slocompiler.live.period import Period
from slocompiler.live.spans import joined
from slocompiler.live.sums import Sums, ratio
from slocompiler.live.tiles import Count, summed

APART = 30 * burn.MINUTE
"""Bad times that are at most this far apart are one incident."""


class Span(NamedTuple):
    """Some time of the period with its events: an incident, or a day."""

    begin: int
    end: int
    total: Count


def incidents(sums: Sums, step: int, own: Mapping[int, Count], budget: float) -> tuple[Span, ...]:
    """Times at which more was bad than the budget allows, of hours in which it was; those with the most bad events first."""
    hour = max(burn.HOUR, step)
    hours = [at for at in sums.times if (ratio(sums.over(hour, at)) or 0) > budget]
    near = joined((at - hour, at) for at in hours)
    bad = (at for at, count in own.items() if (ratio(count) or 0) > budget)
    found = ((at - step, at) for at in bad if any(begin < at <= end for begin, end in near))
    return _most(_span(begin, end, own) for begin, end in joined(found, APART))


def _span(begin: int, end: int, own: Mapping[int, Count]) -> Span:
    return Span(begin, end, summed(count for at, count in own.items() if begin < at <= end))


def _most(spans: Iterable[Span]) -> tuple[Span, ...]:
    return tuple(sorted((one for one in spans if one.total.bad), key=lambda one: (-one.total.bad, one.begin)))


def days(own: Mapping[int, Count], period: Period) -> tuple[Span, ...]:
    """The days with bad events, those with the most first."""
    days = list(period.days())
    found: list[list[Count]] = [[] for _ in days]
    ends = [end for _, _, end in days]
    for at, count in own.items():
        found[bisect_left(ends, at)].append(count)
    return _most(Span(begin, end, summed(counts)) for (_, begin, end), counts in zip(days, found, strict=True))
