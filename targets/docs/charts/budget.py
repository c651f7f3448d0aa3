"""The charts of the budget: a ladder of agreed actions, and bars for the cost of risks."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from slocompiler import promql
from slocompiler.explain import words
from slocompiler.ir import PolicyStep
from slocompiler.targets.docs.charts import svg
from slocompiler.targets.docs.charts.scale import Linear, spread, ticks, width, wrapped
from slocompiler.visible import shown

WIDE, NARROW = 720.0, 358.0
"""Widths of a chart, for wide and for narrow screens."""
SIZE = 13.0
LINE = 18.0
MOST_LINES = {WIDE: 3, NARROW: 6}
"""Lines of one text in the chart; the table below has all of it."""
Cost = tuple[str, Fraction]
"""The text of a risk, and the share of the budget that it costs."""

# The ladder

GAUGE = (64.0, 84.0)
BEGIN = 124.0
FULL = "No restrictions."
LADDER = (
    "A column from a full budget at the top to an empty one. Each rung names the action agreed for a budget below it."
)


@lru_cache(maxsize=64)
def ladder(name: str, steps: tuple[PolicyStep, ...], across: float) -> str:
    """The agreed actions, from a full budget at the top to an exhausted one at the bottom."""
    rungs = sorted({Fraction(step.below): step for step in steps}.items(), reverse=True)
    texts = [(Fraction(1), "full", [FULL])]
    texts += [
        (
            below,
            f"below {promql.percent(below)}" if below else "exhausted",
            wrapped(shown(step.action), SIZE, across - BEGIN, MOST_LINES[across]),
        )
        for below, step in rungs
    ]
    heights = [LINE * (1 + len(lines)) + 10 for _, _, lines in texts]
    bottom = max(190.0, sum(heights) + 8)
    scale = Linear(0, 1, bottom - 30, 26)
    placed = spread([scale.at(float(below)) for below, _, _ in texts], heights, 4, bottom)
    body = _column(scale, [below for below, _ in rungs])
    for (below, when, lines), middle, height in zip(texts, placed, heights, strict=True):
        at, top = scale.at(float(below)), middle - height / 2
        body += svg.path([(GAUGE[1], at), (BEGIN - 24, at), (BEGIN - 8, top + LINE - 4)], "rung")
        body += svg.label(when, BEGIN, top + LINE, "strong")
        body += "".join(svg.label(text, BEGIN, top + LINE * (n + 2)) for n, text in enumerate(lines))
    return svg.drawing(name, "Agreed actions, by budget left", LADDER, across, bottom + 6, body)


def _column(scale: Linear, rungs: list[Fraction]) -> str:
    """The column, darker below each rung."""
    left, right = GAUGE
    bounds = sorted({Fraction(1), Fraction(0), *rungs}, reverse=True)
    body = ""
    for number, (above, below) in enumerate(pairwise(bounds)):
        top, bottom = scale.at(float(above)), scale.at(float(below))
        look = "calm" if above > max(rungs, default=Fraction(0)) else f"low{min(number, 3)}"
        body += svg.element("rect", x=left, y=top, width=right - left, height=bottom - top, class_=look)
    empty = scale.at(0)
    body += svg.element("rect", x=left, y=empty, width=right - left, height=16, class_="spent")
    shares = ticks([1, 0, 0.5, 0.25, 0.75], scale, lambda _: 22.0, (1.0, 0.0))
    return body + "".join(
        svg.label(f"{share * 100:g}%", left - 8, scale.at(share) + 4, "quiet", "end") for share in shares
    )


# Risks

ROW = 50.0
ROWS = 12
"""The number of bars; the last one sums up all further risks."""
MARGIN = (8.0, 20.0)
"""The space to the left and to the right of the bars."""
STEPS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, *(base * 10.0**power for power in range(7) for base in (2, 3, 5, 10)))
RISKS = (
    "One bar for each risk, the costliest first. Each bar starts where the one before ends, on a scale of the budget. "
    "The part beyond the line of the whole budget does not fit."
)


def bars(name: str, costs: tuple[Cost, ...], outage: int, across: float) -> str:
    """The share of the budget that each risk costs, the costliest first; the budget is `outage` seconds of full outage."""
    rows = list(costs[:ROWS])
    if len(costs) > ROWS:
        rows[-1] = (f"{len(costs) - ROWS + 1} more", sum((cost for _, cost in costs[ROWS - 1 :]), Fraction(0)))
    total = float(sum((cost for _, cost in rows), Fraction(0)))
    scale = Linear(0, max(1.0, total) * 1.02, MARGIN[0], across - MARGIN[1])
    row = ROW if across == WIDE else ROW + LINE
    bottom = row * len(rows) + 14
    body = _axis(scale, bottom, across)
    begin = Fraction(0)
    for number, (text, cost) in enumerate(rows):
        top, end = 8 + row * number, begin + cost
        body += _label(text, f"{words.percent(cost)} of the budget, {words.time(cost * outage)}", scale, top, across)
        top += row - ROW
        inside = min(max(Fraction(1), begin), end)
        body += _bar(scale, begin, inside, top + 26, "fits") + _bar(scale, inside, end, top + 26, "beyond")
        body += svg.line(scale.at(1), top + 24, scale.at(1), top + 44, "whole")
        begin = end
    pattern = svg.element(
        "pattern", svg.line(0, 0, 0, 7, "hatch"), id=f"{name}-p", width=7, height=7,
        patternUnits="userSpaceOnUse", patternTransform="rotate(45)",
    )  # fmt: skip  # one element
    body = svg.element("defs", pattern) + body.replace("url(#hatched)", f"url(#{name}-p)")
    return svg.drawing(name, "Risks, by their share of the budget", RISKS, across, bottom + 34, body)


def _label(text: str, value: str, scale: Linear, top: float, across: float) -> str:
    """The text and the value of a risk: beside each other, or the value below."""
    beside, room = across == WIDE, scale.end - scale.begin
    (label,) = wrapped(shown(text), SIZE, room - (width(value, SIZE) + 16 if beside else 0), 1)
    begin = svg.label(label, scale.begin, top + LINE, "strong")
    if beside:
        return begin + svg.label(value, scale.end, top + LINE, anchor="end")
    return begin + svg.label(value, scale.begin, top + 2 * LINE)


def _bar(scale: Linear, begin: Fraction, end: Fraction, top: float, look: str) -> str:
    if end <= begin:
        return ""
    left, right = scale.at(float(begin)), scale.at(float(end))
    fill = "url(#hatched)" if look == "beyond" else ""
    return svg.element("rect", x=left, y=top, width=max(right - left, 1.5), height=14, class_=look, fill=fill)


def _axis(scale: Linear, bottom: float, across: float) -> str:
    def text(share: float) -> str:
        return "the whole budget" if share == 1 else f"{share * 100:g}%"

    def middle(share: float) -> float:
        half = width(text(share), SIZE) / 2
        return min(max(scale.at(share), half + 4), across - half - 4)

    shares = ticks(STEPS, scale, lambda share: width(text(share), SIZE) + 16, (1.0,))
    room = width(text(1), SIZE) / 2 + 32
    body = ""
    for share in shares:
        if share == 1 or abs(middle(share) - middle(1)) >= room:
            body += svg.line(scale.at(share), bottom, scale.at(share), bottom + 6, "whole")
            body += svg.label(text(share), middle(share), bottom + 22, "", "middle")
    return body + svg.line(scale.begin, bottom, scale.end, bottom, "whole")
