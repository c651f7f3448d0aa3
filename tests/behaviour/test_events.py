"""Which events are meant, against the truth: filters, unions, exclusions, sums and counters of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from support.traffic import Scenes, counter, together

HOUR, PERIOD, EVENTS = "slo:error_ratio:rate1h", "slo:error_ratio:period", "slo:events:rate5m * 60"
Paces = Mapping[str, Sequence[int | None]]


def series_of(metric: str, paces: Paces) -> dict[str, str]:
    """Counters of a metric by their labels: how many a minute in the first and in the second hour; then nothing."""
    return {
        f'{metric}{{job="shop",{labels}}}': counter(
            ("1h", first), ("1h", second), ("10m", None if second is None else 0), scrape=60
        )
        for labels, (first, second) in paces.items()
    }


CODES = series_of("requests_total", {'code="200"': (95, 80), 'code="404"': (3, 10), 'code="500"': (2, 10)})
REASONS = series_of(
    "requests_total",
    {
        'code="200",reason=""': (90, 60),
        'code="503",reason="timeout"': (4, 20),  # in both filters
        'code="503",reason="load"': (1, 2),
        'code="409",reason="timeout"': (3, 8),
        'code="409",reason="stale"': (2, 10),
    },
)
MERCHANTS = series_of(
    "requests_total",
    {
        'merchant="test",region="eu",code="200"': (500, 100),
        'merchant="test",region="eu",code="500"': (300, 700),
        'merchant="test",region="us",code="200"': (20, 20),
        'merchant="shop",region="eu",code="200"': (70, 50),
        'merchant="shop",region="eu",code="500"': (10, 30),
    },
)
ODD = '"quoted" \\back\\slash\\n {{brace}} 🚨'
ESCAPED = ODD.replace("\\", "\\\\").replace('"', '\\"')
QUOTED = series_of(
    "requests_total",
    {f'path="{ESCAPED}",code="200"': (90, 80), f'path="{ESCAPED}",code="500"': (10, 20), 'path="/"': (7, 7)},
)
SUM = 'events done_total{job="shop"} + failed_total{job="shop"} bad failed_total{job="shop"}'
OTHER = 'events asked_total{job="shop"} exclude {path="/healthz"} bad failed_total{job="shop"}'
GOOD = 'events due_total{job="shop"} good sent_total{job="shop"}'
WITHOUT = 'events due_total{job="shop"} exclude dropped_total{job="shop"} good sent_total{job="shop"}'
ASKED = series_of("asked_total", {'path="/"': (100, 100), 'path="/healthz"': (50, 50)})
DUE = series_of("due_total", {'kind="x"': (100, 100)})


def sent(*paces: int | None) -> dict[str, str]:
    """As many are due as before. Of them, the paces are sent."""
    return DUE | series_of("sent_total", {'kind="x"': paces})


def only(metric: str, *paces: int | None) -> dict[str, str]:
    return series_of(metric, {'kind="x"': paces})


CASES: dict[str, tuple[str, dict[str, str], tuple[float, float]]] = {
    "filter": ('events requests_total{job="shop"} bad {code=~"5.."}', CODES, (10 / 100, 12 / 200)),
    "opposite": ('events requests_total{job="shop"} good {code!~"5.."}', CODES, (10 / 100, 12 / 200)),
    # Excluded events are neither good nor bad.
    "exclusion": ('events requests_total{job="shop"} exclude {code="404"} bad {code=~"5.."}', CODES, (10 / 90, 12 / 187)),
    "union": ('events requests_total{job="shop"} bad {code=~"5.."} or {reason="timeout"}', REASONS, (30 / 100, 38 / 200)),
    # The complement of a union: neither the one nor the other.
    "good-union": ('events requests_total{job="shop"} good {code="200"} or {code="409", reason="stale"}', REASONS, (30 / 100, 38 / 200)),
    # Only what is both of the test merchant and in Europe is excluded.
    "two-matchers": ('events requests_total{job="shop"} exclude {merchant="test", region="eu"} bad {code="500"}', MERCHANTS, (30 / 100, 40 / 200)),
    "quoting": (f'events requests_total{{job="shop", path="{ESCAPED}"}} bad {{code="500"}}', QUOTED, (20 / 100, 30 / 200)),
    "sum": (SUM, only("done_total", 99, 80) | only("failed_total", 1, 20), (20 / 100, 21 / 200)),
    # It takes the exclusion over, and while it is absent nothing fails.
    "counter-absent": (OTHER, ASKED, (0, 0)),
    "counter": (OTHER, ASKED | series_of("failed_total", {'path="/"': (2, 10), 'path="/healthz"': (7, 7)}), (10 / 100, 12 / 200)),
    "good-counter": (GOOD, sent(99, 90), (0.1, 0.055)),
    # Gone during an outage, or never there: nothing was good.
    "good-gone": (GOOD, sent(100, None), (1, 0.5)),
    "good-never": (GOOD, DUE, (1, 1)),
    # More good ones than there were events is no negative error.
    "good-too-many": (GOOD, sent(101, 101), (0, 0)),
    # Events of an excluded counter are neither good nor bad; while it is absent, nothing is excluded.
    "without": ('events requests_total{job="shop"} exclude probes_total{job="shop"} bad {code=~"5.."}', CODES | only("probes_total", 5, 20), (10 / 80, 12 / 175)),
    "without-nothing": ('events requests_total{job="shop"} exclude absent_total{job="shop"} bad {code=~"5.."}', CODES, (10 / 100, 12 / 200)),
    "without-two": ('events requests_total{job="shop"} exclude probes_total{job="shop"} + absent_total{job="shop"} bad {code=~"5.."}', CODES | only("probes_total", 5, 20), (10 / 80, 12 / 175)),
    "without-good": (WITHOUT, sent(95, 72) | only("dropped_total", 1, 20), (8 / 80, 12 / 179)),
}  # fmt: skip  # a table
"""What is counted, the traffic, and the truth: the share of bad events in the second hour, and in both."""
PATIENCE = 'events requests_total{job="filter"} bad {code="404"}', {}
"""Another SLO over the events of a case."""
HALVES = SUM, only("done_total", 90, None) | only("failed_total", None, 10)


@pytest.mark.usefixtures("every_prometheus")
def test_the_shares_of_bad_events(tmp_path: Path) -> None:
    scenes: Scenes = {name: (body, series) for name, (body, series, _) in CASES.items()} | {
        "patience": PATIENCE,
        "halves": HALVES,
        "more": (WITHOUT, sent(95, 72) | only("dropped_total", 0, 150)),
    }
    found = together(tmp_path, scenes, scrape=60).timeline([HOUR, PERIOD, EVENTS], ["50m", "1h50m", "2h", "2h10m"])

    def of(expr: str, at: str) -> dict[str, float]:
        return {labels["slo"].removeprefix("shop/"): value for labels, value in found[expr, at]}

    # Ten minutes after the last event it has passed the rate of five minutes, which sees a minute more or less of a
    # series that comes or goes.
    shares = {name: (of(HOUR, "2h")[name], of(PERIOD, "2h10m")[name]) for name in CASES}
    near = {"good-gone": 0.01}  # a counter that goes is seen for minutes
    assert shares == {name: pytest.approx(truth, rel=near.get(name, 0.005)) for name, (_, _, truth) in CASES.items()}
    assert of(PERIOD, "2h10m")["patience"] == pytest.approx(13 / 200, rel=0.01)
    # In the second hour more events are excluded than there are: none count, and none count negatively.
    assert of(PERIOD, "2h10m")["more"] == pytest.approx(5 / 100, rel=0.03)
    assert of(EVENTS, "1h50m")["more"] == 0
    assert all(set(labels) == {"__name__", "slo", "service"} for labels, _ in found[PERIOD, "2h10m"])
    # Of the sum, one counter is not there in the first hour, the other one not in the second.
    assert [of(EVENTS, at)["halves"] for at in ("50m", "1h50m")] == pytest.approx([90, 10])
    assert of(PERIOD, "50m")["halves"] == 0
    assert of(PERIOD, "2h10m")["halves"] == pytest.approx(10 / 100, rel=0.02)
