"""One error in a quiet night wakes nobody, whatever the SLO counts: a busy day, an idle night, one event that fails."""

from pathlib import Path

import pytest

from support.traffic import BAD, GOOD, UP, service, simulate

ONE_FAILS = {GOOD: "0+100x30 3000x150", BAD: "0x110 1x70"}
"""Half an hour of requests, and 80 minutes without any; then one comes, and fails."""
ONE_IS_SLOW = {
    'took_seconds_bucket{job="shop",le="0.3"}': "0+100x30 3000x150",
    'took_seconds_bucket{job="shop",le="+Inf"}': "0+100x30 3000x79 3001x70",
    'took_seconds_count{job="shop"}': "0+100x30 3000x79 3001x70",
}
ONE_MINUTE = {'queue{job="shop"}': "1x110 9 1x70"}
SHAPES = {
    "counters": ('events requests_total{job="shop"} bad {code="500"}', ONE_FAILS),
    "a histogram": ('events took_seconds{job="shop"} good below 300ms', ONE_IS_SLOW),
    "raw PromQL": (
        'events `rate(requests_total{job="shop"}[$window])` bad `rate(requests_total{job="shop",code="500"}[$window])`',
        ONE_FAILS,
    ),
    "slices of a gauge": ('slices 1m good when max(queue{job="shop"}) < 5', ONE_MINUTE),
    "long slices": ('slices 10m good when max(queue{job="shop"}) < 5', ONE_MINUTE),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_wakes_nobody(shape: str, tmp_path: Path) -> None:
    body, given = SHAPES[shape]
    simulation = simulate(tmp_path, service(body), given | {UP: "1x180"}, scrape=60)
    minutes = range(108, 180, 3)
    found = simulation.alerts(["SLOBurn"], [f"{minute}m" for minute in minutes])
    pages = [alert for alerts in found.values() for alert in alerts if alert["labels"]["severity"] == "page"]
    assert pages == []
    seen = "max_over_time(slo:errors:rate5m[10m]) > 0"
    assert simulation.values([seen], "116m")[seen], "the error is counted"


@pytest.mark.parametrize("minutes", [1, 5, 10])
def test_slices_of_counters(minutes: int, tmp_path: Path) -> None:
    """Every error makes a slice bad, and slices without events do not count: a page needs five errors, too."""
    body = f'slices {minutes}m with 95% good events requests_total{{job="shop"}} bad {{code="500"}} per errors'
    given = {UP: "1x180"}
    for errors in (1, 2, 6):
        failed = " ".join(f"{error}x{minutes - 1}" for error in range(1, errors + 1))  # each value stays for a slice
        values = {GOOD: ONE_FAILS[GOOD], BAD: f"0x110 {failed} {errors}x{180 - 111 - errors * minutes}"}
        given |= {name.replace("}", f',errors="{errors}"}}'): counter for name, counter in values.items()}
    simulation = simulate(tmp_path, service(body), given, scrape=60, evaluate=60 * minutes)
    times = [f"{minute}m" for minute in range(110, 180, minutes)]
    found = simulation.alerts(["SLOBurn"], times).values()
    labels = [alert["labels"] for alerts in found for alert in alerts]
    assert {one["errors"] for one in labels if one["severity"] == "page"} == {"6"}
    bad = "sum_over_time(slo:errors:rate5m[3h])"
    counted = {labels["errors"]: value for labels, value in simulation.values([bad], times[-1])[bad]}
    assert all(value >= int(errors) for errors, value in counted.items()), "every error makes a slice bad"
