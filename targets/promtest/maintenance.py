"""Cases of times that do not count, planned or excepted: what fails in one costs nothing, what fails later does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from slocompiler import zones
from slocompiler.ir import Excepted, Maintenance, Slices, Slo, Through
from slocompiler.record import replace
from slocompiler.targets.promtest import slices
from slocompiler.targets.promtest.cases import surrounded
from slocompiler.targets.promtest.lines import named
from slocompiler.targets.promtest.scenario import COARSE, Case, Phase, share
from slocompiler.targets.promtest.subject import Subject
from slocompiler.targets.shared import Options

FIRST = date(1970, 1, 2)
"""The earliest day of a case: promtool's clock begins the day before."""
BEFORE, AFTER, END = 12, 2, 2
"""Ticks of good events before a time, of bad ones that count after it, and of good ones at the end."""
RATE, COUNT = 300, 300
"""The seconds after a maintenance that do not count either, because rates still see it; after an exception, counts of rates."""


def moved(slo: Slo) -> Iterator[Slo]:
    """The SLO with each of its maintenance alone, without an end and at a time that promtool reaches; and with an exception.

    The rules of all exceptions differ in nothing but their times. Those of some values are left out, because the events of
    a case have other values, and those of journeys, which see a slice of a step for longer than a tick.
    """
    usual = replace(slo, maintenance=(), exceptions=())
    for one in slo.maintenance:
        day = FIRST if one.day else None
        yield replace(usual, maintenance=(replace(one, day=day, until=None),))
    whole = () if isinstance(slo.indicator, Through) else [one for one in slo.exceptions if not one.filter]
    for incident in whole[-1:]:
        begin = zones.DAY + incident.begin % zones.DAY
        yield replace(usual, exceptions=(replace(incident, begin=begin, end=begin + incident.end - incident.begin),))


def cases(slo: Slo, options: Options) -> Iterator[Case]:
    """The case of an SLO with one such time; none if it does not fit into the window, or slices see it for longer."""
    subject, is_judged = Subject(slo, options), isinstance(slo.indicator, Slices)
    begins, ends, late = _planned(slo.maintenance[0]) if slo.maintenance else _excepted(slo.exceptions[0])
    first, quiet, last = -(-begins // COARSE.step), -(-ends // COARSE.step) - 1, -(-(ends + late) // COARSE.step) - 1
    before = first - 1 if is_judged else BEFORE  # a condition without data can be bad
    if (last - first + before + AFTER + END + 2) * COARSE.step > slo.window or subject.slice >= RATE:
        return
    phases = [Phase(first - 1 - before), share(before, 0), share(last - first + 1 + AFTER, 1), share(END, 0)]
    counted, angle = before + AFTER + END, subject.angle
    ratio = AFTER / (counted + is_judged), AFTER / counted  # the first evaluation may be a slice too
    end = sum(phase.ticks for phase in phases)
    checks = [
        subject.silent(quiet, "while it lasts"),
        *subject.near("slo:error_ratio:period", end, ratio, angle.value),
    ]
    called = f"maintenance, {slo.maintenance[0].text}" if slo.maintenance else "an exception"
    time = slices.fine(subject, COARSE)
    found = slices.raw(subject, angle, [phase for phase in phases if phase.ticks], time, idle=True)
    yield surrounded(subject, Case(named(subject, angle, called), time, found, checks))


def _planned(of: Maintenance) -> tuple[int, int, int]:
    """When zeros begin and end, in seconds since the epoch, and for how many seconds after them counts do not count."""
    days = (FIRST + timedelta(days=n) for n in range(7))
    day = of.day or next(day for day in days if of.every in ("day", f"{day:%A}".lower()))
    begins = zones.moment(day, of.begins, of.zone.rule)
    return begins, begins + of.lasting + RATE, 0


def _excepted(of: Excepted) -> tuple[int, int, int]:
    """Likewise. A count at the end of the last piece is subtracted, too."""
    return of.begin, of.end + RATE, COUNT + 1
