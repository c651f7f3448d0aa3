"""`late_series`: events of counters that are born with them, where their target was scraped before."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from slocompiler.targets.prometheus.options import Options as PrometheusOptions
from slocompiler.targets.shared import Options
from support.compile import rules
from support.promtool import Simulation
from support.traffic import EVENTS, counter, only, service

BOTH = pytest.mark.usefixtures("every_prometheus")

ERRORS = "sum_over_time(slo:errors:rate5m[3h]) * 60"
INSTANCE = 'job="shop",instance="a"'
GOOD, UP = f'requests_total{{{INSTANCE},code="200"}}', f"up{{{INSTANCE}}}"


def late(*, catch_up: bool, evaluate: int = 60, series: bool = True) -> Options:
    """The options of these tests."""
    chosen = PrometheusOptions(catch_up=catch_up, late_series=series)
    return Options(scrape_interval=60, evaluation_interval=evaluate, targets={"prometheus": chosen})


def counted(folder: Path, series: Mapping[str, str], body: str = EVENTS) -> tuple[float, float]:
    """How many errors are counted in two hours, with the option and without it."""
    found = []
    for chosen in (True, False):
        path = folder / f"{chosen}.yaml"
        path.write_text(rules(service(body), late(catch_up=False, series=chosen)), "utf-8")
        found.append(only(Simulation([path], series, interval="60s").values([ERRORS], "2h")[ERRORS]))
    with_it, without = found
    return with_it, without


def born(errors: int, at: int = 60, more: int = 0) -> str:
    """A counter whose first sample is that of minute `at`; each minute after it there are `more`."""
    return f"_x{at} {errors}+{more}x{120 - at}"


@BOTH
class TestBirth:
    """The first value of a series counts, and only once, if what exposes it was there before."""

    STEADY = {GOOD: counter(("2h", 60), scrape=60), UP: "1x120"}  # noqa: RUF012  # read only

    def test_with_its_first_errors(self, tmp_path: Path) -> None:
        series = {f'requests_total{{{INSTANCE},code="500"}}': born(7)}
        assert counted(tmp_path, self.STEADY | series) == pytest.approx((7, 0))

    def test_and_growing(self, tmp_path: Path) -> None:
        series = {f'requests_total{{{INSTANCE},code="500"}}': born(7, at=60, more=2)}
        with_it, without = counted(tmp_path, self.STEADY | series)
        assert with_it - without == pytest.approx(7)
        assert without == pytest.approx(2 * 60, rel=0.05)

    def test_of_several(self, tmp_path: Path) -> None:
        series = {f'requests_total{{{INSTANCE},code="500",path="/{n}"}}': born(n, at=10 * n) for n in range(1, 6)}
        assert counted(tmp_path, self.STEADY | series) == pytest.approx((15, 0))

    def test_together_with_its_target(self, tmp_path: Path) -> None:
        # A new exporter, or one that Prometheus did not know before, may have counted for months.
        series = {
            GOOD: f"_x60 {10**6}+60x60",
            f'requests_total{{{INSTANCE},code="500"}}': born(5000),
            UP: "_x60 1x60",
        }
        assert counted(tmp_path, series) == pytest.approx((0, 0))

    def test_while_its_target_was_down(self, tmp_path: Path) -> None:
        series = {GOOD: f"0+60x40 _x20 {60 * 60}+60x60", UP: "1x40 0x19 1x60"}
        series |= {f'requests_total{{{INSTANCE},code="500"}}': born(5000)}
        assert counted(tmp_path, series) == pytest.approx((0, 0))

    def test_on_another_instance(self, tmp_path: Path) -> None:
        # One of two was there; what the other one brings along is not counted.
        other = INSTANCE.replace('"a"', '"b"')
        series = {f'requests_total{{{other},code="500"}}': born(5000), f"up{{{other}}}": "_x60 1x60"}
        assert counted(tmp_path, self.STEADY | series) == pytest.approx((0, 0))


@pytest.mark.usefixtures("prometheus_3")
class TestAlgebra:
    """Only the series that are meant are born."""

    PACES = {  # noqa: RUF012  # read only
        'code="503",reason="timeout",region="eu"': 1,
        'code="503",reason="load",region="eu"': 20,
        'code="409",reason="timeout",region="us"': 300,
        'code="409",reason="stale",region="us"': 4000,
    }

    @pytest.mark.parametrize(
        ("body", "errors"),
        [
            ('bad {code=~"5.."}', 21),
            ('bad {code=~"5.."} or {reason="timeout"}', 321),  # what is in both is counted once
            ('exclude {reason="timeout", region="eu"} bad {code=~"5.."} or {reason="timeout"}', 320),
            ('bad {code="409", reason="timeout"}', 300),
            ('good {code="200"} or {code="409", reason="timeout"}', 4021),
        ],
    )
    def test_is_that_of_the_errors(self, tmp_path: Path, body: str, errors: int) -> None:
        series = {f"requests_total{{{INSTANCE},{labels}}}": born(count) for labels, count in self.PACES.items()}
        steady = {GOOD: counter(("2h", 60), scrape=60), UP: "1x120"}
        got = counted(tmp_path, steady | series, 'events requests_total{job="shop"} ' + body)
        assert got == pytest.approx((errors, 0))

    def test_a_sum_of_counters(self, tmp_path: Path) -> None:
        series = {f"asked_total{{{INSTANCE}}}": counter(("2h", 60), scrape=60), UP: "1x120"}
        series |= {f"failed_total{{{INSTANCE}}}": born(3, at=30), f"lost_total{{{INSTANCE}}}": born(40, at=60)}
        body = 'events asked_total{job="shop"} bad failed_total{job="shop"} + lost_total{job="shop"}'
        assert counted(tmp_path, series, body) == pytest.approx((43, 0))

    def test_one_value_of_two(self, tmp_path: Path) -> None:
        series = {f'requests_total{{{INSTANCE},code="200",route="{r}"}}': counter(("2h", 60), scrape=60) for r in "xy"}
        series |= {UP: "1x120", f'requests_total{{{INSTANCE},code="500",route="x"}}': born(9)}
        path = tmp_path / "rules.yaml"
        path.write_text(rules(service(EVENTS + " per route"), late(catch_up=False)), "utf-8")
        found = Simulation([path], series, interval="60s").values([ERRORS], "2h")[ERRORS]
        assert {labels["route"]: value for labels, value in found} == pytest.approx({"x": 9, "y": 0})


@BOTH
class TestRatios:
    """An event of a new series is an event, and may be a bad one: what counts on one side counts on the other."""

    def test_three_of_four(self, tmp_path: Path) -> None:
        # Three connections fail in a series that begins with them, and one more succeeds.
        series = {GOOD: "10x90 11x30", f'requests_total{{{INSTANCE},code="500"}}': "_x60 3x60", UP: "1x120"}
        path = tmp_path / "rules.yaml"
        path.write_text(rules(service(), late(catch_up=False)), "utf-8")
        simulation = Simulation([path], series, interval="60s")
        windows = ["slo:error_ratio:rate1h", "slo:error_ratio:period"]
        found = simulation.timeline(windows, ["1h4m", "1h50m"])
        assert only(found[windows[0], "1h4m"]) == only(found[windows[1], "1h4m"]) == pytest.approx(1)
        assert only(found[windows[1], "1h50m"]) == pytest.approx(0.75)

    def test_good_events_of_another_metric(self, tmp_path: Path) -> None:
        series = {f"due_total{{{INSTANCE}}}": born(10), f"sent_total{{{INSTANCE}}}": born(7), UP: "1x120"}
        with_it, _ = counted(tmp_path, series, 'events due_total{job="shop"} good sent_total{job="shop"}')
        assert with_it == pytest.approx(3)

    def test_born_in_a_gap(self, tmp_path: Path) -> None:
        # Ten minutes without a scrape, after which a series of errors is there; catch-up counts all of them.
        series = {
            GOOD: counter(("2h", 100), ("10m", None), scrape=60) + f" {130 * 100}+100x60",
            f'requests_total{{{INSTANCE},code="500"}}': f"_x131 {202}+0x60",
            UP: "1x120 _x10 1x61",
        }
        path = tmp_path / "rules.yaml"
        path.write_text(rules(service(), late(catch_up=True, evaluate=300)), "utf-8")
        total = "sum_over_time(slo:errors:increase5m[1d])"
        simulation = Simulation([path], series, interval="60s", evaluation_interval="300s")
        assert only(simulation.values([total], "3h10m")[total]) == pytest.approx(202, rel=0.005)
