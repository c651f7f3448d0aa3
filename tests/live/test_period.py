"""Periods of reports: their days have the hours that clocks show in a zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from slocompiler.live.period import Period, last_quarter, period

BERLIN = ZoneInfo("Europe/Berlin")
STEP, DAY = 300, 86400
END = int(datetime(2026, 11, 1, tzinfo=BERLIN).timestamp())


def days(found: Period) -> Iterator[int]:
    """The hours of each day."""
    for _, begin, end in found.days():
        yield (end - begin) // 3600


@pytest.mark.parametrize(
    ("name", "zone", "odd"),
    [
        ("2026-03", "Europe/Berlin", {29: 23}),
        ("2026-10", "Europe/Berlin", {25: 25}),
        ("2026-11", "America/New_York", {1: 25}),
        ("2026-04", "Africa/Cairo", {24: 23}),
        ("2026-02", "Asia/Kathmandu", {}),
        ("2028-02", "UTC", {}),
    ],
)
def test_a_month_has_the_hours_of_its_days(name: str, zone: str, odd: dict[int, int]) -> None:
    """In Cairo, there is no midnight on the day on which clocks go forward."""
    found = period(name, ZoneInfo(zone), END)
    hours = {day + 1: each for day, each in enumerate(days(found))}
    assert {day: each for day, each in hours.items() if each != 24} == odd
    assert sum(hours.values()) == (found.until - found.since) // 3600


def test_an_hour_that_happens_twice_says_which() -> None:
    """Clocks go back at 03:00: without the zone, an alert could end before it begins."""
    found = period("2026-10", BERLIN, END)
    at = int(datetime(2026, 10, 25, 0, 55, tzinfo=UTC).timestamp())
    assert [found.moment(one)[11:] for one in (at - 3600, at, at + 600, at + 3600, at + 7200)] == [
        *("01:55", "02:55 CEST", "02:05 CET", "02:55 CET", "03:55"),
    ]


def test_periods_follow_each_other() -> None:
    quarters = [period(f"2026-Q{number}", BERLIN, END) for number in (1, 2, 3, 4)]
    months = [period(f"2026-{number:02}", BERLIN, END) for number in range(1, 13)]
    year = period("2026", BERLIN, END)
    for parts in (quarters, months):
        assert [one.until for one in parts] == [one.since for one in parts[1:]] + [year.until]
        assert parts[0].since == year.since
    assert [one.title for one in (quarters[2], months[0], year)] == ["Quarter 3 of 2026", "January 2026", "2026"]
    last = period("7d", UTC, END + 123)
    assert (last.until - last.since, last.until % STEP) == (7 * DAY, 0)
    for wrong in ("2026-13", "2026-Q5", "2026-1", "0d", "401d", "october", "30", "2026-10-01", "٢٠٢٦"):
        with pytest.raises(ValueError, match=wrong):
            period(wrong, UTC, END)


@pytest.mark.parametrize(
    ("now", "name"),
    [
        ("2026-01-01T00:30+01:00", "2025-Q4"),
        ("2026-03-31T23:30+02:00", "2025-Q4"),
        ("2026-04-01T00:30+02:00", "2026-Q1"),
        ("2026-12-31T12:00+01:00", "2026-Q3"),
    ],
)
def test_the_last_quarter_that_is_over(now: str, name: str) -> None:
    """By the days of the zone: an hour earlier, UTC may be in the quarter before."""
    at = int(datetime.fromisoformat(now).timestamp())
    assert last_quarter(BERLIN, at) == name
    assert period(name, BERLIN, at).until <= at
