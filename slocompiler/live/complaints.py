"""What users said, against the budget: the days on which they complained and it did not move, and the other way round.

The budget of a day moved if its burn rate was above 1: the share of bad events of that day, in UTC, was more than the target
allows. Of the values of the `per` labels, the one with the highest burn rate counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from slocompiler import burn
from slocompiler.explain import words
from slocompiler.ir import Feedback, Program
from slocompiler.live.sums import Sums, ratio

LISTED = 5
"""The number of complaints that are listed with their words."""


class Day(NamedTuple):
    """A day in UTC with events; a first or a last one may be a part of a day."""

    day: date
    burn: float
    """How many times as fast as the target allows the budget was spent."""
    bad: float
    """The share of bad events."""

    @property
    def moved(self) -> bool:
        """Whether more than the share of a day was spent of the budget."""
        return self.burn > 1


class Heard(NamedTuple):
    """What users said of the days of an SLO."""

    days: tuple[Day, ...]
    said: tuple[Feedback, ...]
    """That of these days, and of days without data between them."""

    def number(self, complained: bool, moved: bool) -> int:
        """The number of days with or without a complaint on which the budget moved, or did not."""
        spoken = {one.day for one in self.said}
        return sum((one.day in spoken) == complained and one.moved == moved for one in self.days)

    @property
    def complaints(self) -> int:
        """The number of days on which users complained."""
        return len({one.day for one in self.said})


def days(pasts: Sequence[tuple[Sums, Decimal]], start: int, end: int) -> Iterator[Day]:
    """The days with events of an SLO between two times, from the tiles and the target of each value."""
    for begin in range(start // burn.DAY * burn.DAY, end, burn.DAY):
        since, until = max(begin, start), min(begin + burn.DAY, end)
        found = ((ratio(sums.over(until - since, until)), target) for sums, target in pasts)
        shares = [(bad / float(burn.budget(target)), bad) for bad, target in found if bad is not None]
        if shares:
            yield Day(datetime.fromtimestamp(begin, UTC).date(), *max(shares))


def by_slo(program: Program) -> dict[str, tuple[Feedback, ...]]:
    """What users said of each SLO, by its id. SLOs of services without any feedback are absent."""
    return {
        slo.id: tuple(one for one in service.feedback if slo.name in one.on)
        for service in program.services
        if service.feedback
        for slo in service.slos
    }


def heard(found: Sequence[Day], said: Iterable[Feedback]) -> Heard:
    """What users said of some days."""
    first, last = (found[0].day, found[-1].day) if found else (date.max, date.min)
    return Heard(tuple(found), tuple(one for one in said if first <= one.day <= last))


# Words


def rows(of: Heard) -> list[tuple[str, str, str]]:
    """The table of both questions: did users complain, did the budget move?"""

    def row(who: str, complained: bool) -> tuple[str, str, str]:
        moved, still = (words.plural(of.number(complained, moved), "day") for moved in (True, False))
        return who, moved, still

    heads = ("", "the budget moved", "it did not move")
    return [heads, row("users complained", True), row("nobody complained", False)]


def sentences(of: Heard) -> Iterator[str]:
    """What that says of the SLO and of its target; nothing if nobody complained."""
    if not of.said:
        return
    if blind := of.number(complained=True, moved=False):
        yield f"On {words.plural(blind, 'day')} users complained and the budget did not move: the SLO may be blind to it."
    if quiet := of.number(complained=False, moved=True):
        yield (
            f"On {words.plural(quiet, 'day')} the budget moved and nobody complained: "
            "the target may be too strict, or nobody could tell."
        )
    spoken = {one.day for one in of.said}
    loud = [1 - one.bad for one in of.days if one.day in spoken]
    calm = [1 - one.bad for one in of.days if one.day not in spoken]
    if loud and calm and max(loud) < min(calm):
        yield f"Users complained on days with up to {max(loud):.4%} good, not on days with {min(calm):.4%} and more."
    elif loud and calm:
        yield (
            f"No target parts these days: users complained on one with {max(loud):.4%} good, "
            f"and not on one with {min(calm):.4%}."
        )


def quotes(of: Heard) -> Iterator[str]:
    """The complaints that the budget does not show, with their words."""
    known = {one.day: one for one in of.days}
    hidden = [one for one in of.said if one.day not in known or not known[one.day].moved]
    for one in hidden[:LISTED]:
        good = f"{1 - known[one.day].bad:.4%} good" if one.day in known else "no data"
        yield f"{one.day.isoformat()}, {good}: {one.text}"
    if len(hidden) > LISTED:
        yield f"{len(hidden) - LISTED:,} more, with `--format json`"


def as_json(found: Sequence[Day], said: Mapping[str, Iterable[Feedback]], id: str) -> dict[str, Any] | None:
    """The days and what users said of each; None for an SLO of a service without feedback."""
    if id not in said:
        return None
    of = heard(found, said[id])
    known = {one.day: one for one in of.days}
    return {
        "days": [
            {
                "day": day.isoformat(),
                "burn": round(known[day].burn, 6) if day in known else None,
                "bad": round(known[day].bad, 9) if day in known else None,
                "moved": known[day].moved if day in known else None,
                "said": [one.text for one in of.said if one.day == day],
            }
            for day in sorted({*known, *(one.day for one in of.said)})
        ],
        "table": {
            f"{who}_{what}": of.number(complained, moved)
            for who, complained in (("complained", True), ("quiet", False))
            for what, moved in (("moved", True), ("still", False))
        },
    }
