"""The layout of panels: lines from left to right, one below the other, so that panels cannot overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slocompiler.targets.grafana.model import COLUMNS, Panel, Placed

Line = Sequence[tuple[Panel, int]]
"""Panels with their widths; together at most the width of the grid."""


def line(panels: Line, height: int, x: int = 0, y: int = 0) -> list[Placed]:
    """Panels of one height, next to each other."""
    placed = []
    for panel, width in panels:
        placed.append(Placed(panel, x, y, width, height))
        x += width
    assert x <= COLUMNS, "a line is as wide as the grid at most"
    return placed


def beside(panel: Panel, width: int, blocks: Iterable[tuple[Line, int]]) -> list[Placed]:
    """A panel at the left, and lines of panels at its right that together have its height."""
    right = stacked(blocks, x=width)
    return [Placed(panel, 0, 0, width, max(placed.y + placed.height for placed in right)), *right]


def stacked(blocks: Iterable[tuple[Line, int]], x: int = 0, y: int = 0) -> list[Placed]:
    """Lines with their heights, each below the one before it."""
    placed: list[Placed] = []
    for panels, height in blocks:
        placed += line(panels, height, x, y)
        y += height
    return placed


def below(blocks: Iterable[Sequence[Placed]]) -> tuple[Placed, ...]:
    """Blocks of placed panels, each below the one before it."""
    placed: list[Placed] = []
    for block in blocks:
        top = max((one.y + one.height for one in placed), default=0)
        placed += [one._replace(y=top + one.y) for one in block]
    return tuple(placed)
