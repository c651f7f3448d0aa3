"""Shares such as `good share(ready{})`: how much of each slice is bad, counted here by hand."""

from pathlib import Path

import pytest

from slocompiler.record import replace
from support.judged import ERRORS, EVENTS, MISSING, series
from support.shapes import PAGE, recorded, share, simulate, slo

pytestmark = pytest.mark.usefixtures("every_prometheus")

GIVEN = series("ready", a="1 0.9 0.25 NaN 2 -1 stale _ _ 1")
"""The newest sample of the last two scrapes counts, so that a lost one is no missing data."""
BAD = (0, 0.1, 0.75, None, 0, 1, 1, 1, None, 0)
"""The bad share of each minute. NaN is no data, and values beyond 0 and 1 are clamped."""
AT = [f"{minute}m" for minute in range(10)]


def about(values: list[float | None]) -> list[object]:
    """The values, or what is almost one of them."""
    return [None if one is None else pytest.approx(one, abs=1e-12) for one in values]


def test_of_each_slice(tmp_path: Path) -> None:
    shapes = [slo(share("good", missing), name=missing) for missing in MISSING]
    simulation = simulate(tmp_path, shapes, GIVEN)
    missing: dict[str, float | None] = {"bad": 1, "good": 0, "ignored": None}
    errors, events = recorded(simulation, ERRORS, AT), recorded(simulation, EVENTS, AT)
    for name, verdict in missing.items():
        expected = [verdict if one is None else one for one in BAD]
        assert errors[name] == about(expected), name
        assert events[name] == [1 if one is not None else None for one in expected], name


def test_several_series(tmp_path: Path) -> None:
    # The average of those that are there; each for itself; each value for itself; and a share of what is bad.
    given = GIVEN | series("ready", b="0.5x9")
    b = [0.5] * 10
    both = [one if a is None else (a + one) / 2 for a, one in zip(BAD, b, strict=True)]
    good = share("good", "ignored")
    shapes = [
        slo(good, name="average"),
        slo(replace(good, each=True), name="each"),
        slo(share("bad", "ignored"), name="bad"),
    ]
    simulation = simulate(tmp_path, shapes, given)
    errors, events = recorded(simulation, ERRORS, AT), recorded(simulation, EVENTS, AT)
    assert errors == {
        "average": about(list(both)),
        "bad": about([1 - one for one in both]),
        "each": about([(a or 0) + one for a, one in zip(BAD, b, strict=True)]),
    }
    assert events["average"] == [1] * 10
    assert events["each"] == [1 if a is None else 2 for a in BAD]


def test_each_value_has_a_budget_and_alerts(tmp_path: Path) -> None:
    # Half of a is bad for an hour: five bad slices after ten minutes. Of b 5% is, which is below the limit of 14.4%.
    given = series("ready", a="1x59 0.5x70", b="1x59 0.95x70")
    simulation = simulate(tmp_path, [slo(share("good", "ignored"), per=("instance",), alerts=(PAGE,))], given)
    found = {
        name: {labels["instance"]: value for labels, value in simulation.values([name], "1h59m")[name]}
        for name in ("slo:error_ratio:rate5m", "slo:error_ratio:rate1h", "slo:error_ratio:period")
    }
    assert found["slo:error_ratio:rate5m"] == pytest.approx({"a": 0.5, "b": 0.05})
    assert found["slo:error_ratio:rate1h"] == pytest.approx({"a": 0.5, "b": 0.05}, rel=0.02)
    assert found["slo:error_ratio:period"] == pytest.approx({"a": 0.25, "b": 0.025}, rel=0.05)
    alerts = simulation.alerts(["SLOBurn"], ["1h5m", "1h20m"])
    assert [[one["labels"]["instance"] for one in alerts["SLOBurn", at]] for at in ("1h5m", "1h20m")] == [[], ["a"]]
