"""Slices that are good while enough of their events are: every minute weighs the same, but for those without events."""

from collections.abc import Mapping
from itertools import product
from pathlib import Path

import pytest

from slocompiler import ir
from slocompiler.record import replace
from support.histograms import INF, histogram
from support.promtool import Simulation
from support.shapes import NO_DATA, PAGE, RATIO, RAW, THRESHOLD, code, recorded, simulate, sliced, slo, stream
from support.traffic import BAD, GOOD, UP, counter

pytestmark = pytest.mark.usefixtures("every_prometheus")

EVENTS, ERRORS, PERIOD = "slo:events:rate5m", "slo:errors:rate5m", "slo:error_ratio:period"
LETTERS: dict[tuple[float | None, float | None], str] = {
    (1, 0): "g",
    (1, 1): "b",
    (0, 0): ".",
    (1, None): "?",
    (None, None): "-",
}
Minute = tuple[int, int]
"""Requests, and how many of them fail."""


def requests(*minutes: tuple[int, Minute], good: str = GOOD, bad: str = BAD) -> dict[str, str]:
    """Counters that are scraped twice a minute, for phases of traffic: minutes, events and errors a minute."""
    paces = [(f"{count}m", total - failed, failed) for count, (total, failed) in minutes]
    return {
        good: counter(*((lasts, passed) for lasts, passed, _ in paces)),
        bad: counter(*((lasts, failed) for lasts, _, failed in paces)),
    }


def judged(simulation: Simulation, count: int) -> dict[str, str]:
    """What is recorded of each minute: `g` good, `b` bad, `.` idle, `?` not known which, `-` nothing."""
    at = [f"{minute}m" for minute in range(1, count + 1)]
    events, errors = recorded(simulation, EVENTS, at), recorded(simulation, ERRORS, at)
    none: list[float | None] = [None] * count
    pairs = {name: zip(found, errors.get(name, none), strict=True) for name, found in events.items()}
    return {name: "".join(LETTERS[pair] for pair in each) for name, each in pairs.items()}


class TestVerdicts:
    """Which minutes are good."""

    def test_of_counters(self, tmp_path: Path) -> None:
        # A tenth may fail: just that is good. What is idle is neither.
        minutes = [(0, 0), (100, 0), (100, 10), (100, 12), (10, 1), (2, 2), (0, 0), (0, 0), (1000, 100), (1000, 102)]
        given = requests(*((1, (2 * total, 2 * failed)) for total, failed in minutes))
        good = ir.Ratio(total=(stream("requests_total"),), side="good", part=(stream("requests_total", any=(code("2.."),)),))  # fmt: skip  # one expression
        shapes = {"bad": RATIO, "good": good, "raw": RAW, "good-raw": replace(RAW, side="good", part=RAW.part.replace("5..", "2.."))}  # fmt: skip  # one expression
        simulation = simulate(tmp_path, [slo(sliced(one), name=name) for name, one in shapes.items()], given, 30)
        assert judged(simulation, 10) == dict.fromkeys(shapes, ".ggbgb..gb")

    def test_just_enough(self, tmp_path: Path) -> None:
        # Floats must not matter: exactly this many requests a minute may fail, and not one more.
        shares = {"0.9": 100, "0.7": 300, "0.99": 10, "0.999": 1}
        given, expected = {}, {}
        for total, (share, failed) in product((1000, 3000, 7000, 13_000), shares.items()):
            route = f"{total}-{share}"
            names = {side: name.replace("}", f',route="{route}"}}') for side, name in (("good", GOOD), ("bad", BAD))}
            just = failed * total // 1000
            given |= requests((1, (0, 0)), (2, (2 * total, 2 * just)), (2, (2 * total, 2 * just + 2)), **names)
            expected[share, route] = [0, 0, 0, 1, 1]
        shapes = [slo(sliced(at_least=share), name=f"s{share[2:]}", per=("route",)) for share in shares]
        found = simulate(tmp_path, shapes, given, 30).timeline([ERRORS], [f"{minute}m" for minute in range(1, 6)])
        got: dict[tuple[str, str], list[float]] = {}
        for labels, value in (sample for samples in found.values() for sample in samples):
            share = "0." + labels["slo"].removeprefix("shop/s")
            got.setdefault((share, labels["route"]), []).append(value)
        assert {key: values for key, values in got.items() if key in expected} == expected

    def test_of_a_histogram(self, tmp_path: Path) -> None:
        given = histogram("took_seconds", {'code="200",': {"0.3": (95, 80), INF: (100, 100)}}, ("3m", "2m"))
        shapes = {"bucket": THRESHOLD, "none": replace(THRESHOLD, bound=THRESHOLD.bound + 1)}
        simulation = simulate(tmp_path, [slo(sliced(one), name=name) for name, one in shapes.items()], given, 60)
        # Of a bound that is no bucket nobody knows, idle or not.
        assert judged(simulation, 5) == {"bucket": "gggbb"}

    def test_without_a_series(self, tmp_path: Path) -> None:
        # No counter of errors, or none at all.
        given = requests((3, (60, 0)))
        del given[BAD]
        assert judged(simulate(tmp_path, [slo(sliced())], given, 30), 3) == {"answers": "ggg"}
        assert judged(simulate(tmp_path, [slo(sliced())], {UP: "1x9"}, 30), 3) == {}

    def test_no_scrape_is_lost(self, tmp_path: Path) -> None:
        # Scrapes come every 45 s, slices end every minute: whenever a burst of errors is, one of the slices sees it.
        given = {}
        for scrape in range(1, 17):
            bad = f"0x{scrape - 1} 50x{20 - scrape}"
            given[GOOD.replace("}", f',route="{scrape}"}}')] = "0+50x20"
            given[BAD.replace("}", f',route="{scrape}"}}')] = bad
        simulation = simulate(tmp_path, [slo(sliced(), per=("route",))], given, 45)
        found = simulation.timeline([EVENTS, ERRORS], [f"{minute}m" for minute in range(1, 14)])
        assert {value for (name, _), samples in found.items() if name == EVENTS for _, value in samples} == {1}
        bad = [labels["route"] for (name, _), samples in found.items() if name == ERRORS for labels, value in samples if value]  # fmt: skip  # one expression
        assert set(bad) == {str(scrape) for scrape in range(1, 17)}
        assert {bad.count(route) for route in bad} <= {1, 2}

    def test_late_series(self, tmp_path: Path) -> None:
        # Errors that a counter is born with count where the option says so, in their slice.
        instance = 'job="shop",instance="a"'
        given = {
            f'requests_total{{{instance},code="200"}}': "0+60x20",
            f'requests_total{{{instance},code="500"}}': "_x10 60+0x10",
            f"up{{{instance}}}": "1x20",
        }
        found = [judged(simulate(tmp_path, [slo(sliced())], given, 30, late=late), 7) for late in (False, True)]
        assert found == [{"answers": "ggggggg"}, {"answers": "ggggbgg"}]


class TestBudgets:
    """Minutes, not events: a bad one at night costs as much as one at noon."""

    def test_day_and_night(self, tmp_path: Path) -> None:
        # An hour at noon, one that is idle, one at night with a thousandth of the traffic; six bad minutes in each of two.
        day = [(27, (60_000, 0)), (6, (60_000, 9_000)), (27, (60_000, 0))]
        night = [(27, (60, 0)), (6, (60, 60)), (27, (60, 0))]
        simulation = simulate(tmp_path, [slo(sliced())], requests(*day, (70, (0, 0)), *night), 30)
        hours = recorded(simulation, "slo:error_ratio:rate1h", ["1h", "2h5m", "3h10m"])["answers"]
        assert hours == [pytest.approx(0.1), None, pytest.approx(0.1)]
        assert recorded(simulation, PERIOD, ["3h10m"])["answers"] == [pytest.approx(12 / 120, rel=0.05)]

    def test_pages(self, tmp_path: Path) -> None:
        # 14.4 % of an hour are more than eight minutes.
        shape = slo(sliced(), alerts=(PAGE,))
        given = requests((120, (100, 4)), (20, (100, 50)), (10, (100, 4)))
        found = simulate(tmp_path, [shape], given, 30).alerts(["SLOBurn"], ["2h8m", "2h9m", "2h20m", "2h42m"])
        assert [len(alerts) for alerts in found.values()] == [0, 1, 1, 0]
        (page,) = found["SLOBurn", "2h20m"]
        description = page["annotations"]["description"]
        assert "\n100% of minutes are bad now, " in description
        assert 'Measured: 1m slices (good when 90% of requests_total{job="shop"} are good)' in description

    def test_each_value(self, tmp_path: Path) -> None:
        given = {}
        for route, traffic in {"buy": [(5, (100, 50)), (5, (100, 0))], "list": [(5, (0, 0)), (5, (9000, 0))]}.items():
            names = {side: name.replace("}", f',route="{route}"}}') for side, name in (("good", GOOD), ("bad", BAD))}
            given |= requests(*traffic, **names)
        simulation = simulate(tmp_path, [slo(sliced(), per=("route",))], given, 30)
        found = simulation.timeline([EVENTS, ERRORS], ["4m", "8m"])
        values = [{labels["route"]: value for labels, value in samples} for samples in found.values()]
        assert values == [{"buy": 1, "list": 0}, {"buy": 1, "list": 1}, {"buy": 1, "list": 0}, {"buy": 0, "list": 0}]


class TestNoData:
    """Gone is not idle."""

    def tickets(self, folder: Path, shape: ir.Slo, given: Mapping[str, str], at: list[str]) -> list[int]:
        simulation = simulate(folder, [replace(shape, alerts=(NO_DATA,))], given, 30)
        return [len(alerts) for alerts in simulation.alerts(["SLONoData"], at).values()]

    def test_gone(self, tmp_path: Path) -> None:
        given = {name: f"{values} stale" for name, values in requests((60, (100, 0))).items()} | {UP: "1x120 0x120"}
        assert self.tickets(tmp_path, slo(sliced()), given, ["1h", "1h14m", "1h18m"]) == [0, 0, 1]

    def test_idle(self, tmp_path: Path) -> None:
        given = requests((60, (100, 0)), (120, (0, 0))) | {UP: "1x360"}
        assert self.tickets(tmp_path, slo(sliced()), given, ["1h30m", "3h"]) == [0, 0]

    def test_a_bound_that_is_no_bucket(self, tmp_path: Path) -> None:
        given = {name.replace('job="shop",', 'job="shop",code="200",'): "0+50x180" for name in histogram("took_seconds", {"": {"0.5": (1,), INF: (1,)}}, ["1m"])}  # fmt: skip  # one expression
        shape = slo(sliced(THRESHOLD))
        assert self.tickets(tmp_path, shape, given | {UP: "1x180"}, ["10m", "20m", "1h"]) == [0, 1, 1]
