"""Pages by the shifts of the people on call, whose hours are those of a time zone."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import NamedTuple

from slocompiler import burn
from slocompiler.explain.words import plural

USUAL = 12 * burn.HOUR
"""The hours that are looked at if nothing says when shifts begin."""
FEW = 2
"""The pages that a shift can bear: each has to be understood, and its cause removed."""
_DAY = timedelta(days=1)


class Shifts(NamedTuple):
    """When shifts begin: each day at `first` minutes past midnight, and again every `length` seconds."""

    length: int
    """Divides a day."""
    first: int
    zone: tzinfo
    name: str
    """As people write it: `12h@08:00Europe/Berlin`."""

    def begins(self, since: int, until: int) -> list[int]:
        """When shifts begin: from the last that begins by `since` to the first after `until`. Clocks may change in one."""
        day = datetime.fromtimestamp(since, self.zone).date() - _DAY
        last = datetime.fromtimestamp(until, self.zone).date() + _DAY
        found: list[int] = []
        while day <= last:
            midnight = datetime.combine(day, time())
            for seconds in range(60 * self.first, 60 * self.first + burn.DAY, self.length):
                found.append(int((midnight + timedelta(seconds=seconds)).replace(tzinfo=self.zone).timestamp()))
            day += _DAY
        return found[bisect_right(found, since) - 1 : bisect_right(found, until) + 1]


class Shift(NamedTuple):
    """The pages of a shift, from `begin` until before `end`, in seconds since the epoch."""

    begin: int
    end: int
    pages: int


class Load(NamedTuple):
    """The shift with the most pages, None if there is no page; and all shifts with more than the limit, in their order."""

    most: Shift | None
    over: tuple[Shift, ...]

    def excess(self, limit: int) -> int:
        """The pages above the limit, of all shifts."""
        return sum(one.pages - limit for one in self.over)


def load(pages: Sequence[int], shifts: Shifts | None, limit: int) -> Load:
    """The load by the times at which pages begin. Without shifts, the busiest twelve hours stand for all."""
    pages = sorted(pages)
    if not pages:
        return Load(None, ())
    found = _shared(pages, shifts) if shifts else [_busiest(pages)]
    return Load(max(found, key=lambda one: one.pages), tuple(one for one in found if one.pages > limit))


def _shared(pages: Sequence[int], shifts: Shifts) -> list[Shift]:
    begins = shifts.begins(pages[0], pages[-1])
    counts = Counter(bisect_right(begins, page) for page in pages)
    return [Shift(begin, end, counts[number]) for number, (begin, end) in enumerate(pairwise(begins), 1)]


def _busiest(pages: Sequence[int]) -> Shift:
    counts = [bisect_left(pages, page + USUAL) - number for number, page in enumerate(pages)]
    first = pages[counts.index(max(counts))]
    return Shift(first, first + USUAL, max(counts))


def said(shift: Shift, shifts: Shifts | None) -> str:
    """`3 pages (2026-10-05 20:00 to 2026-10-06 08:00 Europe/Berlin)`: its hours are those of its zone."""
    zone = shifts.zone if shifts else UTC
    begin, end = (datetime.fromtimestamp(at, zone) for at in (shift.begin, shift.end))
    until = end.strftime("%H:%M" if begin.date() == end.date() else "%Y-%m-%d %H:%M")
    return f"{plural(shift.pages, 'page')} ({begin.strftime('%Y-%m-%d %H:%M')} to {until} {zone})"
