"""`exclude when`: what happens in a maintenance costs nothing and wakes nobody; what happens after it does both.

After an hour a maintenance of forty minutes begins, in which everything fails, and it goes on failing for half an hour.
What is left out includes the five minutes in which rates still see the maintenance: some 26 of 105 minutes are bad.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
import yaml

from slocompiler import ir
from slocompiler.record import replace
from slocompiler.targets.prometheus.options import Options as PrometheusOptions
from slocompiler.targets.shared import Options
from support.histograms import INF
from support.promtool import At, Sample, Simulation, check_rules
from support.shapes import (
    NO_DATA,
    PAGE,
    RATIO,
    RAW,
    SHAPES,
    THRESHOLD,
    condition,
    gauge,
    recorded,
    rules,
    simulate,
    sliced,
    slo,
)
from support.traffic import BAD, GOOD, UP, counter

FIRING, PERIOD = 'ALERTS{alertstate="firing"}', "slo:error_ratio:period"
PLANNED = "sum(maintenance) > 0 # planned"
MAINTENANCE = {'maintenance{bank="acme"}': "0x59 1x39 0x80"}
WORKS, FAILS, WORKS_AGAIN = "1h", "70m", "20m"
EXHAUSTED = ir.Remaining(severity="ticket", below=PAGE.share - PAGE.share)
FAILING: dict[str, ir.Indicator] = {
    "counters": RATIO,
    "a histogram": THRESHOLD,
    "PromQL": RAW,
    "a gauge": gauge("max", "<", "5"),
    "each": gauge("each", "<", "5", "ignored"),
    "a condition": condition("queue < 5"),
    "slices of counters": sliced(),
    "slices of a histogram": sliced(THRESHOLD),
}


def events() -> dict[str, str]:
    """Traffic, quick while it works, and a queue that is long while it does not."""
    good = counter((WORKS, 100), (FAILS, 0), (WORKS_AGAIN, 100), scrape=60)
    bad = counter((WORKS, 0), (FAILS, 100), (WORKS_AGAIN, 0), scrape=60)
    every = counter(("150m", 100), scrape=60)
    times = {"took_seconds_count{%s}": every, 'took_seconds_bucket{%s,le="0.3"}': good, f'took_seconds_bucket{{%s,le="{INF}"}}': every}  # fmt: skip  # one expression
    histogram = {name % 'job="shop"': values for name, values in times.items()}
    return {GOOD: good, BAD: bad, 'queue{job="shop"}': "1x59 9x70 1x19", UP: "1x150"} | histogram


def simulated(folder: Path, given: Mapping[str, str], **more: object) -> Simulation:
    """An SLO of each shape, which leaves the maintenance out."""
    settings = {"exclude_when": PLANNED, "alerts": (PAGE, NO_DATA, EXHAUSTED), **more}
    shapes = [slo(one, name=name.replace(" ", "-"), **settings) for name, one in FAILING.items()]
    return simulate(folder, shapes, {**given, **MAINTENANCE})


Fired = dict[str, dict[str, list[int]]]
"""In which minutes alerts fire: by name, by SLO."""


def fired(found: Mapping[tuple[str, At], list[Sample]], minutes: Iterable[int]) -> Fired:
    """What fires at those of the minutes, by the answers to FIRING."""
    by_name: Fired = {"SLOBurn": {}, "SLONoData": {}, "SLOBudget": {}}
    for minute in minutes:
        for alert in (labels for labels, _ in found[FIRING, f"{minute}m"]):
            slo_name = alert["slo"].removeprefix("shop/").replace("-", " ")
            by_name[alert["alertname"]].setdefault(slo_name, []).append(minute)
    return by_name


def firing(simulation: Simulation, minutes: range) -> Fired:
    return fired(simulation.timeline([FIRING], [f"{minute}m" for minute in minutes]), minutes)


@pytest.mark.usefixtures("every_prometheus")
class TestMaintenance:
    """Everything fails, during it and after it."""

    def test_it_costs_no_budget_and_wakes_nobody(self, tmp_path: Path) -> None:
        watched = range(58, 120)
        folds = [
            f"{fold}_over_time(slo:{what}:rate5m[40m])" for fold in ("count", "max") for what in ("events", "errors")
        ]
        times = [*(f"{minute}m" for minute in watched), "150m"]
        found = simulated(tmp_path, events()).timeline([FIRING, PERIOD, *folds], times)
        during, after = ({of["slo"]: value for of, value in found[PERIOD, at]} for at in ("103m", "150m"))
        for name, one in FAILING.items():
            slo_id = f"shop/{name.replace(' ', '-')}"
            assert during[slo_id] == 0, name
            bad = 26 if isinstance(one, ir.Slices | ir.RatioSlices) else 28.5
            assert after[slo_id] == pytest.approx(bad / 105, rel=0.06), name  # rates smear the end over five minutes
        for expr in folds:  # counts, coverage and the alert on missing data hold, because zeros are recorded
            zeros = [pytest.approx(41 if "count" in expr else 0, abs=1)] * len(FAILING)
            assert [value for _, value in found[expr, "103m"]] == zeros, expr
        alerts = fired(found, watched)
        assert alerts["SLONoData"] == {}
        pages = alerts["SLOBurn"]
        assert pages.keys() == FAILING.keys()
        for name, minutes in pages.items():
            assert minutes == list(range(minutes[0], 120)), name
            assert 104 < minutes[0] <= 109, name
        assert all(minutes[0] > 104 for minutes in alerts["SLOBudget"].values())

    def test_without_it(self, tmp_path: Path) -> None:
        # The scene is one in which they all would page.
        pages = firing(simulated(tmp_path, events(), exclude_when=None), range(72, 74))["SLOBurn"]
        assert pages == {name: [72, 73] for name in FAILING}

    def test_trouble_before_it_is_not_forgotten(self, tmp_path: Path) -> None:
        given = events() | {'queue{job="shop"}': "1x29 9x29 1x100"}
        shape = slo(gauge("max", "<", "5"), exclude_when=PLANNED)
        simulation = simulate(tmp_path, [shape], {**given, **MAINTENANCE})
        assert recorded(simulation, "slo:error_ratio:period", ["1h40m"])["answers"] == [pytest.approx(0.5, rel=0.05)]

    def test_each_value(self, tmp_path: Path) -> None:
        given = {
            name.replace("}", f',route="{route}"}}'): values for name, values in events().items() for route in "xy"
        }
        shape = slo(RATIO, per=("route",), exclude_when=PLANNED)
        found = simulate(tmp_path, [shape], given | MAINTENANCE).values(["slo:error_ratio:period"], "1h43m")
        assert [(labels["route"], value) for labels, value in found["slo:error_ratio:period"]] == [("x", 0), ("y", 0)]

    def test_long_slices(self, tmp_path: Path) -> None:
        # A slice of ten minutes that begins in a maintenance is left out, though it ends more than five minutes after.
        given = events() | {'maintenance{bank="acme"}': "0x59 1x43 0x90"}
        shape = slo(sliced(every=600), exclude_when=PLANNED)
        simulation = simulate(tmp_path, [shape], given, evaluate=600)
        slices = recorded(simulation, "slo:events:rate5m", ["50m", "1h10m", "1h40m", "1h50m", "2h", "2h10m"])
        assert slices == {"answers": [1, 0, 0, 0, 1, 1]}


@pytest.mark.usefixtures("every_prometheus")
class TestNoData:
    """In a maintenance targets are down; if they do not come back, that is known soon after it."""

    def test_is_silent_meanwhile(self, tmp_path: Path) -> None:
        gone = {name: "1x59 0x100" if name == UP else _until_an_hour(values) for name, values in events().items()}
        simulation = simulated(tmp_path, gone)
        after = firing(simulation, range(58, 122))["SLONoData"]
        assert after.keys() == FAILING.keys() - {"PromQL"}  # nobody knows its target
        # Ten minutes after what is left out for a rate that outlives its target, fifteen for a gauge.
        for name, (first, *_) in after.items():
            expected = 120 if isinstance(FAILING[name], ir.Slices) else 115
            assert first in (expected, expected - 1), name  # ranges of Prometheus 3 are open on the left

    def test_and_only_meanwhile(self, tmp_path: Path) -> None:
        gone = {name: "1x59 0x100" if name == UP else _until_an_hour(values) for name, values in events().items()}
        shape = slo(RATIO, exclude_when="maintenance > 1", alerts=(NO_DATA,))
        found = firing(simulate(tmp_path, [shape], {**gone, **MAINTENANCE}), range(70, 80))
        assert found["SLONoData"]["answers"][0] in (74, 75)


def _until_an_hour(values: str) -> str:
    """A series that ends with its first part."""
    return f"{values.split(' ', maxsplit=1)[0].replace('x150', 'x60')} stale"


class TestText:
    """What the rules read: for every shape each window derives from what was recorded."""

    @pytest.mark.parametrize("name", SHAPES)
    def test_nothing_is_read_twice(self, name: str, tmp_path: Path) -> None:
        for profile in ("standard", "economy"):
            plain = PrometheusOptions(profile=profile, late_series=True)  # type: ignore[arg-type]  # one of two
            shape = slo(SHAPES[name], exclude_when=PLANNED, alerts=(replace(PAGE, window=1440), PAGE, NO_DATA))
            text = rules([shape], Options(targets={"prometheus": plain}))
            groups = yaml.safe_load(text)["groups"]
            raw = [
                rule["record"] for group in groups for rule in group["rules"] if "record" in rule and _reads_raw(rule)
            ]
            assert set(raw) <= {"slo:events:rate5m", "slo:errors:rate5m"}
            (tmp_path / "shop.yaml").write_text(text, "utf-8")
            check_rules(tmp_path / "shop.yaml")


def _reads_raw(rule: Mapping[str, str]) -> bool:
    metrics = ("requests_total", "due_total", "took_seconds", "queue", "room", "maintenance")
    return any(metric in rule["expr"] for metric in metrics)
