"""Thresholds in native histograms: their rules as text always, what they record in Prometheus 3."""

from collections.abc import Mapping
from decimal import Decimal
from math import isnan
from pathlib import Path

import promql_parser
import pytest
import yaml

from slocompiler import ir
from slocompiler.record import replace
from support import native
from support.promtool import check_rules
from support.shapes import NATIVE, NO_DATA, PAGE, code, recorded, rules, simulate, sliced, slo, stream
from support.traffic import UP

HALF = replace(NATIVE, bound=Decimal("0.5"))
GOOD, BAD = 'took_seconds{job="shop",code="200"}', 'took_seconds{job="shop",code="500"}'
RATE5M, RATIO, PERIOD = "slo:error_ratio:rate5m", "slo:error_ratio:rate1h", "slo:error_ratio:period"


class TestText:
    """What is generated, which every promtool accepts."""

    def expressions(self, threshold: ir.Threshold, folder: Path) -> dict[str, str]:
        text = rules([slo(threshold, alerts=(PAGE, NO_DATA))])
        (folder / "shop.yaml").write_text(text, "utf-8")
        check_rules(folder / "shop.yaml")
        found = [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]
        for rule in found:
            promql_parser.parse(rule["expr"])
        return {rule["record"]: rule["expr"] for rule in found if "record" in rule}

    def test_below(self, tmp_path: Path) -> None:
        got = self.expressions(HALF, tmp_path)
        rate = 'sum(rate(took_seconds{job="shop"}[5m]))'
        count = f"histogram_count({rate})"
        assert got["slo:events:rate5m"] == count
        good = f"histogram_fraction(-Inf, 0.5, {rate}) * {count} >= 0 or 0 * {count}"
        assert got["slo:errors:rate5m"] == f"clamp_min(({count}) - ({good}), 0)"
        assert "increase(" not in got["slo:errors:increase5m"], "no catch-up"

    def test_above_and_filtered(self, tmp_path: Path) -> None:
        got = self.expressions(replace(HALF, good="gt", only=(code("2.."),)), tmp_path)
        good = 'sum(rate(took_seconds{job="shop",code=~"2.."}[5m]))'
        every = 'histogram_count(sum(rate(took_seconds{job="shop"}[5m])))'
        share = f"histogram_fraction(0.5, +Inf, {good}) * histogram_count({good})"
        assert got["slo:errors:rate5m"] == f"clamp_min(({every}) - ({share} >= 0 or 0 * {every}), 0)"


@pytest.mark.usefixtures("prometheus_3")
class TestTruth:
    """What is recorded, against events that are counted here."""

    def measured(
        self, folder: Path, shapes: Mapping[str, ir.Threshold], given: Mapping[str, str]
    ) -> dict[str, tuple[float, ...]]:
        """The error ratio of the second hour, and of both ten minutes after the last event."""
        simulation = simulate(folder, [slo(one, name=name) for name, one in shapes.items()], given)
        second, both = recorded(simulation, RATIO, ["2h"]), recorded(simulation, PERIOD, ["2h10m"])
        return {name: (*second[name], *both[name]) for name in shapes}

    def test_bounds_and_filters(self, tmp_path: Path) -> None:
        given = {
            GOOD: native.histogram(("1h", (80, 10, 0)), ("1h", (60, 20, 10)), ("10m", (0, 0, 0))),
            BAD: native.histogram(("1h", (10, 0, 0)), ("1h", (6, 2, 2)), ("10m", (0, 0, 0))),
        }
        ok, all_ok = (code("200"),), (code("200"), code("5.."))
        one = stream("took_seconds", none=(code("500"),))
        two = stream("took_seconds", none=((*code("500"), ir.Matcher("job", "=", "shop")),))
        cases = {  # how many are bad in the first and in the second hour, of how many
            "below": (HALF, 10, 34, 100),
            "below-more": (replace(HALF, bound=Decimal(1)), 0, 12, 100),
            "above": (replace(HALF, good="gt"), 90, 66, 100),
            "below-ok": (replace(HALF, only=ok), 20, 40, 100),  # a fast error is as bad as a slow answer
            "above-ok": (replace(HALF, good="gt", only=ok), 90, 70, 100),
            "below-all": (replace(HALF, only=all_ok), 10, 34, 100),
            "below-none": (replace(HALF, only=(code("404"),)), 100, 100, 100),
            "one-left-out": (replace(HALF, histogram=one), 10, 30, 90),
            "two-left-out": (replace(HALF, histogram=two), 10, 30, 90),
        }
        got = self.measured(tmp_path, {name: case[0] for name, case in cases.items()}, given)
        for name, (_, first, second, every) in cases.items():
            expected = (second / every, (first + second) / (2 * every))
            assert got[name] == pytest.approx(expected, rel=0.01, abs=1e-9), name

    def test_bounds_by_filters(self, tmp_path: Path) -> None:
        # 2xx is good below a half, 5xx below one. After an hour there is no 5xx.
        given = {
            GOOD: native.histogram(("1h", (80, 10, 0)), ("1h", (60, 20, 10)), ("10m", (0, 0, 0))),
            BAD: native.histogram(("1h", (10, 10, 20)), ("1h", (0, 0, 0)), ("10m", (0, 0, 0))),
        }
        filters = ((code("2.."),), (code("5.."),))
        both = tuple(
            ir.Bounded(any=one, bound=Decimal(bound)) for one, bound in zip(filters, ("0.5", "1"), strict=True)
        )
        shape = replace(HALF, histogram=stream("took_seconds", any=(code("2.."), code("5.."))), bounded=both)
        shapes = {"below": shape, "above": replace(shape, good="gt")}
        got = self.measured(tmp_path, shapes, given)
        assert got["below"] == pytest.approx((30 / 90, (10 + 20 + 30) / (90 + 40 + 90)), rel=0.005)
        assert got["above"] == pytest.approx((60 / 90, (80 + 20 + 60) / (90 + 40 + 90)), rel=0.005)

    def test_total_outage(self, tmp_path: Path) -> None:
        # No good answer, before or ever: every one is bad, however fast.
        shape = slo(replace(HALF, only=(code("2.."),)), alerts=(PAGE,))
        given = {BAD: native.histogram(("2h", (100, 0, 0)))}
        for good in ({}, {GOOD: native.histogram(("1h", (100, 0, 0)), ("1h", (0, 0, 0)))}):
            simulation = simulate(tmp_path, [shape], given | good)
            assert recorded(simulation, RATE5M, ["1h30m"]) == {"answers": [1]}
            assert len(simulation.alerts(["SLOBurn"], ["1h30m"])["SLOBurn", "1h30m"]) == 1

    def test_idle(self, tmp_path: Path) -> None:
        given = {GOOD: native.histogram(("1h", (80, 20, 0)), ("30m", (0, 0, 0)), ("30m", (80, 20, 0))), UP: "1x120"}
        simulation = simulate(tmp_path, [slo(HALF, alerts=(NO_DATA,)), slo(sliced(HALF, "0.8"), name="minutes")], given)
        every = simulation.timeline(['{__name__=~"slo:.+"}'], [f"{minute}m" for minute in range(2, 121, 8)])
        assert not [labels for samples in every.values() for labels, value in samples if isnan(value)]
        assert recorded(simulation, RATE5M, ["50m", "1h20m"])["answers"] == [pytest.approx(0.2), None]
        assert recorded(simulation, "slo:errors:rate5m", ["50m", "1h20m"])["answers"] == [pytest.approx(20 / 60), 0]
        assert recorded(simulation, PERIOD, ["2h"])["answers"] == [pytest.approx(0.2, rel=0.01)]
        # In each minute just four fifths were quick.
        at = ["50m", "1h20m", "1h50m"]
        slices = [recorded(simulation, f"slo:{what}:rate5m", at)["minutes"] for what in ("events", "errors")]
        assert slices == [[1, 0, 1], [0, 0, 0]]
        assert not simulation.alerts(["SLONoData"], ["1h28m"])["SLONoData", "1h28m"]

    def test_gone(self, tmp_path: Path) -> None:
        given = {GOOD: native.histogram(("1h", (80, 20, 0)), ("1h", None)), UP: "1x60 0x60"}
        found = simulate(tmp_path, [slo(HALF, alerts=(NO_DATA,))], given).alerts(["SLONoData"], ["1h10m", "1h20m"])
        assert [len(alerts) for alerts in found.values()] == [0, 1]

    def test_each_value(self, tmp_path: Path) -> None:
        given = {
            GOOD.replace("}", f',route="{route}"}}'): native.histogram(("1h", paces))
            for route, paces in {"buy": (60, 30, 10), "list": (100, 0, 0), "idle": (0, 0, 0)}.items()
        }
        simulation = simulate(tmp_path, [slo(HALF, per=("route",))], given)
        found = simulation.values([RATE5M], "50m")[RATE5M]
        assert {labels["route"]: value for labels, value in found} == {"buy": pytest.approx(0.4), "list": 0}
