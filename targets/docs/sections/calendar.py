"""The sections of the catalogue on times that do not count: planned maintenance, and incidents left out by agreement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar, get_args

from slocompiler.explain import words
from slocompiler.explain.promise import name
from slocompiler.ir import Day, Excepted, Maintenance, Program, Slo
from slocompiler.targets.docs.page import Link, Phrase, Section, Table
from slocompiler.targets.docs.sections.excluded import incident
from slocompiler.visible import shown

T = TypeVar("T")
MOST = 12
"""The number of links of a row; of more it gives the number."""
_DAYS = ("day", *(day for day in get_args(Day) if day != "day"))


def calendar(program: Program) -> Iterator[Section]:
    """The maintenance of all services: what is every day, by days of the week, then single days; nothing without any."""
    found = _linked(program, lambda slo: slo.maintenance)
    rows = tuple(
        ((words.planned(one),), (shown(one.text),), _listed(found[one]), (shown(one.because),))
        for one in sorted(found, key=_order)
    )
    if rows:
        head = ("When", "What", "Services and SLOs", "Why it affects no user")
        yield Section("maintenance", "Maintenance calendar", (Table(head, rows, "Planned maintenance"),))


def left_out(program: Program) -> Iterator[Section]:
    """The incidents of all services that do not count, the latest first; nothing without any."""
    found = _linked(program, lambda slo: slo.exceptions)
    rows = tuple(
        (incident(one), (words.in_full(one.end - one.begin),), _listed(found[one]), (shown(one.because),))
        for one in sorted(found, key=_latest)
    )
    if rows:
        head = ("When", "How long", "Services and SLOs", "Why, and who agreed")
        yield Section("excepted", "Left out by agreement", (Table(head, rows, "Incidents that do not count"),))


def _linked(program: Program, of: Callable[[Slo], tuple[T, ...]]) -> dict[T, list[Link]]:
    """What SLOs have, each with links to them, or to a service all of whose SLOs have it."""
    found: dict[T, list[Link]] = {}
    for service in program.services:
        counts: dict[T, int] = {}
        for one in (one for slo in service.slos for one in of(slo)):
            counts[one] = counts.get(one, 0) + 1
        for one, count in counts.items():
            if count == len(service.slos):
                links = [Link(shown(service.title) or service.name, (service.name,))]
            else:
                links = [Link(name(slo), (service.name, slo.name)) for slo in service.slos if one in of(slo)]
            found.setdefault(one, []).extend(links)
    return found


def _listed(links: list[Link]) -> Phrase:
    parts: list[str | Link] = [part for link in links[:MOST] for part in (", ", link)][1:]
    return (*parts, *([f" and {len(links) - MOST:,} more"] if len(links) > MOST else []))


def _order(of: Maintenance) -> tuple[str, int, int, str]:
    return of.day.isoformat() if of.day else "", _DAYS.index(of.every or "day"), of.begins, of.text


def _latest(of: Excepted) -> tuple[int, int, str]:
    return -of.begin, -of.end, of.because
