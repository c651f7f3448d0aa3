"""Conditions in PromQL that say when there is data, counted here by hand."""

from decimal import Decimal
from pathlib import Path

import pytest

from slocompiler.record import replace
from support.judged import ERRORS, EVENTS, MISSING, judged, said, series
from support.shapes import condition, recorded, simulate, slo

pytestmark = pytest.mark.usefixtures("every_prometheus")

GIVEN = series(a="1 9 1 stale _ _ 9 1", b="1 1 9 9 1 stale _ 1")
"""At the fourth minute only b remains, at the sixth nothing."""


def test_of_all_series(tmp_path: Path) -> None:
    slices = {
        f"{name}-{missing}": condition(expr, of="max(queue) # of all", missing=missing)
        for missing in MISSING
        for name, expr in (("max", "max(queue) < 5"), ("other", "min(queue) == 1 # of one\n"))
    }
    words = {"max": "gbbbg-bg", "other": "ggg" + "bg-bg"}
    found = judged(tmp_path, slices, GIVEN, 8)
    assert found == {f"{name}-{one}": said(word, one) for name, word in words.items() for one in MISSING}


def test_for_each_value(tmp_path: Path) -> None:
    # Of a value that has several series, one is enough. What the condition returns without data does not count.
    given = GIVEN | {'queue{job="shop",instance="b",part="2"}': "9 9 9 1 9 stale _ 9"}
    counted = condition("queue < 5 or more", of="queue", missing="ignored")
    shape = slo(counted, per=("instance",))
    given |= {'more{instance="c"}': "1x8"}
    simulation = simulate(tmp_path, [shape], given)
    at = [f"{minute}m" for minute in range(8)]
    assert recorded(simulation, EVENTS, at, "instance") == {
        "a": [1, 1, 1, None, None, None, 1, 1],
        "b": [1, 1, 1, 1, 1, None, None, 1],
    }
    assert recorded(simulation, ERRORS, at, "instance") == {
        "a": [0, 1, 0, None, None, None, 1, 0],
        "b": [0, 0, 1, 0, 0, None, None, 0],
    }


def test_evaluations(tmp_path: Path) -> None:
    # 2 of 10 evaluations are bad, then 3; then 2 of the 4 that have data.
    values = " ".join(
        [*["1"] * 3, *["9"] * 2, *["1"] * 8, *["9"] * 3, *["1"] * 5, *["9"] * 2, *["1"] * 2, "stale", *"_" * 6]
    )
    shape = slo(replace(condition("queue < 5", 300, "queue", "ignored"), at_least=Decimal("0.8")))
    simulation = simulate(tmp_path, [shape], {"queue": values}, scrape=30, evaluate=30)
    assert recorded(simulation, ERRORS, ["5m", "10m", "15m"]) == {"answers": [0, 1, 1]}
