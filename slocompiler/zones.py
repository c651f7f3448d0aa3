"""Time zones: when their clocks change, from a table that ships with the package, so that a build is the same everywhere.

A zone has a rule as POSIX writes it in TZ, such as `CET-1CEST,M3.5.0,M10.5.0/3`. Two zones have none, as their days are
decided year by year; in place of the rule stand the times that are known, such as `EET-2EEST,1774652400-1792789200,…`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime
from functools import cache
from typing import NamedTuple

from slocompiler.pattern import lazy_pattern
from slocompiler.resources import resource

DAY = 86400
_RULE = lazy_pattern(r"(?:[A-Za-z]+|<[^>]+>)([+-]?[0-9:]+)(?:(?:[A-Za-z]+|<[^>]+>)([+-]?[0-9:]+)?,(.+))?")
"""A rule: the offset in winter, the offset in summer, and when it changes."""


class Switch(NamedTuple):
    """The moment of a year at which clocks change: the `week`-th `weekday` of a `month` (0 is Sunday, 5 the last)."""

    month: int
    week: int
    weekday: int
    seconds: int
    """The time after midnight by the clock before the change; it can be in another day."""

    @property
    def before(self) -> int:
        """The day of the month up to which the last such weekday is before the change."""
        return 7 * (self.week - 1) if self.week < 5 else monthrange(2026, self.month)[1] - 7


class Clock(NamedTuple):
    """The offsets of a zone from UTC, in seconds: `outer` from the end of a year to the beginning of the next, `mid` between."""

    outer: int
    mid: int
    switches: tuple[Switch, ...] = ()
    """The changes of each year from `outer` to `mid`, and back; empty if clocks never change or if there is no rule."""
    spans: tuple[tuple[int, int], ...] = ()
    """Without a rule, the times of `mid`, in seconds since the epoch."""

    @property
    def larger(self) -> int:
        """The larger offset. At a local time, the zone has the offset that is in force at that time less this one.

        So a time that a change skips is as by the clock before, and of a time that happens twice it is the first, as RFC
        5545 has it in 3.3.5.
        """
        return max(self.outer, self.mid)


@cache
def _table() -> dict[str, str]:
    rows = (line.split() for line in resource("slocompiler", "zones.txt").splitlines() if not line.startswith("#"))
    return {name: rule for rule, *names in rows for name in names}


def names() -> list[str]:
    """The names of all zones."""
    return sorted(_table())


def rule(name: str) -> str:
    """The rule of a zone; "" if there is no such zone."""
    return _table().get(name, "")


@cache
def clock(rule: str) -> Clock:
    """The meaning of a rule."""
    found = _RULE.fullmatch(rule)
    assert found, f"{rule} is a rule"
    winter = -_seconds(found[1])
    if not found[3]:
        return Clock(winter, winter)
    summer = -_seconds(found[2]) if found[2] else winter + 3600
    changes = found[3].split(",")
    if not changes[0].startswith("M"):
        return Clock(winter, summer, spans=tuple((int(a), int(b)) for a, _, b in (x.partition("-") for x in changes)))
    begin, end = map(_switch, changes)
    if begin.month < end.month:
        return Clock(winter, summer, (begin, end))
    return Clock(summer, winter, (end, begin))


def until(rule: str, moment: int) -> str:
    """A rule without the known times that begin after a moment; one that needs none is unchanged."""
    head, *changes = rule.split(",")
    if changes and not changes[0].startswith("M"):
        changes = [one for one in changes if int(one.partition("-")[0]) < moment]
    return ",".join((head, *changes))


def known_until(rule: str) -> date | None:
    """The last day for which a zone without a rule is known; None if it has a rule."""
    spans = clock(rule).spans
    return datetime.fromtimestamp(spans[-1][1], UTC).date() if spans else None


def known_since(rule: str) -> date:
    """The first day for which a zone without a rule is known."""
    return datetime.fromtimestamp(clock(rule).spans[0][0], UTC).date()


def moment(day: date, seconds: int, rule: str) -> int:
    """The seconds since the epoch at a local time, `seconds` after midnight."""
    of = clock(rule)
    local = _since_epoch(day) + seconds
    return local - (of.mid if _is_mid(of, local - of.larger, day.year) else of.outer)


def _since_epoch(day: date) -> int:
    return (day.toordinal() - date(1970, 1, 1).toordinal()) * DAY


def _is_mid(of: Clock, at: int, year: int) -> bool:
    """Whether the offset is `mid` at a time in seconds since the epoch. No zone changes its clocks near the end of a year."""
    if not of.switches:
        return any(begin <= at < end for begin, end in of.spans)
    first, second = (
        _change(switch, year) - offset for switch, offset in zip(of.switches, (of.outer, of.mid), strict=True)
    )
    return first <= at < second


def _change(switch: Switch, year: int) -> int:
    """The local time of a change, in seconds since the epoch."""
    numbers = range(1, monthrange(year, switch.month)[1] + 1)
    days = [day for day in numbers if date(year, switch.month, day).isoweekday() % 7 == switch.weekday]
    return _since_epoch(date(year, switch.month, days[min(switch.week, len(days)) - 1])) + switch.seconds


def _switch(text: str) -> Switch:
    found = re.fullmatch(r"M([0-9]+)\.([0-9])\.([0-9])(?:/([0-9:+-]+))?", text)
    assert found, f"{text} is a change of clocks"
    return Switch(int(found[1]), int(found[2]), int(found[3]), _seconds(found[4] or "2"))


def _seconds(text: str) -> int:
    """`-9:30` in seconds."""
    hours, _, minutes = text.lstrip("+-").partition(":")
    return (-1 if text.startswith("-") else 1) * (int(hours) * 3600 + int(minutes or 0) * 60)
