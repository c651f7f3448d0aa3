"""One error in a quiet night wakes nobody, whatever the SLO counts: a busy day, an idle night, one event that fails."""

from decimal import Decimal
from pathlib import Path

import pytest

from slocompiler import burn, ir, standard
from support import binaries, native, shapes
from support.shapes import COUNTED, RAW, THRESHOLD, condition, gauge, sliced, slo
from support.traffic import BAD, GOOD, UP, service, simulate

SHAPES: dict[str, ir.Indicator] = {
    **COUNTED,
    "gauge": gauge("max", "<", "5"),
    "each": gauge("each", "<", "5", "ignored"),
    "long": gauge("max", "<", "5", every=600),
    "condition": condition("queue < 5", 60),
    "minutes": sliced(),
    "minutes-of-histogram": sliced(THRESHOLD),
    "minutes-of-promql": sliced(RAW),
}
EVERY, ALL_BUT_ONE = "0+100x10 1000x64 1001x120", "0+100x10 1000x184"
"""Ten minutes of requests, and 65 minutes without any; then one comes, and fails."""
NIGHT = {
    UP: "1x95",
    GOOD: ALL_BUT_ONE,
    BAD: "0x74 1x20",
    'due_total{job="shop"}': EVERY,
    'sent_total{job="shop"}': ALL_BUT_ONE,
    'took_seconds_bucket{job="shop",le="0.3"}': ALL_BUT_ONE,
    'took_seconds_bucket{job="shop",le="+Inf"}': EVERY,
    'took_seconds_count{job="shop"}': EVERY,
    'queue{job="shop"}': "1x74 9 1x20",
}
SLOW = native.histogram(("10m", (100, 0, 0)), ("64m", (0, 0, 0)), ("1m", (0, 0, 1)), ("20m", (0, 0, 0)))


@pytest.mark.usefixtures("every_prometheus")
def test_wakes_nobody(tmp_path: Path) -> None:
    slos = [slo(one, "0.999", name=name, alerts=_pages(one)) for name, one in SHAPES.items()]
    is_new = binaries.version(binaries.promtool()).startswith("3")  # the older one does not know native histograms
    given = NIGHT | ({'took_seconds{job="shop"}': SLOW} if is_new else {})
    simulation = shapes.simulate(tmp_path, slos, given)
    pages = simulation.timeline(['ALERTS{alertstate="firing"}'], [f"{minute}m" for minute in range(74, 95, 2)])
    assert [labels["slo"] for samples in pages.values() for labels, _ in samples] == []
    failed = simulation.values(["max_over_time(slo:errors:rate5m[10m]) > 0"], "80m").popitem()[1]
    counted = {one["slo"].removeprefix("shop/") for one, _ in failed}
    assert counted == {name for name in SHAPES if is_new or name != "native"}, "the error is counted"


def _pages(of: ir.Indicator) -> tuple[ir.Alert, ...]:
    """The lines of the standard policy that page."""
    length = of.seconds if isinstance(of, ir.Slices | ir.RatioSlices) else 0
    lines = standard.alerts(Decimal("0.999"), 30 * burn.DAY, length)
    return tuple(line for line in lines if line.severity == "page")


@pytest.mark.parametrize("minutes", [1, 5, 10])
def test_slices_of_counters(minutes: int, tmp_path: Path) -> None:
    """Every error makes a slice bad, and slices without events do not count: a page needs five errors, too."""
    body = f'slices {minutes}m with 95% good events requests_total{{job="shop"}} bad {{code="500"}} per errors'
    given = {UP: "1x150"}
    for errors in (1, 2, 6):
        failed = " ".join(f"{error}x{minutes - 1}" for error in range(1, errors + 1))  # each value stays for a slice
        values = {GOOD: ALL_BUT_ONE, BAD: f"0x74 {failed} {errors}x{150 - 75 - errors * minutes}"}
        given |= {name.replace("}", f',errors="{errors}"}}'): counter for name, counter in values.items()}
    simulation = simulate(tmp_path, service(body), given, scrape=60, evaluate=60 * minutes)
    times = [f"{minute}m" for minute in range(-(-74 // minutes) * minutes, 150, minutes)]
    found = simulation.alerts(["SLOBurn"], times).values()
    labels = [alert["labels"] for alerts in found for alert in alerts]
    assert {one["errors"] for one in labels if one["severity"] == "page"} == {"6"}
    bad = "sum_over_time(slo:errors:rate5m[3h])"
    counted = {labels["errors"]: value for labels, value in simulation.values([bad], times[-1])[bad]}
    assert all(value >= int(errors) for errors, value in counted.items()), "every error makes a slice bad"
