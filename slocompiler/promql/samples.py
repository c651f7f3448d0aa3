"""The samples that one evaluation of an expression reads, selector by selector."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from slocompiler.promql import UNITS
from slocompiler.promql.node import Node

_UNITS = {**{unit: float(seconds) for unit, seconds in UNITS.items()}, "ms": 0.001}
_DURATION = re.compile(r"([0-9]+)(ms|[wdhms])")
_RANGE = re.compile(r"\[([^:\]]*)(?::([^\]]*))?\]")


class Read(NamedTuple):
    """A selector in an expression, and the samples that are read of each of its series."""

    selector: Node
    samples: float


def reads(node: Node, interval: Callable[[Node], float], times: float = 1, window: float = 0) -> Iterator[Read]:
    """What an expression reads, if the series of a selector have a sample every `interval` seconds.

    It is evaluated `times` times; `window` is the range around it in seconds.
    """
    if node.kind == "selector":
        yield Read(node, times * max(1, window / interval(node)))
        return
    if node.kind in ("range", "subquery"):
        over, step = _seconds(node)
        if node.kind == "range":
            window = over
        else:
            times *= max(1, over / (step or interval(node)))
    for part in node.parts:
        yield from reads(part, interval, times, window)


def _seconds(node: Node) -> tuple[float, float]:
    """The length and the step of a range, in seconds; 0 for a step that it does not state."""
    found = _RANGE.search(node.modifiers)
    assert found, "a range has one"
    over, step = (
        sum(int(count) * _UNITS[unit] for count, unit in _DURATION.findall(text or "")) for text in found.groups()
    )
    return over, step
