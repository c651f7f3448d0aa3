"""The recorded numbers against the truth: events that are counted in the test, never by rules or their arithmetic.

promtool evaluates all groups at one interval, so that five minutes are counted more often than every five minutes.
Ratios hold whatever it is (long runs are evaluated every five minutes), one such count and, at one minute, the SLO's age
too. How much of the window was seen does not, nor do counts that are summed over a day.
"""

from collections.abc import Mapping
from math import isnan
from pathlib import Path

import pytest

from support.traffic import (
    BAD,
    EVENTS,
    GOOD,
    Phase,
    averaged,
    counter,
    counters,
    only,
    ratio,
    remaining,
    service,
    simulate,
    together,
)

pytestmark = pytest.mark.usefixtures("every_prometheus")
LEFT, PERIOD = "slo:budget_remaining:ratio", "slo:error_ratio:period"


class TestSumsAreDivided:
    """Each event weighs the same, whenever it happens."""

    def test_of_a_day(self, tmp_path: Path) -> None:
        """What is left of a target of 99.9%, and what averages of five-minute ratios would make of it."""
        day, night = Phase("12h", 20_000, 10), Phase("12h", 200, 2)
        quiet, peak, rest = Phase("11h", 10), Phase("1h", 10_000, 200), Phase("12h", 10)
        end = Phase("1h", 1_000)
        # An hour of 24 at 1 %; the series of errors does not exist before, nor after.
        late = {
            GOOD: counter(("34h", 1000), ("1h", 990), ("1h", 1000), scrape=60),
            BAD: counter(("34h", None), ("1h", 10), ("1h", None), scrape=60),
        }
        average = "1 - avg_over_time(slo:error_ratio:rate5m[1d]) / 0.001"
        given = {
            "night": counters([day, night, day], 60),
            "peak": counters([Phase("12h", 10), quiet, peak, rest], 60),
            "late": late,
        }
        scenes = {name: (EVENTS, series) for name, series in given.items()}
        simulation = together(tmp_path, scenes, "99.9% over 1d", scrape=60, evaluate=300)
        found = simulation.values([LEFT, average], "36h")
        left, mean = ({of["slo"].removeprefix("shop/"): value for of, value in found[expr]} for expr in (LEFT, average))
        # 8,640 of 14,544,000 requests fail, 59.4 % of the budget. The night is 1 % of all requests and half of all time.
        assert remaining([day, night], 0.999) == pytest.approx(0.406, abs=0.0001)
        assert averaged([day, night], 0.999) == pytest.approx(-4.25)
        assert (left["night"], mean["night"]) == (pytest.approx(0.406, abs=0.001), pytest.approx(-4.23, abs=0.02))
        # All but 2.2 % of the day's requests came in this hour; as one hour of 24 it seems to leave budget.
        assert remaining([quiet, peak, rest], 0.999) == pytest.approx(-18.55, abs=0.001)
        assert averaged([quiet, peak, rest], 0.999) == pytest.approx(1 / 6)
        assert left["peak"] == pytest.approx(-18.55, abs=0.005)
        assert 0.1 < mean["peak"] < 0.2
        # All of the hour has passed the five-minute rate.
        truth = remaining([Phase("22h", 1000), Phase("1h", 1000, 10), end], 0.999)
        assert truth == pytest.approx(0.583, abs=0.0005)
        assert left["late"] == pytest.approx(truth, abs=0.003)

    @pytest.mark.parametrize("interval", [30, 60])
    def test_counts_of_five_minutes(self, tmp_path: Path, interval: int) -> None:
        series = counters([Phase("20m", 120, 6)], interval)
        simulation = simulate(tmp_path, service(), series, scrape=interval)
        got = simulation.values(["slo:events:increase5m", "slo:errors:increase5m", "slo:age:seconds"], "20m")
        assert only(got["slo:events:increase5m"]) == pytest.approx(5 * 120)
        assert only(got["slo:errors:increase5m"]) == pytest.approx(5 * 6)
        if interval == 60:  # the first of the 21 times is 0
            assert only(got["slo:age:seconds"]) == 21 * 60


def test_nothing_spoils_it(tmp_path: Path) -> None:
    """No sample that is missing or odd makes a recorded series NaN, or forgets what was counted."""
    phases = [Phase("1h", 800, 4), Phase("10m", 0), Phase("40m", 800, 12), Phase("10m", 0)]
    paces = ((GOOD, 99), (BAD, 1))
    life = {name: f"0+{pace}x40" for name, pace in paces}
    odd = {name: f"0+{pace}x99 NaN {pace * 101}+{pace}x138" for name, pace in ((GOOD, 27), (BAD, 3))}
    given: dict[str, Mapping[str, str]] = {
        "idle": counters(phases),
        "never": counters([Phase("1h", 0)]),
        "odd": odd | {GOOD.replace("}", ',instance="b"}'): "0+270x240"},
        "restarts": {name: " ".join([values] * 6) for name, values in life.items()},  # both begin again at 0
        "missed": {name: f"0+{pace}x100 _x4 {pace * 105}+{pace}x135" for name, pace in paces},
        # An hour without errors; an hour of no data; ten minutes of errors.
        "little": {name: counter(("1h", one), ("1h", None), ("10m", two)) for name, one, two in ((GOOD, 100, 50), (BAD, 0, 50))},
    }  # fmt: skip  # a table
    scenes = {name: (EVENTS, series) for name, series in given.items()}
    simulation = together(tmp_path, scenes, "99% over 1d", evaluate=60)
    minutes = (*range(0, 119, 2), 150)
    every = simulation.timeline(['{__name__=~"slo:.+"}'], [f"{m}m" if m else 0 for m in minutes])
    got = {
        (labels["slo"].removeprefix("shop/"), labels["__name__"], minute): value
        for minute, samples in zip(minutes, every.values(), strict=True)
        for labels, value in samples
    }
    hour, short = "slo:error_ratio:rate1h", "slo:error_ratio:rate5m"
    assert {name for name, _, _ in got} == given.keys()
    assert not [key for key, value in got.items() if isnan(value)]
    # Idle is no ratio, neither NaN nor 0; and it is a rate of 0, not an absent one.
    assert ("idle", short, 70) not in got
    assert got["idle", "slo:events:rate5m", 70] == got["idle", "slo:errors:rate5m", 70] == 0
    assert got["idle", short, 80] == pytest.approx(0.015)
    assert got["idle", LEFT, 118] == pytest.approx(1 - ratio(phases) / 0.01, abs=0.002)
    assert not [key for key in got if key[0] == "never" and ("error_ratio" in key[1] or "budget" in key[1])]
    # Only the two rates of 120 that begin or end with what is no number lack what this instance counted.
    assert got["odd", hour, 118] == pytest.approx(0.01, rel=0.02)
    assert got["odd", LEFT, 118] == pytest.approx(0, abs=0.03)
    # The events of a missed scrape are in the next one: a rate over five minutes loses none of them.
    for name in ("restarts", "missed"):
        assert got[name, hour, 118] == pytest.approx(0.01)
        assert got[name, LEFT, 118] == pytest.approx(0, abs=0.001)
    # Blocks at the edges are partial ones. Ten minutes have relatively more of them.
    assert got["little", PERIOD, 150] == pytest.approx(500 / 7000, rel=0.05)
