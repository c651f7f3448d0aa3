"""Cases of planned maintenance: what fails in it costs nothing, what goes on failing after it does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from slocompiler import zones
from slocompiler.ir import Maintenance, Slo
from slocompiler.record import replace
from slocompiler.targets.promtest.cases import surrounded
from slocompiler.targets.promtest.lines import named
from slocompiler.targets.promtest.scenario import COARSE, Case, Phase, series, share
from slocompiler.targets.promtest.subject import Subject
from slocompiler.targets.shared import Options

FIRST = date(1970, 1, 2)
"""The earliest day of a case: promtool's clock begins the day before."""
BEFORE, AFTER, END = 12, 2, 2
"""Ticks of good events before a maintenance, of bad ones that count after it, and of good ones at the end."""
RATE = 300
"""The seconds after a maintenance that do not count either, because rates still see it."""


def moved(slo: Slo) -> Iterator[Slo]:
    """The SLO with each of its maintenance alone, without an end and at a time that promtool reaches."""
    for one in slo.maintenance:
        day = FIRST if one.day else None
        yield replace(slo, maintenance=(replace(one, day=day, until=None),))


def cases(slo: Slo, options: Options) -> Iterator[Case]:
    """The case of an SLO with one maintenance; none if it does not fit into the window."""
    subject, (one,) = Subject(slo, options), slo.maintenance
    begins = _begins(one)
    first, last = -(-begins // COARSE.step), -(-(begins + one.lasting + RATE) // COARSE.step) - 1
    if (last - first + BEFORE + AFTER + END + 2) * COARSE.step > slo.window:
        return
    failing = last - first + 1 + AFTER
    phases = [Phase(first - 1 - BEFORE), share(BEFORE, 0), share(failing, 1), share(END, 0)]
    ratio = AFTER / (BEFORE + AFTER + END)
    end, angle = sum(phase.ticks for phase in phases), subject.angle
    checks = [
        subject.silent(last, "during maintenance"),
        *subject.near("slo:error_ratio:period", end, (ratio, ratio), angle.value),
    ]
    name = named(subject, angle, f"maintenance, {one.text}")
    yield surrounded(subject, Case(name, COARSE, series([(angle.kit, phases)], COARSE, idle=True), checks))


def _begins(of: Maintenance) -> int:
    """When it begins for the first time, in seconds since the epoch."""
    days = (FIRST + timedelta(days=n) for n in range(7))
    day = of.day or next(day for day in days if of.every in ("day", f"{day:%A}".lower()))
    return zones.moment(day, of.begins, of.zone.rule)
