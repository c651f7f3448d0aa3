"""The chart of a journey: a box for each step, with its target."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from slocompiler.explain.journey import targets
from slocompiler.ir import Step
from slocompiler.targets.docs.charts import svg
from slocompiler.targets.docs.charts.scale import wrapped
from slocompiler.visible import shown

WIDE, NARROW = 720.0, 358.0
"""Widths of a chart, for wide and for narrow screens."""
SIZE, LINE = 13.0, 18.0
IN_A_ROW = {WIDE: 4, NARROW: 1}
"""The most boxes beside each other."""
GAP, INSIDE = 28.0, 12.0
"""Lengths: between two boxes, and between a box and its text."""
MOST_LINES = 3
"""Lines for the name of an SLO."""
DESCRIPTION = (
    "A box for each step in the order of the journey, with the target of its SLO. Arrows lead to the next step."
)


@lru_cache(maxsize=64)
def steps(name: str, of: tuple[Step, ...], across: float) -> str:
    """The steps in their order, in rows. Alternatives share a box."""
    columns = min(len(of), IN_A_ROW[across])
    width = (across - 2 - GAP * (columns - 1)) / columns
    texts = [[*_lines(step, width - 2 * INSIDE)] for step in of]
    rows = [texts[begin : begin + columns] for begin in range(0, len(texts), columns)]
    heights = [max(map(len, row)) * LINE + 2 * INSIDE for row in rows]
    top, body, boxes = 1.0, "", list[tuple[float, float, float]]()
    for row, height in zip(rows, heights, strict=True):
        for column, lines in enumerate(row):
            left = 1 + column * (width + GAP)
            body += svg.element("rect", x=left, y=top, width=width, height=height, rx=4.0, class_="box")
            body += "".join(
                svg.label(text, left + INSIDE, top + INSIDE + LINE * number + SIZE, look)
                for number, (text, look) in enumerate(lines)
            )
            boxes.append((left, top, height))
        top += height + GAP
    for (left, upper, height), (after, lower, _) in pairwise(boxes):
        if lower == upper:
            body += _arrow((left + width + 3, upper + height / 2), (after - 3, upper + height / 2))
        elif columns == 1:
            body += _arrow((left + width / 2, upper + height + 3), (left + width / 2, lower - 3))
    return svg.drawing(name, "The steps of the journey", DESCRIPTION, across, top - GAP + 1, body)


def _lines(step: Step, room: float) -> Sequence[tuple[str, str]]:
    """The lines of a box, each with its look: the SLOs, then their targets, and how often it is taken."""
    found = []
    for number, one in enumerate(step.any):
        found += [("or", "quiet")] if number else []
        found += [(line, "strong") for line in wrapped(shown(one.title) or one.id, SIZE, room, MOST_LINES)]
    return [*found, (targets(step), "quiet"), *([(f"{step.times} times", "quiet")] if step.times > 1 else [])]


def _arrow(begin: tuple[float, float], end: tuple[float, float]) -> str:
    """An arrow to the right or down."""
    (x, y), is_down = end, begin[0] == end[0]
    head = [(x - 5, y - 6), end, (x + 5, y - 6)] if is_down else [(x - 6, y - 5), end, (x - 6, y + 5)]
    return svg.path([begin, end], "rung") + svg.path(head, "rung")
