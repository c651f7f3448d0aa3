"""`maintenance`: a real Prometheus knows when one is, around every change of clocks; and what it costs, which is nothing."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from slocompiler import ir, zones
from slocompiler.record import replace
from slocompiler.targets.prometheus.maintenance import holds
from support import zones as released
from support.histograms import INF
from support.server import Prometheus
from support.shapes import COUNTED, NO_DATA, PAGE, maintenance, simulate, slo
from support.traffic import BAD, GOOD, UP, counter

HOUR, DAY, WEEK = 3600, 86400, 604800
STEP = 1800
YEARS = (2027, 2028, 2029)
PLACES = {
    "Europe/Berlin": "the north, at one o'clock UTC",
    "America/New_York": "changes at its own two o'clock",
    "Europe/Dublin": "summer is its standard time",
    "America/Santiago": "the south, on a Saturday at 24:00",
    "Australia/Lord_Howe": "half an hour",
    "Asia/Jerusalem": "a Friday, counted from a Thursday",
    "Africa/Cairo": "the last Thursday at 24:00",
    "Asia/Gaza": "no rule",
}
BOTH = ("Europe/Berlin", "Africa/Cairo")
"""The zones that both versions of Prometheus try: they read a clock in the same way."""
CLOSE = {"Europe/Berlin": (9000, 10800), "Africa/Cairo": (84600, 0, 1800, 3600)}
"""Seconds after midnight: half an hour before clocks change, and when they do, by the clock that is ahead."""
DATE = re.compile(r"vector\(time\(\) - \(time\(\)[^()]*\) % [0-9]+[^()]*\)")
ZONES = {zone.key: zone for zone, _ in released.zones() if zone.key in {*PLACES, "Asia/Kathmandu"}}


def begun(of: ir.Maintenance, days: list[date]) -> Iterator[float]:
    """When it begins on some days, as Python knows it: of a time that exists twice, the first."""
    for day in days:
        if of.every in ("day", f"{day:%A}".lower()) and (of.until is None or day <= of.until):
            yield datetime.combine(
                day, time(of.begins // HOUR, of.begins % HOUR // 60), ZONES[of.zone.name]
            ).timestamp()


def moments(server: Prometheus, expr: str, start: int, end: int, step: int = STEP) -> list[int]:
    """The moments at which a condition returns something."""
    answer = server.answer("query_range", query=expr, start=f"{start}", end=f"{end}", step=f"{step}")
    return sorted(int(at) for series in answer["result"] for at, _ in series["values"])


def lasts(server: Prometheus, of: ir.Maintenance, around: date, after: int = 0) -> tuple[list[int], list[int]]:
    """The moments of some days at which it lasts, as the server finds them and as Python does."""
    start = int(datetime.combine(around - timedelta(days=1), time(), ZONES[of.zone.name]).timestamp())
    end = start + 3 * DAY
    found = moments(server, holds(of, after), start, end)
    begins = list(begun(of, [around + timedelta(days=n) for n in range(-3, 5)]))
    expected = [
        at for at in range(start, end + 1, STEP) if any(0 <= at - begin < of.lasting + after for begin in begins)
    ]
    return found, expected


def changes(zone: str, year: int) -> list[date]:
    """The days of a year on which clocks change."""
    offsets = {
        day: datetime.combine(day, time(), ZONES[zone]).utcoffset()
        for day in (date(year, 1, 1) + timedelta(days=n) for n in range(365))
    }
    return [day for day in offsets if offsets.get(day + timedelta(days=1), offsets[day]) != offsets[day]]


@pytest.fixture
def server(every_prometheus: None, tmp_path: Path) -> Iterator[Prometheus]:
    del every_prometheus  # it chooses the program
    with Prometheus(tmp_path) as found:
        yield found


@pytest.mark.parametrize("zone", BOTH)
def test_every_hour_of_both_changes_of_three_years(server: Prometheus, zone: str) -> None:
    _every_hour(server, zone)


@pytest.mark.usefixtures("prometheus_3")
@pytest.mark.parametrize("zone", [zone for zone in PLACES if zone not in BOTH])
def test_every_hour_in_other_zones(tmp_path: Path, zone: str) -> None:
    with Prometheus(tmp_path) as found:
        _every_hour(found, zone)


def _every_hour(server: Prometheus, zone: str) -> None:
    """Around both changes of clocks in three years, a maintenance at each hour lasts exactly as long as it should."""
    days = [day for year in YEARS for day in changes(zone, year)]
    assert len(days) == 2 * len(YEARS)
    for day in days:
        for hour in range(-1, 25):  # where clocks change at midnight, hours of the days around are odd too
            around = day + timedelta(days=hour // 24)
            weekday: Any = f"{around:%A}".lower()
            of = maintenance(zone, every=weekday, begins=hour % 24 * HOUR + 1800)
            found, expected = lasts(server, of, around)
            assert found == expected, (around, hour)
            assert len(expected) == HOUR // STEP, "it lasts an hour, whatever clocks do"
        of = maintenance(zone, every="day", begins=2 * HOUR, lasting=2 * HOUR)
        assert (both := lasts(server, of, day, after=300))[0] == both[1], day


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Europe/Berlin"])
def test_ordinary_days_and_until(server: Prometheus, zone: str) -> None:
    for around in (date(2027, 1, 3), date(2027, 2, 28), date(2028, 2, 29), date(2027, 7, 4), date(2027, 12, 31)):
        for every in ("day", "sunday", "tuesday"):
            named: Any = every
            for until in (None, around - timedelta(days=1), around, around + timedelta(days=1)):
                of = maintenance(zone, every=named, until=until, begins=23 * HOUR + 1800, lasting=2 * HOUR)
                found, expected = lasts(server, of, around)
                assert found == expected, (around, every, until)


def test_a_single_day(server: Prometheus) -> None:
    day = date(2027, 3, 28)
    of = maintenance(every=None, day=day, begins=9000, lasting=2 * HOUR)
    start = int(datetime.combine(day, time(2, 30), ZONES["Europe/Berlin"]).timestamp())
    answer = server.answer("query_range", query=holds(of, 300), start=f"{start - DAY}", end=f"{start + DAY}", step="60")
    found = [int(at) for series in answer["result"] for at, _ in series["values"]]
    assert (found[0], found[-1]) == (start, start + 2 * HOUR + 240)
    assert len(found) == 125


# What it costs


@pytest.mark.usefixtures("every_prometheus")
def test_a_budget_has_no_trace_of_it(tmp_path: Path) -> None:
    _no_trace(tmp_path, "counters")


@pytest.mark.usefixtures("prometheus_3")
@pytest.mark.parametrize("name", ["histogram", "promql"])
def test_no_budget_of_another_kind_has(tmp_path: Path, name: str) -> None:
    _no_trace(tmp_path, name)


def _no_trace(folder: Path, name: str) -> None:
    """Two days of one bad request in a hundred, and an hour on Friday in which all are bad, from 01:00 UTC to 02:00.

    One SLO leaves this hour out; one looks for it by the clock of summer; one counts it.
    """
    hours = ((25, 1), (1, 100), (25, 1))
    bad, good = (counter(*((f"{long}h", abs(all_ - share)) for long, share in hours), scrape=60) for all_ in (0, 100))
    every = counter(("51h", 100), scrape=60)
    took = {f'took_seconds_bucket{{job="shop",le="{le}"}}': values for le, values in (("0.3", good), (INF, every))}
    given = {GOOD: good, BAD: bad, UP: "1x3060", **took, 'took_seconds_count{job="shop"}': every}
    shape, alerts = COUNTED[name], (replace(PAGE, share=None, ceiling=Decimal("0.5")), NO_DATA)
    slos = [
        slo(shape, name=called, over="7d", maintenance=planned, alerts=alerts)
        for called, planned in (
            ("planned", (maintenance(every="friday"),)),
            ("an-hour-early", (maintenance(every="friday", begins=HOUR),)),
            ("nothing", ()),
        )
    ]
    found = simulate(folder, slos, given, evaluate=300).timeline(
        ["slo:error_ratio:period", 'ALERTS{alertstate="firing"}'], ["26h", "51h"]
    )
    ratios = {labels["slo"]: value for labels, value in found["slo:error_ratio:period", "51h"]}
    assert ratios["shop/planned"] == pytest.approx(0.01, rel=0.005)
    assert ratios["shop/nothing"] == pytest.approx((50 * 1 + 100) / 5100, rel=0.005)
    assert ratios["shop/an-hour-early"] == pytest.approx(ratios["shop/nothing"], rel=0.02)
    fired = {labels["slo"] for labels, _ in found['ALERTS{alertstate="firing"}', "26h"]}
    assert fired == {"shop/nothing", "shop/an-hour-early"}


# Mutations: every part of the condition matters


def spans(of: ir.Maintenance, first: date, step: int) -> list[tuple[int, int]]:
    """From half an hour before it begins to half an hour after it ends by either offset, for five or eleven years, in pieces."""
    begins = int(datetime.combine(first, time(), UTC).timestamp()) + of.begins - zones.clock(of.zone.rule).larger
    count, piece = (572, 52) if step == WEEK else (1826, 166)
    return [
        (at + begins + n * STEP, at + begins + n * STEP + (piece - 1) * step)
        for n in range(-1, 6)
        for at in range(0, count * step, piece * step)
    ]


def broken(text: str) -> Iterator[tuple[str, str]]:
    """The condition with one part of it changed at a time: numbers, operators, terms. A date is the same wherever it is read."""
    dates = dict(zip("ABCD", dict.fromkeys(DATE.findall(text)), strict=False))
    plain = text
    for letter, written in dates.items():
        plain = plain.replace(written, letter)

    def filled(outline: str, other: dict[str, str]) -> str:
        return re.sub(r"\b[A-D]\b", lambda letter: (dates | other)[letter[0]], outline)

    for what, changed in (*_numbers(plain), *_words(plain)):
        yield what, filled(changed, {})
    for letter, written in dates.items():
        for what, changed in _numbers(written):
            yield f"{what} in {written}", filled(plain, {letter: changed})


def _numbers(text: str) -> Iterator[tuple[str, str]]:
    for found in re.finditer(r"\b[0-9]+\b", text):
        number = int(found[0])
        for other in (number - 1, number + 1) if number < 1000 else (number - STEP, number + STEP):
            yield f"{found[0]} → {other} at {found.start()}", text[: found.start()] + str(other) + text[found.end() :]


def _words(text: str) -> Iterator[tuple[str, str]]:
    """Other operators, and terms that are zero."""
    for old, others in {"and": ("or", "unless"), "unless": ("and", "or"), "or": ("and", "unless")}.items():
        for found in re.finditer(rf"\b{old}\b", text):
            for other in others:
                yield f"{old} → {other} at {found.start()}", text[: found.start()] + other + text[found.end() :]
    for found in re.finditer(r"\b(?:month|day_of_month|day_of_week)\b", text):
        yield f"no {found[0]} at {found.start()}", text[: found.start()] + "0 * " + text[found.start() :]


@pytest.mark.usefixtures("prometheus_3")
@pytest.mark.parametrize(("zone", "every", "step"), [("Europe/Berlin", "sunday", WEEK), ("Africa/Cairo", "day", DAY)])
def test_no_part_of_the_condition_is_idle(tmp_path: Path, zone: str, every: Any, step: int) -> None:
    close = [maintenance(zone, every=every, begins=begins) for begins in CLOSE[zone]]
    first = date(2026, 1, 4)
    asked = [(number, span) for number, of in enumerate(close) for span in spans(of, first, step)]
    with Prometheus(tmp_path) as server:
        known = {(number, span): moments(server, holds(close[number], 0), *span, step=step) for number, span in asked}
        for number, of in enumerate(close):
            begins = sorted(begun(of, [first + timedelta(days=n) for n in range(-7, 4100)]))
            for start, end in spans(of, first, step):
                expected = [at for at in range(start, end + 1, step) if at - begins[bisect(begins, at) - 1] < HOUR]
                assert known[number, (start, end)] == expected
        idle = []
        for changed in zip(*(broken(holds(of, 0)) for of in close), strict=True):
            found = (one for one in asked if moments(server, changed[one[0]][1], *one[1], step=step) != known[one])
            tells = next(found, None)
            asked.sort(key=lambda one: one != tells)  # what told one change tells others
            idle += [changed[0][0]] * (tells is None)
        assert idle == []
