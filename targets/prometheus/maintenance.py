"""`maintenance`: planned times as conditions on the clock of the server, in PromQL.

Where clocks change, there is a condition for each of the two offsets of the zone: the time since the maintenance began, if
that offset was right then. Whether it was follows from the date on which it began, by the rule of the zone.
"""

from __future__ import annotations

from slocompiler import zones
from slocompiler.burn import DAY
from slocompiler.ir import Maintenance
from slocompiler.targets.prometheus import schedule
from slocompiler.zones import Clock, Switch

_DAYS = ("thursday", "friday", "saturday", "sunday", "monday", "tuesday", "wednesday")
"""The days of a week that begins as the epoch does: 1970-01-01 was a Thursday."""


def holds(of: Maintenance, after: int) -> str:
    """A condition that returns something from the beginning of a maintenance to `after` seconds past its end."""
    clock = zones.clock(of.zone.rule)
    if of.day:
        begins = zones.moment(of.day, of.begins, of.zone.rule)
        return schedule.between(begins, begins + of.lasting + after)
    if clock.outer == clock.mid:
        return _lasts(of, clock.mid, after)
    mid = f"{_lasts(of, clock.mid, after)}\n    and ({_began_in_mid(of, clock, clock.mid)})"
    return f"{mid}\n  or {_lasts(of, clock.outer, after)}\n    unless ({_began_in_mid(of, clock, clock.outer)})"


def _lasts(of: Maintenance, offset: int, after: int) -> str:
    """That it lasts, or has been over for less than `after` seconds, where clocks have an offset."""
    lasts = f"vector({_elapsed(of, offset)}) < {of.lasting + after}"
    if of.until is None:
        return lasts
    end = zones.moment(of.until, DAY, of.zone.rule)
    return f"{lasts} and vector({_began(of, offset)}) < {end}"


def _elapsed(of: Maintenance, offset: int) -> str:
    """The seconds since its time of day was last, where clocks have an offset."""
    period, day = (DAY, 0) if of.every is None or of.every == "day" else (7 * DAY, _DAYS.index(of.every))
    return f"({_plus('time()', (offset - day * DAY - of.begins) % period)}) % {period}"


def _began(of: Maintenance, offset: int) -> str:
    """When that was, in seconds since the epoch."""
    return f"time() - {_elapsed(of, offset)}"


def _began_in_mid(of: Maintenance, clock: Clock, offset: int) -> str:
    """That clocks had the offset `mid` when it began, if it is right that they had `offset`."""
    began, later = _began(of, offset), offset - clock.larger
    if clock.spans:
        return "\n      or ".join(f"vector({_plus(began, later)}) >= {begin} < {end}" for begin, end in clock.spans)
    return "\n      unless ".join(
        _is_after(switch, f"vector({_plus(began, later + before - switch.seconds)})")
        for switch, before in zip(clock.switches, (clock.outer, clock.mid), strict=True)
    )


def _is_after(switch: Switch, day: str) -> str:
    """That clocks have changed this year, by a time whose days begin at the time of the change.

    The day of the month less the days since the last such weekday is the date of that weekday. Each month gets 32 days, so
    that one number is the order of all dates of a year.
    """
    since = f"({_plus(f'day_of_week({day})', 7 - switch.weekday)}) % 7" if switch.weekday else f"day_of_week({day})"
    return f"32 * month({day}) + day_of_month({day}) - {since} > {32 * switch.month + switch.before}"


def _plus(expr: str, seconds: int) -> str:
    return f"{expr} {'+' if seconds > 0 else '-'} {abs(seconds)}" if seconds else expr
