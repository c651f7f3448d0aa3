"""Tables for terminals: cells in columns, cut to a width."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slocompiler.visible import cells

GAP = 2
"""Blanks between two columns."""


def widths(lines: Sequence[Mapping[str, str]]) -> dict[str, int]:
    """The cells of the widest text of each column; every line has all columns."""
    return {column: max(cells(line[column]) for line in lines) for column in (lines[0] if lines else ())}


def over(found: Mapping[str, int], width: int | None) -> int:
    """The cells by which a table of these columns is too wide; None is any width."""
    return sum(found.values()) + GAP * (len(found) - 1) - width if width else 0


def line(texts: Mapping[str, str], found: Mapping[str, int]) -> str:
    """A line of the table, each of its texts cut to the width of its column."""
    shown = {column: cut(texts[column], width) for column, width in found.items()}
    return (" " * GAP).join(text + " " * (found[column] - cells(text)) for column, text in shown.items()).rstrip()


def cut(text: str, width: int) -> str:
    """The text, cut to `width` cells with an ellipsis at its end."""
    if cells(text) <= width:
        return text
    while cells(text) >= width:
        text = text[:-1]
    return f"{text.rstrip()}…"
