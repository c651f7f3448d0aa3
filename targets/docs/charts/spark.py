"""A chart in a line of text: the share of the rolling budget that was left, without axes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from slocompiler.targets.docs.charts import svg
from slocompiler.targets.docs.charts.scale import Linear

WIDTH, HEIGHT, EDGE = 120.0, 28.0, 2.0
"""Lengths: of the drawing, and of its margins."""
LOWEST = -1.0
"""Where more was spent than twice the budget, the line is at the edge: the number beside it is exact."""
Point = tuple[float, float]
"""A time, and the share of the budget that is left."""


def draw(points: Sequence[Point], span: tuple[int, int], step: int, about: str) -> str:
    """The chart of these points in the order of time; `about` is for screen readers. Nothing is drawn where no point is."""
    low = max(LOWEST, min([0.0, *(left for _, left in points)]))
    along, over = Linear(low, 1.0, HEIGHT - EDGE, EDGE), Linear(*span, EDGE, WIDTH - EDGE)
    body = ""
    if low < 0:
        body += svg.element("rect", x=0.0, y=along.at(0), width=WIDTH, height=HEIGHT - along.at(0), class_="heat page")
    body += svg.line(0, along.at(0), WIDTH, along.at(0), "whole")
    for run in runs(points, step):
        body += svg.path([(over.at(at), along.at(left)) for at, left in run], "line left")
    return svg.element(
        "svg", body, class_="chart spark", viewBox=f"0 0 {WIDTH:.0f} {HEIGHT:.0f}", role="img", aria_label=about
    )


def runs(points: Iterable[Point], step: float) -> Iterator[list[Point]]:
    """Points that follow each other without a gap, which is longer than `step` seconds; each point is in one run."""
    run: list[Point] = []
    for point in points:
        if run and point[0] - run[-1][0] > step:
            yield run
            run = []
        run.append(point)
    if run:
        yield run
