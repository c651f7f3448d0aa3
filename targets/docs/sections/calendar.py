"""The section of the catalogue on planned maintenance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from slocompiler.explain import words
from slocompiler.explain.promise import name
from slocompiler.ir import Day, Maintenance, Program
from slocompiler.targets.docs.page import Link, Phrase, Section, Table
from slocompiler.visible import shown

MOST = 12
"""The number of links of a row; of more it gives the number."""
_DAYS = ("day", *(day for day in get_args(Day) if day != "day"))


def calendar(program: Program) -> Iterator[Section]:
    """The maintenance of all services: what is every day, by days of the week, then single days; nothing without any."""
    found: dict[Maintenance, list[Link]] = {}
    for service in program.services:
        counts: dict[Maintenance, int] = {}
        for one in (one for slo in service.slos for one in slo.maintenance):
            counts[one] = counts.get(one, 0) + 1
        for one, count in counts.items():
            if count == len(service.slos):
                links = [Link(shown(service.title) or service.name, (service.name,))]
            else:
                links = [Link(name(slo), (service.name, slo.name)) for slo in service.slos if one in slo.maintenance]
            found.setdefault(one, []).extend(links)
    rows = tuple(
        ((words.planned(one),), (shown(one.text),), _listed(found[one]), (shown(one.because),))
        for one in sorted(found, key=_order)
    )
    if rows:
        head = ("When", "What", "Services and SLOs", "Why it affects no user")
        yield Section("maintenance", "Maintenance calendar", (Table(head, rows, "Planned maintenance"),))


def _listed(links: list[Link]) -> Phrase:
    parts: list[str | Link] = [part for link in links[:MOST] for part in (", ", link)][1:]
    return (*parts, *([f" and {len(links) - MOST:,} more"] if len(links) > MOST else []))


def _order(of: Maintenance) -> tuple[str, int, int, str]:
    return of.day.isoformat() if of.day else "", _DAYS.index(of.every or "day"), of.begins, of.text
