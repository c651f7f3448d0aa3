"""Which events are meant, against the truth: filters, unions, exclusions, sums and counters of their own."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from support.traffic import EVENTS, counter, only, service, simulate


def measured(folder: Path, body: str, series: dict[str, str]) -> tuple[float, float]:
    """The error ratio of the second hour, and of both once the last event has passed the five-minute rate."""
    simulation = simulate(folder, service(body), series, scrape=60)
    got = simulation.timeline(["slo:error_ratio:rate1h", "slo:error_ratio:period"], ["2h", "2h10m"])
    return only(got["slo:error_ratio:rate1h", "2h"]), only(got["slo:error_ratio:period", "2h10m"])


def series_of(metric: str, paces: Mapping[str, Sequence[int | None]]) -> dict[str, str]:
    """Counters of a metric by their labels: how many a minute in the first and in the second hour; then nothing."""
    return {
        f'{metric}{{job="shop",{labels}}}': counter(
            ("1h", first), ("1h", second), ("10m", None if second is None else 0), scrape=60
        )
        for labels, (first, second) in paces.items()
    }


class TestEventsOfEveryKind:
    """Which events are meant: two hours of each, in the second of which more fails."""

    def test_a_filter_and_its_opposite(self, tmp_path: Path) -> None:
        series = series_of("requests_total", {'code="200"': (95, 80), 'code="404"': (3, 10), 'code="500"': (2, 10)})
        truth = (10 / 100, 12 / 200)
        assert measured(tmp_path, 'events requests_total{job="shop"} bad {code=~"5.."}', series) == near(truth)
        assert measured(tmp_path, 'events requests_total{job="shop"} good {code!~"5.."}', series) == near(truth)
        # Excluded events are neither good nor bad.
        body = 'events requests_total{job="shop"} exclude {code="404"} bad {code=~"5.."}'
        assert measured(tmp_path, body, series) == near((10 / 90, 12 / 187))

    def test_a_union_counts_nothing_twice(self, tmp_path: Path) -> None:
        paces = {
            'code="200",reason=""': (90, 60),
            'code="503",reason="timeout"': (4, 20),  # in both filters
            'code="503",reason="load"': (1, 2),
            'code="409",reason="timeout"': (3, 8),
            'code="409",reason="stale"': (2, 10),
        }
        body = 'events requests_total{job="shop"} bad {code=~"5.."} or {reason="timeout"}'
        truth = (30 / 100, (8 + 30) / 200)
        assert measured(tmp_path, body, series_of("requests_total", paces)) == near(truth)
        # The complement of a union: neither the one nor the other.
        body = 'events requests_total{job="shop"} good {code="200"} or {code="409", reason="stale"}'
        assert measured(tmp_path, body, series_of("requests_total", paces)) == near(truth)

    def test_an_exclusion_of_two_matchers(self, tmp_path: Path) -> None:
        # Only what is both of the test merchant and in Europe is left out.
        paces = {
            'merchant="test",region="eu",code="200"': (500, 100),
            'merchant="test",region="eu",code="500"': (300, 700),
            'merchant="test",region="us",code="200"': (20, 20),
            'merchant="shop",region="eu",code="200"': (70, 50),
            'merchant="shop",region="eu",code="500"': (10, 30),
        }
        body = 'events requests_total{job="shop"} exclude {merchant="test", region="eu"} bad {code="500"}'
        assert measured(tmp_path, body, series_of("requests_total", paces)) == near((30 / 100, 40 / 200))

    def test_values_that_need_quoting(self, tmp_path: Path) -> None:
        odd = '"quoted" \\back\\slash\\n {{brace}} 🚨'
        escaped = odd.replace("\\", "\\\\").replace('"', '\\"')
        paces = {f'path="{escaped}",code="200"': (90, 80), f'path="{escaped}",code="500"': (10, 20), 'path="/"': (7, 7)}
        body = f'events requests_total{{job="shop", path="{escaped}"}} bad {{code="500"}}'
        assert measured(tmp_path, body, series_of("requests_total", paces)) == near((20 / 100, 30 / 200))

    def test_a_sum_of_counters(self, tmp_path: Path) -> None:
        # One is not there in the first hour, the other one not in the second.
        series = series_of("done_total", {'kind="x"': (90, None)}) | series_of("failed_total", {'kind="x"': (None, 10)})
        body = 'events done_total{job="shop"} + failed_total{job="shop"} bad failed_total{job="shop"}'
        simulation = simulate(tmp_path, service(body), series, scrape=60)
        got = simulation.timeline(["slo:events:rate5m * 60", "slo:error_ratio:period"], ["50m", "1h50m", "2h10m"])
        assert only(got["slo:events:rate5m * 60", "50m"]) == pytest.approx(90)
        assert only(got["slo:events:rate5m * 60", "1h50m"]) == pytest.approx(10)
        assert only(got["slo:error_ratio:period", "50m"]) == 0
        assert only(got["slo:error_ratio:period", "2h10m"]) == pytest.approx(10 / 100, rel=0.02)

    def test_both_counters_of_a_sum(self, tmp_path: Path) -> None:
        series = series_of("done_total", {'kind="x"': (99, 80)}) | series_of("failed_total", {'kind="x"': (1, 20)})
        body = 'events done_total{job="shop"} + failed_total{job="shop"} bad failed_total{job="shop"}'
        assert measured(tmp_path, body, series) == near((20 / 100, 21 / 200))

    def test_another_counter(self, tmp_path: Path) -> None:
        # It takes the exclusion over, and while it is absent nothing fails.
        body = 'events asked_total{job="shop"} exclude {path="/healthz"} bad failed_total{job="shop"}'
        series = series_of("asked_total", {'path="/"': (100, 100), 'path="/healthz"': (50, 50)})
        assert measured(tmp_path, body, series) == near((0, 0))
        series |= series_of("failed_total", {'path="/"': (2, 10), 'path="/healthz"': (7, 7)})
        assert measured(tmp_path, body, series) == near((10 / 100, 12 / 200))

    def test_a_good_counter(self, tmp_path: Path) -> None:
        body = 'events due_total{job="shop"} good sent_total{job="shop"}'
        due = series_of("due_total", {'kind="x"': (100, 100)})
        assert measured(tmp_path, body, due | series_of("sent_total", {'kind="x"': (99, 90)})) == near((0.1, 0.055))
        # Gone during an outage, or never there: nothing was good.
        assert measured(tmp_path, body, due | series_of("sent_total", {'kind="x"': (100, None)})) == near((1, 0.5))
        assert measured(tmp_path, body, due) == near((1, 1))
        # More good ones than there were events is no negative error.
        assert measured(tmp_path, body, due | series_of("sent_total", {'kind="x"': (101, 101)})) == near((0, 0))

    def test_two_slos_over_the_same_events(self, tmp_path: Path) -> None:
        paces = {'code="200"': (90, 90), 'code="500"': (8, 8), 'code="499"': (2, 2)}
        other = 'slo patience 99% over 30d { because "" events requests_total{job="shop"} bad {code="499"} }'
        simulation = simulate(tmp_path, service(EVENTS, more=other), series_of("requests_total", paces), scrape=60)
        got = simulation.values(["slo:error_ratio:period"], "2h")["slo:error_ratio:period"]
        assert {labels["slo"]: value for labels, value in got} == {
            "shop/answers": pytest.approx(0.08),
            "shop/patience": pytest.approx(0.02),
        }
        assert all(set(labels) == {"__name__", "slo", "service"} for labels, _ in got)


def near(truth: tuple[float, float]) -> object:
    """The truth; `rate` sees a minute more or less of a series that comes or goes."""
    return pytest.approx(truth, rel=0.01)
