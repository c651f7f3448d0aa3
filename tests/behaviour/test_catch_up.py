"""Catch-up: what a crash of Prometheus makes recorded rates forget, five-minute counts remember."""

import time
from collections.abc import Iterator, Sequence
from math import isnan
from pathlib import Path

import pytest

from support import binaries
from support.exporter import Exporter
from support.haste import SCRAPE, hastened, made
from support.promtool import Simulation
from support.server import Prometheus
from support.traffic import BAD, EVENTS, GOOD, UP, Phase, counter, counters, only

HASTE = 240
"""So many times faster than life: an hour is 15 seconds, a scrape or an evaluation comes every 125 ms."""
BURST = 1000
OUTAGE, MOMENT = 600 / HASTE, 90 / HASTE
WAIT = 40
HOUR = 3600 // HASTE
COUNTED = "slo:errors:increase5m"


def server_of(folder: Path, exporter: Exporter, rules: Sequence[str]) -> Prometheus:
    every = f"{SCRAPE * 1000 // HASTE}ms"
    return Prometheus(
        folder,
        rules=rules,
        scrape_interval=every,
        evaluation_interval=every,
        scrape_targets={"shop": [exporter.address]},
    )


class TestCrashes:
    """Servers that are killed while requests fail. They wait for long: one is of Prometheus 2, and the other one of 3."""

    @pytest.fixture(scope="class")
    @staticmethod
    def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Prometheus, Exporter]]:
        """A server that becomes two hours old while the first test runs, with catch-up and without it."""
        texts = [hastened(made(name, name == "mended"), HASTE) for name in ("mended", "plain")]
        texts.append(hastened(made("late", True, body=EVENTS.replace("500", "503")), HASTE))
        with Exporter(10, 1) as exporter, server_of(tmp_path_factory.mktemp("old"), exporter, texts) as server:
            yield server, exporter

    @pytest.mark.usefixtures("old")
    def test_a_missed_count_is_made_up_for(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without catch-up, a restart or a rename just before a count loses nothing of what was recorded."""
        monkeypatch.setenv("PROMETHEUS", str(binaries.prometheus(binaries.PROMETHEUS_3)))
        recorded = f"sum(sum_over_time(slo:errors:rate5m[1h])) * {SCRAPE / HASTE}"
        counts = f'count_over_time({COUNTED}{{service="renamed"}}[1h])'
        pending = (
            'timestamp(slo:errors:rate5m{service="plain"} > 0) - on(service) '
            f'timestamp({COUNTED}{{service="plain"}}) > {240 / HASTE}'
        )
        texts = [hastened(made("plain", False), HASTE)]
        with Exporter(20, 10) as exporter, server_of(tmp_path, exporter, texts) as server:
            for _ in range(3):
                server.wait_for(lambda: server.query(pending), WAIT, "four minutes that are in no count")
                server.kill()
                time.sleep(MOMENT)  # what is waited for is that the moment of the next count passes
                server.start()
            server.wait_for(lambda: server.query(pending), WAIT, "four minutes that are in no count")
            server.reload([hastened(made("renamed", False, former="plain"), HASTE)])
            server.wait_for(lambda: server.query(f"{counts} >= 2"), WAIT, "counts under the new name")
            exporter.pace(0, 0)
            server.wait_for(lambda: server.query(f"sum(increase({BAD}[2s])) == 0"), WAIT, "rest")
            last = only(server.query(counts))
            server.wait_for(lambda: only(server.query(counts)) >= last + 3, WAIT, "the last counts")
            truth, found = only(server.query(recorded)), self.total(server, "plain|renamed")
        print(f"{exporter.failed} errors in {exporter.scrapes} scrapes, {truth:.0f} recorded, {found:.0f} counted")
        assert found == pytest.approx(truth, rel=0.02)

    def test_errors_of_an_outage_are_counted(self, old: tuple[Prometheus, Exporter]) -> None:
        server, exporter = old
        # Nearly an hour's 120: a busy machine skips some.
        steady = f'count_over_time(slo:events:rate5m{{service="mended"}}[{HOUR}s]) >= 110'
        server.wait_for(lambda: server.query(steady), WAIT, "hour without a gap")
        begun = f'count_over_time({COUNTED}{{service="mended"}}[{HOUR}s] offset {HOUR}s) > 6'
        server.wait_for(lambda: server.query(begun), WAIT, "two hours of counts")
        for new in (0, BURST):
            self.crash(server, exporter, new)
        exporter.pace(0, 0)
        server.wait_for(lambda: server.query(f"sum(increase({BAD}[2s])) == 0"), WAIT, "rest")
        self.some_counts(server)
        found = {name: self.total(server, name) for name in ("mended", "plain", "late")}
        truth = exporter.failed
        print(f"{truth} errors; counted with catch-up {found['mended']:.0f}, without {found['plain']:.0f}")
        assert found["mended"] == pytest.approx(truth, rel=0.02)
        assert found["plain"] < truth - 2 * BURST * 0.9
        assert found["late"] == pytest.approx(BURST, rel=0.02), "errors of a series that begins in the outage"

    def test_a_rename_loses_and_repeats_nothing(self, old: tuple[Prometheus, Exporter]) -> None:
        """Requests fail all the time, and the first count under the new name has all that those before it lack."""
        server, exporter = old
        names, ratio = {"mended": "renamed", "plain": "repaired"}, 'slo:error_ratio:period{service="NAME"}'
        steady = (
            f'count_over_time(slo:events:rate5m{{service="mended"}}[{HOUR * 2 // 3}s] offset {HOUR * 5 // 3}s) > 70'
        )
        server.wait_for(lambda: server.query(steady), WAIT, "forty minutes without a gap, two hours ago")
        before, failed = {name: self.total(server, name) for name in names}, exporter.failed
        exporter.pace(20, 10)
        self.some_counts(server)
        was = {name: only(server.query(ratio.replace("NAME", name))) for name in names}
        server.reload([hastened(made(new, name == "mended", former=name), HASTE) for name, new in names.items()])
        counts = f'count_over_time({COUNTED}{{service="renamed"}}[1h])'
        server.wait_for(lambda: server.query(f"{counts} >= 2"), WAIT, "counts under the new name")
        exporter.pace(0, 0)
        server.wait_for(lambda: server.query(f"sum(increase({BAD}[2s])) == 0"), WAIT, "rest")
        self.some_counts(server, "renamed")
        truth = exporter.failed - failed
        for name, new in names.items():
            found = self.total(server, f"{name}|{new}") - before[name]
            print(f"{truth} errors around the rename; {name} counted {found:.0f}")
            assert found == pytest.approx(truth, rel=0.04)
            least = only(server.query(f"min_over_time({ratio.replace('NAME', new)}[1h])"))
            assert least >= was[name] * 0.9, "the history goes on from the first ratio on"

    def crash(self, server: Prometheus, exporter: Exporter, new: int) -> None:
        """Errors come while nobody looks, for longer than five minutes, and a series begins with so many of them."""
        server.kill()
        exporter.fail(BURST)
        exporter.begin(new)
        time.sleep(OUTAGE)  # what is waited for is that the clock goes on
        server.start()
        self.some_counts(server)

    def some_counts(self, server: Prometheus, name: str = "mended") -> None:
        """Wait for a few counts of five minutes."""
        counts = f'count_over_time({COUNTED}{{service="{name}"}}[1h])'
        before = only(server.query(counts))
        server.wait_for(lambda: only(server.query(counts)) >= before + 3, WAIT, "counts")

    def total(self, server: Prometheus, name: str) -> float:
        return only(server.query(f'sum(sum_over_time({COUNTED}{{service=~"{name}"}}[1h]))'))


@pytest.mark.usefixtures("every_prometheus")
class TestSteadyState:
    """Without a gap both count the same; promtool evaluates every five minutes, which is an interval that may be.

    Counts end one evaluation earlier, so what is counted until a time is read five minutes later.
    """

    def simulation(self, folder: Path, series: dict[str, str], body: str = EVENTS) -> Simulation:
        """Both at once."""
        for name in ("mended", "plain"):
            (folder / f"{name}.yaml").write_text(made(name, name == "mended", 300, body), encoding="utf-8")
        files = [folder / "mended.yaml", folder / "plain.yaml"]
        return Simulation(files, series, interval="60s", evaluation_interval="300s")

    def both(self, simulation: Simulation, expr: str, at: list[str]) -> list[tuple[float, float]]:
        exprs = [expr.replace("{", f'{{service="{name}",').replace(",}", "}") for name in ("mended", "plain")]
        found = simulation.timeline(exprs, at)
        return [(only(found[exprs[0], time]), only(found[exprs[1], time])) for time in at]

    def test_counts_are_the_same(self, tmp_path: Path) -> None:
        phases = [Phase("2h", 100, 1), Phase("7m", 100, 50), Phase("1h", 0), Phase("2h", 200, 3)]
        simulation = self.simulation(tmp_path, counters(phases, scrape=60))
        times = [f"{minute}m" for minute in range(70, 300, 5)]
        for expr in ("slo:events:increase5m{}", f"{COUNTED}{{}}"):
            for mended, plain in self.both(simulation, expr, times):
                assert mended == pytest.approx(plain)
                assert not isnan(mended)

    def test_what_is_older_than_the_rules_is_not_counted_twice(self, tmp_path: Path) -> None:
        simulation = self.simulation(tmp_path, counters([Phase("3h", 100, 10)], scrape=60))
        ((mended, plain),) = self.both(simulation, f"sum_over_time({COUNTED}{{}}[1d])", ["3h5m"])
        assert (mended, plain) == pytest.approx((1800, 1800))

    def test_each_value_by_itself(self, tmp_path: Path) -> None:
        # One is new, one goes; for neither is there a full hour of rates, and each is counted once.
        series = {UP: "1x300"}
        for route, phases in {
            "stays": [("5h", 10)],
            "new": [("3h", None), ("2h", 10)],
            "gone": [("2h", 10), ("3h", None)],
        }.items():
            series |= {
                name.replace("}", f',route="{route}"}}'): counter(*phases, scrape=60, start=0) for name in (GOOD, BAD)
            }
        simulation = self.simulation(tmp_path, series, EVENTS + " per route")
        total = f'sum_over_time({COUNTED}{{service="mended"}}[1d])'
        found = {labels["route"]: value for labels, value in simulation.values([total], "5h5m")[total]}
        assert found == pytest.approx({"stays": 3000, "new": 1200, "gone": 1200}, rel=0.01)

    def test_a_gap_in_the_scrapes(self, tmp_path: Path) -> None:
        # Ten minutes of which nothing was scraped, and in which every second request failed.
        series = {
            GOOD: counter(("2h", 100), ("10m", None), ("1h", 100), scrape=60),
            BAD: counter(("2h", 10), ("10m", None), scrape=60) + f" {1200 + 510}+10x60",
            UP: "1x190",
        }
        simulation = self.simulation(tmp_path, series)
        ((mended, plain),) = self.both(simulation, f"sum_over_time({COUNTED}{{}}[1d])", ["3h15m"])
        truth = 1200 + 510 + 600
        assert (mended, plain) == pytest.approx((truth, truth - 510), rel=0.005)

    def test_a_gap_soon_after_another_one(self, tmp_path: Path) -> None:
        # Of 90 minutes nothing was scraped, and an hour later of 20; one request in ten fails all the time.
        series = {
            name: f"0+{pace}x180 _x89 {270 * pace}+{pace}x60 _x19 {350 * pace}+{pace}x180"
            for name, pace in ((GOOD, 90), (BAD, 10))
        }
        simulation = self.simulation(tmp_path, series | {UP: "1x180 _x89 1x60 _x19 1x180"})
        ((mended, plain),) = self.both(simulation, f"sum_over_time({COUNTED}{{}}[1d])", ["8h50m"])
        assert mended == pytest.approx(525 * 10, rel=0.01)
        assert plain < 0.85 * 525 * 10
