"""Scales, ticks and the width of texts. Lengths are in units of the drawing."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from slocompiler.burn import DAY, HOUR, MINUTE
from slocompiler.record import record

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
LETTER = 0.58
"""The width of a letter, as a share of its size: wider than most in any sans-serif, so that no label is cut."""
TIMES = (1, 2, 5, 10, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
         DAY, 2 * DAY, 4 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 60 * DAY, 90 * DAY, 180 * DAY, 365 * DAY)  # fmt: skip  # a table
"""Tick values of times, in seconds."""
SHARES = (*(step * 10.0**power for power in range(-9, 0) for step in (1, 2, 5)), 1.0)
"""Tick values of shares."""


@record
class Log:
    """A logarithmic scale: values from `low` to `high` between the positions `begin` and `end`."""

    low: float
    high: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        """The position of a value; a value beyond the scale is placed at its end."""
        held = min(max(value, self.low), self.high)
        return self.begin + (self.end - self.begin) * math.log(held / self.low) / math.log(self.high / self.low)


@record
class Linear:
    """A linear scale from `low` to `high`."""

    low: float
    high: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        """The position of a value; a value beyond the scale is placed at its end."""
        held = min(max(value, self.low), self.high)
        return self.begin + (self.end - self.begin) * (held - self.low) / (self.high - self.low)


def ticks(
    values: Iterable[float],
    scale: Log | Linear,
    room: Callable[[float], float],
    least: Sequence[float] = (),
) -> list[float]:
    """The values whose labels, each of width `room`, do not touch; the values of `least` are placed first."""
    inside = [value for value in values if scale.low <= value <= scale.high]
    kept: list[float] = []
    for value in [*least, *(value for value in inside if value not in least)]:
        if all(abs(scale.at(value) - scale.at(other)) >= (room(value) + room(other)) / 2 for other in kept):
            kept.append(value)
    return sorted(kept)


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Middles of labels of these heights, near the wanted positions and in their order, without overlap.

    Neighbors that would touch form one block around the mean of their wanted positions (pool adjacent violators).
    Blocks stay between `low` and `high`, which must be far enough apart for all. Linear time, after sorting.
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    blocks: list[tuple[float, float, list[int]]] = []  # top, height, members
    for index in order:
        height = heights[index]
        block = (_held(wanted[index] - height / 2, height, low, high), height, [index])
        while blocks and blocks[-1][0] + blocks[-1][1] > block[0]:
            _, before, members = blocks.pop()
            members = members + block[2]
            block = (_block_top(members, wanted, heights, low, high), before + block[1], members)
        blocks.append(block)
    middles = [0.0] * len(wanted)
    for top, _, members in blocks:
        for index in members:
            middles[index] = top + heights[index] / 2
            top += heights[index]
    return middles


def _block_top(members: list[int], wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> float:
    """The top of a block whose members are as close as possible to their wanted positions."""
    offset, total = 0.0, 0.0
    for index in members:
        total += wanted[index] - heights[index] / 2 - offset
        offset += heights[index]
    return _held(total / len(members), offset, low, high)


def _held(top: float, height: float, low: float, high: float) -> float:
    return max(low, min(top, high - height))


def width(text: str, size: float) -> float:
    """The width of a text at most. East Asian characters are as wide as high, combining characters have no width."""
    if text.isascii():
        return LETTER * size * len(text)
    return sum(map(_width, text)) * size


def _width(character: str) -> float:
    if unicodedata.combining(character):
        return 0
    return 1.1 if unicodedata.east_asian_width(character) in "WF" else LETTER if ord(character) < 0x2000 else 1


def wrapped(text: str, size: float, room: float, most: int) -> list[str]:
    """The text in at most `most` lines that fit into `room`; an ellipsis marks a cut."""
    lines, line = [], ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if width(joined, size) <= room:
            line = joined
            continue
        if line:
            lines.append(line)
        line = word if width(word, size) <= room else _cut(word, size, room)
    lines.append(line)
    if len(lines) > most:
        lines = [*lines[: most - 1], _cut(f"{lines[most - 1]} …", size, room)]
    return lines


def _cut(text: str, size: float, room: float) -> str:
    while text and width(f"{text}…", size) > room:
        text = text[:-1]
    return f"{text.rstrip()}…" if not text.endswith("…") else text
