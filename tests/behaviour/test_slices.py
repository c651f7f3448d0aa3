"""Slices of time: each is one event, good or bad by what a gauge says at its end, counted here by hand."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import pytest
import yaml

from slocompiler import ir
from slocompiler.record import replace
from support.judged import EVENTS, MISSING, series
from support.promtool import Simulation
from support.shapes import NO_DATA, PAGE, Missing, condition, gauge, recorded, rules, simulate, slo
from support.traffic import UP

pytestmark = pytest.mark.usefixtures("every_prometheus")


def near(truth: float) -> object:
    """The truth; a range of an hour holds the slices of both its ends in Prometheus 2, 61 of a minute."""
    return pytest.approx(truth, rel=0.02)


class TestBudgets:
    """Bad slices over all slices: windows, what is left, when it pages."""

    BAD = "1x119 9x8 1x111"
    """Nine bad slices after two hours, in four hours."""

    def test_windows(self, tmp_path: Path) -> None:
        shapes = [slo(gauge("max", "<", "5"), name="all"), slo(gauge("max", "<", "5", "ignored"), name="seen")]
        # In the second of four hours no slice has data.
        given = series(a="1x59 stale _x59 1x59 9x8 1x51")
        simulation = simulate(tmp_path, shapes, given)
        hour, period = (
            recorded(simulation, f"slo:error_ratio:{name}", ["3h30m", "3h50m"]) for name in ("rate1h", "period")
        )
        assert hour["all"] == hour["seen"] == [near(9 / 60), near(9 / 60)]
        assert period["all"][1] == pytest.approx((60 + 9) / 230, rel=0.03)
        assert period["seen"][1] == pytest.approx(9 / 170, rel=0.03)
        left = recorded(simulation, "slo:budget_remaining:ratio", ["3h50m"])
        assert left == {name: [pytest.approx(1 - ratios[1] / 0.01)] for name, ratios in period.items()}

    def test_counts(self, tmp_path: Path) -> None:
        # Five slices of a minute, not multiplied by an interval.
        simulation = simulate(tmp_path, [slo(gauge("max", "<", "5"))], series(a="1x9 9x2 1x10"))
        found = [recorded(simulation, f"slo:{what}:increase5m", ["14m", "20m"]) for what in ("events", "errors")]
        assert found == [{"answers": [5, 5]}, {"answers": [3, 0]}]

    def pages(self, folder: Path, needs: int) -> list[int]:
        page = replace(PAGE, needs=needs)
        simulation = simulate(folder, [slo(gauge("max", "<", "5"), alerts=(page,))], series(a=self.BAD))
        found = simulation.alerts(["SLOBurn"], ["2h7m", "2h8m", "2h14m", "2h30m"])
        return [len(alerts) for alerts in found.values()]

    def test_pages(self, tmp_path: Path) -> None:
        # 14.4 % of an hour are more than eight slices; the ninth and last one is that of 2h8m, and soon forgotten.
        assert self.pages(tmp_path, 1) == [0, 1, 1, 0]

    def test_needs_are_exact(self, tmp_path: Path) -> None:
        # Slices are counted: of ten that are needed nine are not enough, as they are of events that are extrapolated.
        assert self.pages(tmp_path, 9) == [0, 1, 1, 0]
        assert self.pages(tmp_path, 10) == [0, 0, 0, 0]

    def test_texts(self, tmp_path: Path) -> None:
        shape = slo(gauge("max", "<", "5"), alerts=(PAGE, NO_DATA), title="The queue is short")
        given = {UP: "1x125 0x20", **series(a=self.BAD.replace("1x111", "1 stale"))}
        simulation = simulate(tmp_path, [shape], given)
        (page,) = simulation.alerts(["SLOBurn"], ["2h8m"])["SLOBurn", "2h8m"]
        description = page["annotations"]["description"].split("\n")
        assert re.sub(r"\b14\.75%", "15%", description[2]) == (  # of an hour that has a slice at both its ends
            "100% of minutes are bad now, 15% over the last 1h. The promise allows 1% over 30d."
        )
        assert description[0].startswith(
            "The largest value of queue is below 5 in 99 of 100 minutes, over any 30 days."
        )
        assert description[5] == 'Measured: 1m slices (good when max(queue{job="shop"}) < 5, no data is bad)'
        (ticket,) = simulation.alerts(["SLONoData"], ["2h26m"])["SLONoData", "2h26m"]
        description = ticket["annotations"]["description"].split("\n")
        assert description[1].startswith("There has been no data for at least 15m, or none that separates good")
        assert description[3] == 'Measured: queue{job="shop"}'


class TestNoData:
    """Gone with its target is gone; a gauge that is gone while its target is up is only missed if that is bad."""

    def tickets(self, folder: Path, given: dict[str, str], at: Sequence[str]) -> dict[str, list[bool]]:
        shapes = [slo(gauge("max", "<", "5", missing), name=missing, alerts=(NO_DATA,)) for missing in MISSING]
        found = simulate(folder, shapes, given).alerts(["SLONoData"], at)
        names = [{alert["labels"]["slo"].removeprefix("shop/") for alert in alerts} for alerts in found.values()]
        return {missing: [missing in some for some in names] for missing in MISSING}

    def test_target_down(self, tmp_path: Path) -> None:
        given = series(a="1x59 stale") | {UP: "1x59 0x60"}
        found = self.tickets(tmp_path, given, ["59m", "1h14m", "1h15m", "1h50m"])
        assert found == {missing: [False, False, True, True] for missing in MISSING}

    def test_target_up(self, tmp_path: Path) -> None:
        given = series(a="1x59 stale") | {UP: "1x120"}
        found = self.tickets(tmp_path, given, ["1h14m", "1h15m", "2h"])
        assert found == {"bad": [False, True, True], "good": [False] * 3, "ignored": [False] * 3}

    NOWHERE: Mapping[Missing, ir.Slices] = MappingProxyType(
        {
            one: ir.Slices(
                seconds=60,
                good_when=ir.Gauge(fold="max", stream=ir.Stream(metric="queue"), cmp="<", value=Decimal(5)),
                missing=one,
            )
            for one in MISSING
        }
    )
    """Slices without a job."""

    def test_there_is_no_rule_that_cannot_fire(self) -> None:
        shapes = {**self.NOWHERE, "condition": condition("queue < 5"), "absent": condition("absent(queue)")}
        groups = yaml.safe_load(rules([slo(one, name=name, alerts=(NO_DATA,)) for name, one in shapes.items()]))[
            "groups"
        ]
        named = [group["name"] for group in groups for rule in group["rules"] if "alert" in rule]
        assert named == [f"shop/{name} budget" for name in ("bad", "ignored", "condition")]


class TestPer:
    """Every value has slices of its own, as long as it is there."""

    def simulation(self, folder: Path, fold: str = "max", **more: object) -> Simulation:
        slices = gauge(fold, "<", "5", "ignored")  # type: ignore[arg-type]  # one of two
        given = series(a="1x59 9x9 stale", b="1x240", c="9x240") | series("other", a="1x240")
        return simulate(folder, [slo(slices, per=("instance",), **more)], given)

    @pytest.mark.parametrize("fold", ["max", "each"])
    def test_a_value_vanishes(self, tmp_path: Path, fold: str) -> None:
        simulation = self.simulation(tmp_path, fold)
        names = [EVENTS, "slo:error_ratio:rate1h", "slo:error_ratio:period", "slo:target:ratio"]
        found = simulation.timeline(names, ["1h5m", "4h"])
        got = {key: {labels["instance"]: value for labels, value in samples} for key, samples in found.items()}
        assert got[EVENTS, "1h5m"] == {"a": 1, "b": 1, "c": 1}
        assert got[EVENTS, "4h"] == {"b": 1, "c": 1}
        assert got["slo:error_ratio:rate1h", "1h5m"] == {"a": near(6 / 60), "b": 0, "c": 1}
        # What it spent is spent until it leaves the window; its last sample is seen for two more slices.
        expected = {"a": 12 / 72, "b": 0, "c": 1}
        assert got["slo:error_ratio:period", "4h"] == pytest.approx(expected, rel=0.05)
        assert got["slo:target:ratio", "4h"] == {"a": 0.99, "b": 0.99, "c": 0.99}

    def test_pages_and_no_data(self, tmp_path: Path) -> None:
        simulation = self.simulation(tmp_path, alerts=(PAGE, NO_DATA))
        found = simulation.alerts(["SLOBurn", "SLONoData"], ["1h", "1h9m", "2h"])
        burning = [[alert["labels"]["instance"] for alert in found["SLOBurn", time]] for time in ("1h", "1h9m", "2h")]
        assert [sorted(names) for names in burning] == [["c"], ["a", "c"], ["c"]]
        assert not [alert for time in ("1h", "1h9m", "2h") for alert in found["SLONoData", time]]
