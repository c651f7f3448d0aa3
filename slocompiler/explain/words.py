"""Words for all outputs: units, durations from seconds, shares, numbers."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from slocompiler import burn, moments, promql
from slocompiler.ir import Excepted, Indicator, Maintenance, RatioSlices, Slices, Slo

Unit = Literal["events", "slices of time"]
"""The unit that a budget counts."""


def delays(slos: Iterable[Slo], scrape_interval: int, evaluation_interval: int) -> str:
    """The delays that come on top of the times of `burn.detection`, for alerts of these SLOs; intervals in seconds.

    A bad event waits for a scrape, for a recording rule and for an alerting rule; with slices of time, also for the end
    of its slice.
    """
    added = scrape_interval + 2 * evaluation_interval
    about = f"{promql.rounded(Fraction(added, burn.MINUTE))} minutes" if added > burn.MINUTE else spoken(added)
    slices = {burn.slice_of(slo) for slo in slos} - {0}
    longest = f", a slice of time up to {in_full(max(slices))}" if slices else ""
    return (
        f"Times start at the first bad event. Scraping and evaluation add about {about}{longest}; "
        f"a ticket waits {in_full(burn.TICKET_WAITS)} more."
    )


def counted(of: Indicator) -> Unit:
    """The unit that is good or bad."""
    return "slices of time" if isinstance(of, Slices | RatioSlices) else "events"


def plural(count: int, word: str) -> str:
    """`1 SLO`, `2 SLOs`, `1,000 SLOs`."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def time(seconds: Fraction) -> str:
    """To the second up to an hour, to the minute up to a day, then to the hour."""
    step = 1 if seconds < burn.HOUR else burn.MINUTE if seconds < burn.DAY else burn.HOUR
    return promql.duration(round(seconds / step) * step) if seconds >= 1 else "1s"


_SPOKEN = (("day", burn.DAY), ("hour", burn.HOUR), ("minute", burn.MINUTE), ("second", 1))


def spoken(seconds: int | Fraction) -> str:
    """A duration in its two largest units, rounded down: `43 minutes 12 seconds`, `10 hours 48 minutes`, `21 days`."""
    return _joined(_units(int(seconds))[:2]) or "less than a second"


def in_full(seconds: int) -> str:
    """A duration in all its units, exact: `1 day 12 hours`."""
    return _joined(_units(seconds)) or "no time"


def _units(seconds: int) -> list[tuple[int, str]]:
    found = []
    for name, size in _SPOKEN:
        count, seconds = divmod(seconds, size)
        found.append((count, name))
    return [pair for pair in found if pair[0]]


def _joined(units: list[tuple[int, str]]) -> str:
    return " ".join(plural(count, name) for count, name in units)


TIMES = {"s": Fraction(1), "ms": Fraction(1, 1000), "us": Fraction(1, 10**6), "m": Fraction(burn.MINUTE)}
"""Seconds in each unit of time that a metric can have."""
SIZES = (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10), ("GB", 10**9), ("MB", 10**6), ("KB", 10**3))


def moment(at: int) -> str:
    """A time in seconds since the epoch, to the minute: `2026-11-28 19:40Z`."""
    return _spaced(at - at % burn.MINUTE)


def excepted(of: Excepted) -> str:
    """When an incident was that does not count: `2026-10-01 03:00Z to 2026-10-01 04:30Z`."""
    return f"{_spaced(of.begin)} to {_spaced(of.end)}"


def _spaced(at: int) -> str:
    return moments.write(at).replace("T", " ")


def planned(of: Maintenance) -> str:
    """When a maintenance is: `every Sunday from 02:00 for 1 hour, Europe/Berlin time`."""
    day = (
        f"on {of.day.isoformat()}"
        if of.day
        else f"every {of.every if of.every == 'day' else str(of.every).capitalize()}"
    )
    zone = of.zone.name if of.zone.name == "UTC" else f"{of.zone.name} time"
    until = f", until {of.until.isoformat()}" if of.until else ""
    return f"{day} from {clock(of.begins)} for {in_full(of.lasting)}, {zone}{until}"


def clock(seconds: int) -> str:
    """A time of day: `02:00`."""
    return f"{seconds // burn.HOUR:02}:{seconds % burn.HOUR // burn.MINUTE:02}"


def bound(value: Decimal, unit: str) -> str:
    """A value that others are compared with, in the unit of its metric: `300 ms`, `1 minute 30 seconds`, `5 MB`, `100,000`."""
    exact = Fraction(value)  # a Decimal has too few digits to tell whether a large one is whole
    if unit == "B":
        size, divisor = next((pair for pair in SIZES if exact and (exact / pair[1]).denominator == 1), ("B", 1))
        return f"{_exact(exact / divisor)} {size}"
    if unit not in TIMES or exact <= 0:
        return f"{_exact(exact)} {unit}".rstrip()
    seconds = exact * TIMES[unit]
    if seconds.denominator == 1:
        return in_full(int(seconds))
    return f"{promql.number(seconds)} seconds" if seconds > 1 else f"{promql.number(seconds * 1000)} ms"


def _exact(value: Fraction) -> str:
    """A number with all its digits, and its thousands apart if it is whole."""
    return f"{int(value):,}" if value.denominator == 1 else promql.number(value)


def outage(seconds: int) -> str:
    """A budget as a time of full outage."""
    return promql.duration(seconds) if seconds else "less than 1s"


def percent(share: Decimal | Fraction) -> str:
    """A share of 1 for reading: four digits."""
    return f"{promql.rounded(Fraction(share) * 100)}%"


def grouped(value: Fraction) -> str:
    """A number with its thousands apart."""
    return f"{int(value):,}" if value.denominator == 1 else promql.rounded(value)


def estimated(value: float, sign: str = "") -> str:
    """A number in three digits, with its thousands apart: `64,900`; with the sign `+`, that of a difference."""
    return f"{int(float(f'{value:.3g}')):{sign},}"


def written_in(slo: Slo) -> str:
    """The file of an SLO: `cart.slo`, or `org.slo, used at cart.slo:9` for a template's."""
    return f"{slo.source}, used at {slo.used_at}" if slo.used_at else slo.source
