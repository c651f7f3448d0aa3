"""Long slices: one of ten minutes is recorded every ten minutes, of which an instant vector knows five."""

from pathlib import Path

import pytest
import yaml

from slocompiler import ir
from support.promtool import Simulation
from support.shapes import NO_DATA, PAGE, gauge, recorded, rules, sliced, slo

pytestmark = pytest.mark.usefixtures("every_prometheus")

EVENTS, ERRORS = "slo:events:rate5m", "slo:errors:rate5m"
TEN = gauge("max", "<", "5", every=600)


class TestLongSlices:
    """What derives from them is always there."""

    RULES = "slo:error_ratio:rate5m", "slo:error_ratio:rate10m", "slo:error_ratio:rate1h", "slo:burn_rate:ratio"

    def between(self, folder: Path, shape: ir.Slo, bad: str) -> Simulation:
        """The groups that derive, each minute, from slices that are recorded every ten minutes: g, b, or ? for neither."""
        document = yaml.safe_load(rules([shape]))
        document["groups"] = [group for group in document["groups"] if not group["name"].endswith(" sli")]
        path = folder / "derived.yaml"
        path.write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
        identity = '{slo="shop/answers",service="shop"}'
        verdicts = {"g": "0", "b": "1", "?": "_"}
        values = {EVENTS: "1 _x9 " * len(bad), ERRORS: "".join(f"{verdicts[one]} _x9 " for one in bad)}
        return Simulation([path], {f"{name}{identity}": text.strip() for name, text in values.items()})

    def test_groups(self) -> None:
        shape = slo(TEN, alerts=(PAGE, NO_DATA))
        sli, rollup, budget = yaml.safe_load(rules([shape]))["groups"]
        assert [group["interval"] for group in (sli, rollup, budget)] == ["10m", "10m", "1m"]
        assert [rule["record"] for rule in sli["rules"]] == [EVENTS, ERRORS]
        assert {rule["alert"] for rule in budget["rules"] if "alert" in rule} == {"SLOBurn", "SLONoData"}

    def test_ratios_are_always_there(self, tmp_path: Path) -> None:
        shape = slo(TEN, "0.5", alerts=(PAGE,))
        simulation = self.between(tmp_path, shape, "ggggggbgbggg")
        at = [f"{minute}m" for minute in range(61, 120)]
        found = {name: recorded(simulation, name, at)["answers"] for name in self.RULES}
        # The first letter is the slice that ends at 0. The last one stays in sight until the next; at that very moment
        # a range of Prometheus 2 holds both.
        for name in ("slo:error_ratio:rate5m", "slo:error_ratio:rate10m"):
            assert [value for minute, value in enumerate(found[name], 61) if minute % 10] == [1] * 9 + [0] * 9 + [
                1
            ] * 9 + [0] * 27
        assert found["slo:error_ratio:rate1h"][-1] == pytest.approx(2 / 6)
        assert found["slo:burn_rate:ratio"][-1] == pytest.approx(2 / 6 / 0.5)

    def test_pages(self, tmp_path: Path) -> None:
        shape = slo(TEN, alerts=(PAGE,))
        simulation = self.between(tmp_path, shape, "ggggggbggggg")
        found = simulation.alerts(["SLOBurn"], [f"{minute}m" for minute in range(55, 95) if minute % 10])
        # One of six slices is bad; at the very moment of another one there may be seven. The page stays for 15 minutes.
        assert [len(alerts) for alerts in found.values()][1:] == [0] * 4 + [1] * 22 + [0] * 9

    def test_no_data(self, tmp_path: Path) -> None:
        # Half an hour of slices, then none; of slices of ten minutes one may be missed, and a target that is up is idle.
        shape = slo(sliced(every=600), alerts=(NO_DATA,))
        simulation = self.between(tmp_path, shape, "gggg")
        found = simulation.alerts(["SLONoData"], ["20m", "35m", "48m", "56m"])
        assert [len(alerts) for alerts in found.values()] == [0, 0, 0, 1]

    def test_nothing_sorts_them(self, tmp_path: Path) -> None:
        # A bound that is no bucket: slices in which something happened, of which nobody knows whether they are good.
        shape = slo(sliced(every=600), alerts=(NO_DATA,))
        simulation = self.between(tmp_path, shape, "gg??????")
        found = simulation.alerts(["SLONoData"], ["20m", "28m", "36m", "1h"])
        assert [len(alerts) for alerts in found.values()] == [0, 0, 1, 1]
