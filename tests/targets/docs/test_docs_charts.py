"""Charts: texts never overlap, ticks and scales fit, and points equal the detection times of `burn.py`."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slocompiler import burn, standard
from slocompiler.burn import DAY, HOUR, MINUTE
from slocompiler.ir import Alert, Burn, Exhausted, NoData, PolicyStep, Remaining, Severity
from slocompiler.targets.docs.charts import alerts as alert_chart
from slocompiler.targets.docs.charts import budget
from slocompiler.targets.docs.charts.scale import Linear, Log, spread, ticks, width, wrapped
from support.drawings import faults

SEVERITIES = st.sampled_from(["page", "ticket", "notify"])
TARGETS = st.sampled_from(["0.5", "0.9", "0.95", "0.99", "0.995", "0.999", "0.9995", "0.9999", "0.99999"]).map(Decimal)
PERIODS = st.sampled_from([DAY, 7 * DAY, 28 * DAY, 30 * DAY, 90 * DAY, 365 * DAY])
SHARES = st.integers(1, 1000).map(lambda n: Decimal(n) / 1000)
LINES = st.one_of(
    st.builds(
        Burn,
        severity=SEVERITIES,
        share=SHARES,
        window=st.sampled_from([5 * MINUTE, HOUR, 6 * HOUR, 90 * MINUTE, DAY, 3 * DAY]),
    ),
    st.builds(Exhausted, severity=SEVERITIES, within=st.sampled_from([30 * MINUTE, 4 * HOUR, 12 * HOUR, 2 * DAY])),
    st.builds(Remaining, severity=SEVERITIES, below=st.sampled_from(["0", "0.1", "0.25", "0.333"]).map(Decimal)),
    st.builds(NoData, severity=SEVERITIES, lasting=st.just(900)),
)
WORDS = st.text(min_size=1, max_size=300) | st.sampled_from(
    ["W" * 400, "決済が遅い" * 60, "a " * 300, "<b>&", "👩‍👩‍👧 " * 40]
)


@settings(max_examples=60)
@given(st.lists(LINES, max_size=9), TARGETS, PERIODS)
def test_texts_of_alerts_never_overlap(alerts: list[Alert], target: Decimal, period: int) -> None:
    fitting = [line for line in alerts if not isinstance(line, Burn) or line.window <= period]
    fitting = [
        line for line in fitting if not isinstance(line, Exhausted) or burn.exhaustion_window(line.within) <= period
    ]
    for frame in (alert_chart.WIDE, alert_chart.NARROW):
        assert faults(alert_chart.draw("x", tuple(fitting), target, period, "requests", frame)) == []


def test_the_area_above_each_line_has_its_color() -> None:
    lines = standard.alerts(Decimal("0.999"), 30 * DAY)
    drawing = alert_chart.draw("x", lines, Decimal("0.999"), 30 * DAY, "requests", alert_chart.WIDE)
    right, top = f"{alert_chart.WIDE.right:g}", f"{alert_chart.TOP:g}"
    for severity in ("page", "ticket"):
        (heat,) = re.findall(f'<path d="([^"]*)" class="heat {severity}"', drawing)
        edges = re.findall(f'<path d="M([^"]*)" class="line {severity}"', drawing)
        expected = [f"{edge}L{right} {top}L{edge.split()[0]} {top}" for edge in edges]
        assert heat.removeprefix("M").removesuffix("Z").split("ZM") == expected
    assert drawing.index("heat ticket") < drawing.index("heat page"), "where both fire, the page is seen"


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 999), WORDS), min_size=1, max_size=9, unique_by=lambda pair: pair[0]))
def test_texts_of_ladders_never_overlap(steps: list[tuple[int, str]]) -> None:
    made = tuple(
        PolicyStep(below=Decimal(below) / 1000, action=action, notify=False, gate=False) for below, action in steps
    )
    for across in (budget.WIDE, budget.NARROW):
        assert faults(budget.ladder("x", made, across)) == []


@settings(max_examples=40)
@given(
    st.lists(st.tuples(WORDS, st.fractions(Fraction(1, 10**6), 10**6)), min_size=1, max_size=30), st.integers(1, 10**7)
)
def test_texts_of_risks_never_overlap(costs: list[tuple[str, Fraction]], outage: int) -> None:
    ranked = tuple(sorted(costs, key=lambda pair: -pair[1]))
    for across in (budget.WIDE, budget.NARROW):
        assert faults(budget.bars("x", ranked, outage, across)) == []


@given(st.lists(st.tuples(st.floats(0, 500), st.floats(1, 40)), max_size=12))
def test_labels_stay_in_order_and_as_near_as_they_can(labels: list[tuple[float, float]]) -> None:
    wanted, heights = [at for at, _ in labels], [height for _, height in labels]
    placed = spread(wanted, heights, 0, 600)
    order = sorted(range(len(labels)), key=lambda index: wanted[index])
    for above, below in pairwise(order):
        assert placed[above] + heights[above] / 2 <= placed[below] - heights[below] / 2 + 1e-6
    assert all(height / 2 - 1e-6 <= at <= 600 - height / 2 + 1e-6 for at, height in zip(placed, heights, strict=True))
    if sum(heights) and all(
        abs(a - b) > (heights[i] + heights[j]) / 2 and heights[i] / 2 <= a <= 500
        for i, a in enumerate(wanted) for j, b in enumerate(wanted) if i != j
    ):  # fmt: skip  # one condition
        assert all(
            h / 2 > want or at == pytest.approx(want) for at, want, h in zip(placed, wanted, heights, strict=True)
        )


@given(st.text(max_size=300), st.floats(40, 600), st.integers(1, 5))
def test_lines_fit(text: str, room: float, most: int) -> None:
    lines = wrapped(text, 13, room, most)
    assert 1 <= len(lines) <= most
    assert all(width(line, 13) <= room for line in lines)
    if len(" ".join(lines)) < len(" ".join(text.split())):
        assert any(line.endswith("…") for line in lines), "what is cut says so"


def test_ticks_do_not_touch() -> None:
    scale = Log(0.001, 1, 0, 300)
    found = ticks((0.001, 0.002, 0.005, 0.1, 0.5, 2), scale, lambda _: 40, (1,))
    assert found == [0.001, 0.005, 0.1, 1], "what is placed first stays"
    assert all(scale.at(b) - scale.at(a) >= 40 for a, b in pairwise(found))
    assert (scale.at(0.0001), scale.at(5)) == (0, 300)
    assert (Linear(0, 1, 10, 0).at(0.25), Linear(0, 1, 0, 8).at(9)) == (7.5, 8)


class TestPoints:
    """The points of lines equal the results of `burn.py`."""

    @pytest.mark.parametrize("severity", ["page", "ticket"])
    def test_lines_are_detection_times(self, severity: Severity) -> None:
        target, period = Decimal("0.999"), 30 * DAY
        lines = (
            Burn(severity=severity, share=Decimal("0.02"), window=HOUR),
            Exhausted(severity=severity, within=4 * HOUR),
            Remaining(severity=severity, below=Decimal("0.25")),
        )
        for line in lines:
            for bad, time in alert_chart._points(line, target, period, 0)[1:]:
                assert time == pytest.approx(
                    float(burn.detection(line, target, period, Fraction(bad).limit_denominator(10**9)) or 0), rel=1e-6
                )

    def test_a_line_that_cannot_fire_is_not_drawn(self) -> None:
        line = Burn(severity="page", share=Decimal("0.5"), window=HOUR)
        assert alert_chart._points(line, Decimal("0.9"), 30 * DAY, 0) == []
        assert 'class="line' not in alert_chart.draw("x", (line,), Decimal("0.9"), 30 * DAY, "events", alert_chart.WIDE)

    def test_what_does_not_fit_begins_at_the_whole_budget(self) -> None:
        svg = budget.bars("x", (("a", Fraction(3, 4)), ("b", Fraction(1, 2))), 2592, budget.WIDE)
        bars = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="14" class="(\w+)"', svg)
        assert [look for *_, look in bars] == ["fits", "fits", "beyond"]
        ends = [float(x) + float(long) for x, long, _ in bars]
        assert ends[0] == pytest.approx(float(bars[1][0]), abs=0.11)
        assert ends[1] == pytest.approx(float(bars[2][0]), abs=0.11)
        assert float(bars[1][1]) == pytest.approx(float(bars[2][1]), abs=0.11), "a quarter each"
        assert "50% of the budget, 21m36s" in svg
