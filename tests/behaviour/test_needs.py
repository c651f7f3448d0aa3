"""`needs`: a page waits for as many bad slices, or as much traffic, as its line says, and no longer."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from slocompiler import burn, ir
from slocompiler.record import replace
from support import binaries, native, shapes
from support.shapes import COUNTED, PAGE, RATIO, condition, gauge, sliced, slo

pytestmark = pytest.mark.usefixtures("every_prometheus")
MINUTES = {"gauge": gauge("max", "<", "5", "ignored"), "condition": condition("queue < 5"), "slices": sliced()}
SHAPES = COUNTED | MINUTES
ROUTED = replace(RATIO, total=(shapes.stream("routed_total"),), part=(shapes.stream("routed_total"),))
COUNT, MANY, NONE = "0+1x60 70+10x29", "0+10x90", "0x90"
"""One request a minute for an hour, then ten a minute; ten from the start; and none."""
GIVEN = {
    'up{job="shop"}': "1x90",
    'requests_total{job="shop",code="500"}': COUNT,
    'routed_total{job="shop",route="/few"}': COUNT,
    'routed_total{job="shop",route="/many"}': MANY,
    'routed_total{job="shop",route="/other"}': MANY,
    'due_total{job="shop"}': COUNT,
    'sent_total{job="shop"}': NONE,
    'took_seconds_bucket{job="shop",le="0.3"}': NONE,
    'took_seconds_bucket{job="shop",le="+Inf"}': COUNT,
    'took_seconds_count{job="shop"}': COUNT,
    'queue{job="shop"}': "9x90",
}
SLOW = native.histogram(("1h", (0, 0, 1)), ("30m", (0, 0, 10)))


def first(folder: Path, slos: list[ir.Slo], given: dict[str, str], minutes: int) -> dict[str, int]:
    """The minute at which each SLO pages first, by its name and the values of its `per` labels."""
    simulation = shapes.simulate(folder, slos, given)
    found: dict[str, int] = {}
    for (_, at), alerts in simulation.alerts(["SLOBurn"], [f"{minute}m" for minute in range(1, minutes, 2)]).items():
        for labels in (alert["labels"] for alert in alerts):
            name = labels["slo"].removeprefix("shop/") + labels.get("route", "")
            found.setdefault(name, int(str(at).removesuffix("m")))
    return found


def needing(name: str, of: ir.Indicator, **needs: int) -> ir.Slo:
    """An SLO with one page, that needs so much."""
    return slo(of, name=name, alerts=(replace(PAGE, **needs),))


def test_a_page_needs_as_many_bad_slices_as_its_window_has(tmp_path: Path) -> None:
    """An hour of good slices, then nothing but bad ones; the checks refuse more than a window has."""
    slos = [needing(f"n{count}", MINUTES["gauge"], needs=count) for count in (30, 60, 100)]
    found = first(tmp_path, slos, {'queue{job="shop"}': "0x60 9x180"}, 240)
    for one in slos:
        expected = burn.detection(one.alerts[0], one.target, one.window, Fraction(1), 60)
        assert (expected is not None) == (one.name in found)
        assert expected is None or 0 <= (found[one.name] - 60) * 60 - expected <= 240


def test_a_page_waits_for_its_traffic(tmp_path: Path) -> None:
    """All events fail, so that they are too few alone keeps a line from paging: 100 of them, or 50 slices."""
    slos = [needing(name, one, traffic=50 if name in MINUTES else 100) for name, one in SHAPES.items()]
    slos.append(needing("any", RATIO))
    routes = replace(needing("per", ROUTED, traffic=100), per=("route",))
    other = ir.Override(filter=(ir.Matcher("route", "=", "/other"),), target=Decimal("0.95"), alerts=routes.alerts)
    slos.append(replace(routes, overrides=(other,)))
    is_new = binaries.version(binaries.promtool()).startswith("3")  # the older one does not know native histograms
    found = first(tmp_path, slos, GIVEN | ({'took_seconds{job="shop"}': SLOW} if is_new else {}), 90)
    shown = [name for name in SHAPES if is_new or name != "native"]
    expected = {name: range(49, 53) if name in MINUTES else range(63, 69) for name in shown}
    expected |= {"any": range(1, 5), "per/few": range(63, 69), "per/many": range(9, 14), "per/other": range(9, 14)}
    assert found.keys() == expected.keys()
    assert [name for name, minute in found.items() if minute not in expected[name]] == []
