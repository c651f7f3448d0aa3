"""The benchmark of accuracy in short: a day's ratio on a real Prometheus against every event of made-up traffic."""

from pathlib import Path

from bench.accuracy.history import measure
from bench.accuracy.scenarios import DAY, SCENARIOS, Truth

WINDOW, DAYS = DAY, 1.5
CHOSEN = ("trouble-at-night", "retry-storm", "idle-nights", "prometheus-down", "pods-come-and-go")


def test_the_ratio_of_a_period_is_what_happened(tmp_path: Path) -> None:
    truths = [Truth(scenario, DAYS) for scenario in SCENARIOS if scenario.name in CHOSEN]
    errors = measure(tmp_path, truths, WINDOW, DAYS)
    assert set(errors) == set(CHOSEN)
    assert {name: error.ours for name, error in errors.items() if error.ours > 0.005} == {}
    assert errors["trouble-at-night"].averaged > 4, "an hour of few events is an hour of twenty-four to averages"
    assert errors["retry-storm"].averaged > 0.8
