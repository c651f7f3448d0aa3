"""The chart of a period: the share of the rolling budget that was left, over time."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from slocompiler.targets.docs.charts import svg
from slocompiler.targets.docs.charts.scale import Linear, ticks, width
from slocompiler.targets.docs.charts.spark import Point, runs

WIDE, NARROW = 720.0, 358.0
SIZE, HEIGHT, TOP, LEFT, RIGHT = 13.0, 190.0, 14.0, 56.0, 14.0
"""Lengths: of a letter, of the drawing, and its margins."""
BETWEEN = 3.0
"""The distance of two points of the line: each is the least of its time."""
DESCRIPTION = (
    "The line is the share of the error budget that was left. In the shaded area, more was spent than was agreed."
)


def draw(
    name: str, points: Sequence[Point], period: tuple[int, int], days: Sequence[tuple[int, str]], across: float,
    step: float = inf,
) -> str:  # fmt: skip  # what is drawn, and where
    """The chart of these points, in the order of time; `days` are the begins of days, with their names.

    Between two points that are more than `step` seconds apart, nothing is drawn.
    """
    low = min(0.0, *(left for _, left in points))
    along = Linear(low, max(1.0, *(left for _, left in points)), HEIGHT - 30, TOP)
    over = Linear(*period, LEFT, across - RIGHT)
    shares = ticks([1.0, 0.0, 0.5, low], along, lambda _: 22.0, (1.0, 0.0))
    body = "".join(
        svg.line(LEFT, along.at(share), across - RIGHT, along.at(share), "grid")
        + svg.label(f"{share:.0%}", LEFT - 8, along.at(share) + 4, "quiet", "end")
        for share in shares
    )
    names = dict(days)
    shown = ticks(list(names), over, lambda at: width(names[int(at)], SIZE) + 20, tuple(names)[:1])
    body += "".join(
        svg.label(names[int(at)], over.at(at), HEIGHT - 8, "quiet")
        for at in shown
        if _fits(over.at(at), names[int(at)], across)
    )
    if low < 0:
        top, below = along.at(0), along.at(low)
        body += svg.element("rect", x=LEFT, y=top, width=across - RIGHT - LEFT, height=below - top, class_="heat page")
    body += svg.line(LEFT, along.at(0), across - RIGHT, along.at(0), "whole")
    for run in runs(points, step):
        body += svg.path([(over.at(at), along.at(left)) for at, left in _least(run, over)], "line left")
    return svg.drawing(name, "Budget left over the period", DESCRIPTION, across, HEIGHT, body)


def _fits(x: float, text: str, across: float) -> bool:
    return x + width(text, SIZE) <= across


def _least(points: Sequence[Point], over: Linear) -> list[Point]:
    """The least of the points that are drawn at the same place."""
    found: dict[int, Point] = {}
    for point in points:
        place = int(over.at(point[0]) // BETWEEN)
        found[place] = min(found.get(place, point), point, key=lambda one: one[1])
    return [*found.values()]
