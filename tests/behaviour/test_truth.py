"""The recorded numbers against the truth: events that are counted in the test, never by rules or their arithmetic.

promtool evaluates all groups at one interval, so that five minutes are counted more often than every five minutes.
Ratios hold whatever it is (long runs are evaluated every five minutes), one such count and, at one minute, the SLO's age
too. How much of the window was seen does not, nor do counts that are summed over a day.
"""

from math import isnan
from pathlib import Path

import pytest

from support.traffic import BAD, GOOD, Phase, averaged, counter, counters, only, remaining, service, simulate

LEFT = "slo:budget_remaining:ratio"
AVERAGE = "1 - avg_over_time(slo:error_ratio:rate5m[{}]) / 0.001"
FIVE_MINUTES = 300


def left_and_average(folder: Path, series: dict[str, str], window: str, at: str) -> tuple[float, float]:
    """What the rules say is left of a 99.9% target, and what averaging their five-minute ratios would."""
    simulation = simulate(folder, service(objective=f"99.9% over {window}"), series, evaluate=FIVE_MINUTES)
    got = simulation.values([LEFT, AVERAGE.format(window)], at)
    return only(got[LEFT]), only(got[AVERAGE.format(window)])


class TestSumsAreDivided:
    """Each event weighs the same, whenever it happens."""

    def test_busy_day_and_quiet_night(self, tmp_path: Path) -> None:
        day, night = Phase("12h", 20_000, 10), Phase("12h", 200, 2)
        left, average = left_and_average(tmp_path, counters([day, night, day]), "1d", "36h")
        # 8,640 of 14,544,000 requests fail, 59.4 % of the budget. The night is 1 % of all requests and half of all time.
        assert remaining([day, night], 0.999) == pytest.approx(0.406, abs=0.0001)
        assert left == pytest.approx(0.406, abs=0.001)
        assert averaged([day, night], 0.999) == pytest.approx(-4.25)
        assert average == pytest.approx(-4.23, abs=0.02)

    def test_an_hour_of_errors_at_peak(self, tmp_path: Path) -> None:
        quiet, peak = Phase("10h", 10), Phase("1h", 10_000, 200)
        rest = Phase("13h", 10)
        left, average = left_and_average(tmp_path, counters([quiet, peak, rest, quiet]), "1d", "25h")
        assert remaining([quiet, peak, rest], 0.999) == pytest.approx(-18.55, abs=0.001)
        assert left == pytest.approx(-18.55, abs=0.005)
        # All but 2.2 % of the day's requests came in this hour; as one hour of 24 it seems to leave budget.
        assert averaged([quiet, peak, rest], 0.999) == pytest.approx(1 / 6)
        assert 0.1 < average < 0.2

    def test_errors_that_are_born_late(self, tmp_path: Path) -> None:
        # An hour of 48 at 1 %; the series of errors does not exist before, nor after. All of the hour has passed
        # the five-minute rate ten minutes later.
        series = {
            GOOD: counter(("47h", 1000), ("1h", 990), ("1h", 1000)),
            BAD: counter(("47h", None), ("1h", 10), ("1h", None)),
        }
        left, _ = left_and_average(tmp_path, series, "2d", "48h10m")
        truth = remaining([Phase("47h", 1000), Phase("1h", 1000, 10)], 0.999)
        assert truth == pytest.approx(0.792, abs=0.0005)
        assert left == pytest.approx(truth, abs=0.003)

    @pytest.mark.parametrize("interval", [30, 60])
    def test_counts_of_five_minutes(self, tmp_path: Path, interval: int) -> None:
        series = counters([Phase("20m", 120, 6)], interval)
        simulation = simulate(tmp_path, service(), series, scrape=interval)
        got = simulation.values(["slo:events:increase5m", "slo:errors:increase5m", "slo:age:seconds"], "20m")
        assert only(got["slo:events:increase5m"]) == pytest.approx(5 * 120)
        assert only(got["slo:errors:increase5m"]) == pytest.approx(5 * 6)
        if interval == 60:  # the first of the 21 times is 0
            assert only(got["slo:age:seconds"]) == 21 * 60

    def test_a_little_data_weighs_little(self, tmp_path: Path) -> None:
        # An hour without errors; an hour of no data; ten minutes of errors; no data. The blocks at the edges are
        # partial ones, of which the ten minutes have relatively more.
        paces = {GOOD: (100, 50), BAD: (0, 50)}
        series = {
            name: counter(("1h", one), ("1h", None), ("10m", two), ("20m", None), scrape=60)
            for name, (one, two) in paces.items()
        }
        simulation = simulate(tmp_path, service(), series, scrape=60)
        got = simulation.values(["slo:error_ratio:period"], "2h30m")
        assert only(got["slo:error_ratio:period"]) == pytest.approx(500 / 7000, rel=0.05)


class TestNothingSpoilsIt:
    """No sample that is missing or odd makes a recorded series NaN, or forgets what was counted."""

    def all_values(self, folder: Path, series: dict[str, str], until: int) -> dict[tuple[str, int], float]:
        """Every recorded value by the series' name and the minute."""
        simulation = simulate(folder, service(objective="99% over 1d"), series, evaluate=60)
        minutes = range(0, until + 1, 2)
        every = simulation.timeline(['{__name__=~"slo:.+"}'], [f"{m}m" if m else 0 for m in minutes])
        return {
            (labels["__name__"], minute): value
            for minute, samples in zip(minutes, every.values(), strict=True)
            for labels, value in samples
        }

    def test_ten_idle_minutes(self, tmp_path: Path) -> None:
        phases = [Phase("1h", 800, 4), Phase("10m", 0), Phase("40m", 800, 12), Phase("10m", 0)]
        got = self.all_values(tmp_path, counters(phases), 120)
        assert not [key for key, value in got.items() if isnan(value)]
        # Idle is no ratio, neither NaN nor 0; and it is a rate of 0, not an absent one.
        assert ("slo:error_ratio:rate5m", 70) not in got
        assert got["slo:events:rate5m", 70] == got["slo:errors:rate5m", 70] == 0
        assert got["slo:error_ratio:rate5m", 80] == pytest.approx(0.015)
        assert got[LEFT, 120] == pytest.approx(1 - (60 * 4 + 40 * 12) / (100 * 800) / 0.01, abs=0.002)

    def test_idle_from_the_start(self, tmp_path: Path) -> None:
        got = self.all_values(tmp_path, counters([Phase("1h", 0)]), 60)
        assert not [key for key, value in got.items() if isnan(value)]
        assert not [name for name, _ in got if "error_ratio" in name or "budget" in name]

    def test_a_sample_that_is_not_a_number(self, tmp_path: Path) -> None:
        steps = [(GOOD, 27), (BAD, 3)]
        series = {name: f"0+{pace}x99 NaN {pace * 101}+{pace}x138" for name, pace in steps}
        series[GOOD.replace("}", ',instance="b"}')] = "0+270x240"
        got = self.all_values(tmp_path, series, 118)
        assert not [key for key, value in got.items() if isnan(value)]
        # Only the two rates of 120 that begin or end with it lack what this instance counted.
        assert got["slo:error_ratio:rate1h", 118] == pytest.approx(0.01, rel=0.02)
        assert got[LEFT, 118] == pytest.approx(0, abs=0.03)

    def test_restarts_of_the_service(self, tmp_path: Path) -> None:
        # Both counters begin again at 0, every 20 minutes.
        life = {name: f"0+{pace}x40" for name, pace in ((GOOD, 99), (BAD, 1))}
        got = self.all_values(tmp_path, {name: " ".join([values] * 6) for name, values in life.items()}, 120)
        assert got["slo:error_ratio:rate1h", 120] == pytest.approx(0.01)
        assert got[LEFT, 120] == pytest.approx(0, abs=0.001)

    def test_a_scrape_that_is_missed(self, tmp_path: Path) -> None:
        # The events of the gap are in the next scrape: a rate over five minutes loses none of them.
        series = {name: f"0+{pace}x100 _x4 {pace * 105}+{pace}x135" for name, pace in ((GOOD, 99), (BAD, 1))}
        got = self.all_values(tmp_path, series, 118)
        assert got["slo:error_ratio:rate1h", 118] == pytest.approx(0.01)
        assert got[LEFT, 118] == pytest.approx(0, abs=0.001)
