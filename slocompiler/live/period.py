"""Periods of a calendar in a time zone: a month, a quarter, a year, or the days until now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from slocompiler.burn import DAY, MINUTE
from slocompiler.ir import Excepted, Slo

TILE = 5 * MINUTE
"""Days until now end at a multiple of it, as counts do."""
LONGEST = 400
"""The most days of a period."""
FORM = "write a month, a quarter, a year or days until now, such as 2026-10, 2026-Q3, 2026 or 30d"
_FORM = re.compile(r"([12][0-9]{3})(?:-(0[1-9]|1[0-2])|-Q([1-4]))?|([1-9][0-9]{0,2})d")
_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905  # twelve quoted names read worse


class Period(NamedTuple):
    """The time after `since`, up to `until`, in seconds since the epoch."""

    name: str
    """As it was written, such as 2026-10."""
    title: str
    """As people say it, such as October 2026."""
    since: int
    until: int
    zone: tzinfo

    def local(self, at: int) -> datetime:
        """A time in the zone of the period."""
        return datetime.fromtimestamp(at, self.zone)

    def moment(self, at: int) -> str:
        """The same to the minute: `2026-10-03 14:05`. An hour that happens twice has its zone: `02:05 CET`."""
        found = self.local(at)
        twice = found.replace(fold=0).utcoffset() != found.replace(fold=1).utcoffset()
        return found.strftime("%Y-%m-%d %H:%M %Z" if twice else "%Y-%m-%d %H:%M")

    def excepted(self, slo: Slo) -> list[Excepted]:
        """The incidents of an SLO in the period that are left out by agreement."""
        return [one for one in slo.exceptions if one.begin < self.until and self.since < one.end]

    def days(self) -> Iterator[tuple[str, int, int]]:
        """Each day with its begin and its end. A day on which clocks change has 23 or 25 hours."""
        day = self.local(self.since).date()
        while (begin := _midnight(day, self.zone)) < self.until:
            end = _midnight(day + timedelta(days=1), self.zone)
            yield day.isoformat(), max(begin, self.since), min(end, self.until)
            day += timedelta(days=1)


def period(name: str, zone: tzinfo, now: int) -> Period:
    """The period of that name. Raises ValueError if it is none."""
    found = _FORM.fullmatch(name)
    if not found or int(found[4] or 0) > LONGEST:
        raise ValueError(name)
    year, month, quarter, days = found.groups()
    if days:
        now = now // TILE * TILE
        return Period(
            name, f"The last {days} days" if days != "1" else "The last day", now - int(days) * DAY, now, zone
        )
    begin, months = (int(month), 1) if month else (3 * int(quarter) - 2, 3) if quarter else (1, 12)
    title = f"{_MONTHS[begin - 1]} {year}" if month else f"Quarter {quarter} of {year}" if quarter else year
    after = int(year) * 12 + begin - 1 + months
    first, last = date(int(year), begin, 1), date(after // 12, after % 12 + 1, 1)
    return Period(name, title, _midnight(first, zone), _midnight(last, zone), zone)


def last_quarter(zone: tzinfo, now: int) -> str:
    """The name of the last quarter that is over, such as 2026-Q3."""
    today = datetime.fromtimestamp(now, zone)
    year, quarter = divmod(today.year * 4 + (today.month - 1) // 3 - 1, 4)
    return f"{year}-Q{quarter + 1}"


def _midnight(day: date, zone: tzinfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp())
