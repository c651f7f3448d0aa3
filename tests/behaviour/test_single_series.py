"""`slices … each`, where every series of a slice is an event of its own, and labels that `per` records under another name."""

from decimal import Decimal
from pathlib import Path

import pytest

from slocompiler import ir
from slocompiler.record import replace
from support.shapes import gauge, recorded, simulate, slo

pytestmark = pytest.mark.usefixtures("every_prometheus")
BACKENDS = {"per": ("backend",), "renamed": (ir.Renamed(label="instance", name="backend"),)}


def test_series_are_counted(tmp_path: Path) -> None:
    # One of three instances is bad in every other slice, and one is gone after an hour.
    single = replace(gauge("each", "<", "5", "ignored"), each=True)
    shapes = [slo(single), slo(gauge("each", "<", "5"), name="whole"), slo(single, name="apart", **BACKENDS)]
    values = {"a": "1 9 1 NaN " * 75, "b": "1x299", "c": "1x59 stale"}
    given = {f'queue{{job="shop",instance="{name}"}}': text for name, text in values.items()}
    simulation = simulate(tmp_path, shapes, given)
    counts = [recorded(simulation, f"slo:{what}:rate5m", ["4m", "5m", "63m"]) for what in ("events", "errors")]
    assert [found["answers"] for found in counts] == [[3, 3, 2], [0, 1, 1]]
    found = simulation.values(["slo:error_ratio:period"], "4h59m")["slo:error_ratio:period"]
    ratios = {labels.get("backend", labels["slo"]): value for labels, value in found}
    events = 300 + 300 + 62  # a sample lasts for two lost scrapes
    exact = {"shop/answers": 150 / events, "shop/whole": 0.5, "a": 0.5, "b": 0, "c": 0}
    assert ratios == pytest.approx(exact, rel=0.005)
    assert all("instance" not in labels for labels, _ in found)


def test_another_name(tmp_path: Path) -> None:
    # The events have a label of the new name, too, by which no two series may become one.
    ratio = ir.Ratio(
        total=(ir.Stream(metric="requests_total"),),
        side="bad",
        part=(ir.Stream(metric="requests_total", all=(ir.Matcher("code", "=", "500"),)),),
    )
    easier = ir.Override(filter=(ir.Matcher("backend", "=", "list"),), target=Decimal("0.95"), alerts=())
    paces = {("buy", "x"): (60, 40), ("buy", "y"): (260, 40), ("list", "x"): (100, 0)}
    given = {
        f'requests_total{{instance="{name}",backend="{other}",code="{code}"}}': f"0+{pace}x60"
        for (name, other), both in paces.items()
        for code, pace in zip(("200", "500"), both, strict=True)
    }
    simulation = simulate(tmp_path, [slo(ratio, overrides=(easier,), **BACKENDS)], given)
    found = simulation.values(["slo:error_ratio:rate1h", "slo:target:ratio"], "1h")
    ratios, targets = ({labels["backend"]: value for labels, value in samples} for samples in found.values())
    assert ratios == pytest.approx({"buy": 0.2, "list": 0}, rel=0.005)
    assert targets == {"buy": 0.99, "list": 0.95}
