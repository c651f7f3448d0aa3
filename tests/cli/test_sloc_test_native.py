"""`sloc test` of native histograms, with the promtool of Prometheus 3. The example has names in quotes too, also in `per`."""

from __future__ import annotations

from decimal import Decimal

import pytest

from slocompiler.record import replace
from slocompiler.targets.promtest.histogram import SCHEMA, observation
from support import binaries
from support.command import sloc
from support.compile import ROOT
from support.shapes import NATIVE

FOLDER = ROOT / "examples" / "otel"


def test_the_example_passes() -> None:
    answer = sloc(FOLDER, "test", "--promtool", str(binaries.promtool(binaries.PROMETHEUS_3)))
    assert answer.out == "ok    gateway/latency  15 cases\n1 SLO, 15 cases: all passed\n"
    assert answer.code == 0


def test_an_old_promtool_is_reported() -> None:
    promtool = binaries.promtool()
    why = f"native histograms need promtool 3, and {promtool} is {binaries.version(promtool)}"
    answer = sloc(FOLDER, "test", "--promtool", str(promtool))
    assert answer.out == f"-     gateway/latency  not tested: {why}\n0 SLOs, 0 cases: all passed; 1 SLO not tested\n"


@pytest.mark.parametrize(
    ("bound", "below", "above"), [("0.25", 0.2448, 0.2556), ("0.3", 0.2933, 0.3064), ("1e-9", 9.8e-10, 1.03e-9)]
)
def test_observations_are_near_the_bound(bound: str, below: float, above: float) -> None:
    """The empty bucket between them contains the bound."""
    bucket = observation(replace(NATIVE, bound=Decimal(bound)), True).bucket
    low, high = 2 ** ((bucket - 1) / 2**SCHEMA), 2 ** (bucket / 2**SCHEMA)
    assert low < float(bound) <= high
    assert (low, high) == pytest.approx((below, above), rel=0.025)
