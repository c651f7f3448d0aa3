"""Pages by shifts: their hours are those of a time zone, also where its clocks change."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from slocompiler.cli.backtests import ShiftsType
from slocompiler.live.shifts import Shift, Shifts, load, said

HOUR = 3600
BERLIN = Shifts(12 * HOUR, 8 * 60, ZoneInfo("Europe/Berlin"), "12h@08:00Europe/Berlin")


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


@pytest.mark.parametrize(
    ("day", "hours", "utc"),
    [
        ("2026-10-24", [12, 13], "2026-10-24T06:00Z"),  # clocks go back in the night
        ("2026-10-25", [12, 12], "2026-10-25T07:00Z"),
        ("2026-03-28", [12, 11], "2026-03-28T07:00Z"),  # clocks go forward in the night
        ("2026-03-29", [12, 12], "2026-03-29T06:00Z"),
    ],
)
def test_shifts_begin_at_the_same_hour_when_clocks_change(day: str, hours: list[int], utc: str) -> None:
    morning = at(utc)
    begins = BERLIN.begins(morning, morning + 20 * HOUR)
    assert begins[0] == morning
    assert [(end - begin) // HOUR for begin, end in pairwise(begins)] == hours
    assert datetime.fromtimestamp(begins[1], BERLIN.zone).isoformat().startswith(f"{day}T20:00")


@pytest.mark.parametrize("length", [1, 2, 3, 4, 6, 8, 12, 24])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
def test_every_moment_is_in_one_shift(length: int, zone: str) -> None:
    shifts = Shifts(length * HOUR, 2 * 60 + 30, ZoneInfo(zone), "")
    since, until = at("2026-01-01T00:00Z"), at("2026-12-31T00:00Z")
    begins = shifts.begins(since, until)
    assert begins[0] <= since < begins[1]
    assert begins[-2] <= until < begins[-1]
    assert all(0 <= end - begin <= (length + 1) * HOUR for begin, end in pairwise(begins))


def test_a_page_belongs_to_the_shift_in_which_it_begins() -> None:
    evening = at("2026-10-24T20:00+02:00")
    pages = [evening - 1, evening, evening + 1, evening + 13 * HOUR - 1, evening + 13 * HOUR]
    found = load(pages, BERLIN, 2)
    assert found.over == (Shift(evening, evening + 13 * HOUR, 3),)
    assert (found.most, found.excess(2), load(pages, BERLIN, 3).over) == (found.over[0], 1, ())
    assert said(found.over[0], BERLIN) == "3 pages (2026-10-24 20:00 to 2026-10-25 08:00 Europe/Berlin)"
    assert load([], BERLIN, 0) == (None, ())


def test_without_shifts_it_is_the_busiest_twelve_hours() -> None:
    found = load([0, 5 * HOUR, 12 * HOUR, 16 * HOUR], None, 2)  # never more than two in a shift from 0 on
    assert found.most == Shift(5 * HOUR, 17 * HOUR, 3)
    assert said(found.most, None) == "3 pages (1970-01-01 05:00 to 17:00 UTC)"


def test_how_shifts_are_written() -> None:
    read = ShiftsType()
    assert read.convert("12h@08:00Europe/Berlin", None, None) == BERLIN
    assert read.convert("8h@06:30", None, None)[:3] == (8 * HOUR, 390, ZoneInfo("UTC"))
