"""The benchmark of accuracy in short: a day's ratio on a real Prometheus against every event of made-up traffic."""

from pathlib import Path

import pytest
from bench.accuracy.history import measure
from bench.accuracy.scenarios import SCENARIOS, Truth
from bench.accuracy.series import HOUR

WINDOW, DAYS = 30 * HOUR, 1.5
CHOSEN = (
    *("trouble-at-night", "retry-storm", "pods-come-and-go", "away-2m", "away-90m", "away-110m", "restart"),
    *("buckets-change", "values-come-and-go", "slices", "young"),
)
CUT = {"away-2m": 0.01, "away-90m": 0.01, "away-110m": 0.01, "restart": 0.03, "young": 0.02}
"""Without catch-up, what is in no rate of five minutes around a gap is lost; with it, half a minute of an incident may be.
The latest minutes are in no count, a larger part of a shorter time."""


@pytest.mark.usefixtures("every_prometheus")
def test_the_ratio_of_a_period_is_what_happened(tmp_path: Path) -> None:
    truths = [Truth(scenario, DAYS) for scenario in SCENARIOS if scenario.name in CHOSEN]
    errors = measure(tmp_path, truths, WINDOW, DAYS)
    assert set(errors) == set(CHOSEN)
    assert {name: error.ours for name, error in errors.items() if error.ours > CUT.get(name, 0.005)} == {}
    assert errors["trouble-at-night"].averaged > 3, "an hour of few events is an hour of twenty-four to averages"
    assert errors["retry-storm"].averaged > 0.8
