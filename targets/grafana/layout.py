"""The layout of panels: lines from left to right, one below the other, so that panels cannot overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slocompiler.targets.grafana.model import COLUMNS, Panel, Placed, Section

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


def section(key: str, title: str, head: list[Placed], blocks: Iterable[tuple[Line, int]]) -> Section:
    """A section with panels that have a place already, and lines below them."""
    top = max((placed.y + placed.height for placed in head), default=0)
    return Section(key, title, (*head, *stacked(blocks, y=top)))
