"""Time zones: the table is that of a release of the IANA database, and a local time is the moment that Python knows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from slocompiler import zones
from support import zones as released

YEARS = (2027, 2028, 2029)
ZONES = {zone.key: zone for zone, _ in released.zones()}


def changes(zone: ZoneInfo, year: int) -> list[date]:
    """The days of a year on which clocks change."""
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(365))
    midnight = {day: datetime.combine(day, time(), zone).utcoffset() for day in days}
    return [day for day in midnight if midnight.get(day + timedelta(days=1), midnight[day]) != midnight[day]]


def test_table_is_that_of_the_release() -> None:
    assert released.TABLE.read_text(encoding="utf-8") == released.table(), "run `make zones`"


def test_every_zone_has_a_meaning() -> None:
    assert zones.names() == sorted(ZONES)
    assert zones.rule("Europe/Berlin") == "CET-1CEST,M3.5.0,M10.5.0/3"
    assert zones.rule("Europe/Berlim") == ""
    assert [name for name in zones.names() if zones.known_until(zones.rule(name))] == [
        "America/Havana",
        "Asia/Gaza",
        "Asia/Hebron",
        "Cuba",
    ]


@pytest.mark.parametrize("year", YEARS)
def test_local_times_are_those_of_python(year: int) -> None:
    """At every half hour of the days around a change, among them those that do not exist and those that exist twice.

    For these, Python too takes the offset before the change (`fold=0`).
    """
    changed = 0
    for name, zone in ZONES.items():
        rule, days = zones.rule(name), changes(zone, year)
        changed += len(days)
        for day in (date(year, 1, 1), date(year, 7, 1), date(year, 12, 31), *days):
            for around in (day - timedelta(days=1), day, day + timedelta(days=1)):
                for half in range(48):
                    local = datetime.combine(around, time(half // 2, half % 2 * 30), zone)
                    at = zones.moment(around, half * 1800, rule)
                    assert at == local.timestamp(), (name, local)
    assert changed > 350, "most zones with summer time change twice"


def test_known_times_end_with_a_moment() -> None:
    gaza = zones.rule("Asia/Gaza")
    spans = zones.clock(gaza).spans
    assert zones.clock(zones.until(gaza, spans[2][0])).spans == spans[:2]
    assert zones.clock(zones.until(gaza, spans[2][0] + 1)).spans == spans[:3]
    assert zones.until("CET-1CEST,M3.5.0,M10.5.0/3", 0) == "CET-1CEST,M3.5.0,M10.5.0/3"


def test_times_that_are_skipped_and_times_that_happen_twice() -> None:
    berlin = zones.rule("Europe/Berlin")
    spring, autumn = date(2027, 3, 28), date(2027, 10, 31)
    assert zones.moment(spring, 9000, berlin) - zones.moment(spring, 5400, berlin) == 3600, "02:30 is 03:30 in summer"
    assert zones.moment(autumn, 9000, berlin) - zones.moment(autumn, 5400, berlin) == 3600, "the first 02:30"
    assert zones.moment(autumn, 12600, berlin) - zones.moment(autumn, 9000, berlin) == 7200
