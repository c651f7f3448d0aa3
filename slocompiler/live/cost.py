"""What a query costs: the samples that a server reads for it, estimated before it is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from slocompiler import promql
from slocompiler.live.questions import Asking, Range, Table
from slocompiler.promql import tree
from slocompiler.promql.node import Node
from slocompiler.record import replace

LATELY = 300
"""A series counts if it had samples in these seconds."""
_UNITS = {**{unit: float(seconds) for unit, seconds in promql.UNITS.items()}, "ms": 0.001}
_DURATION = re.compile(r"([0-9]+)(ms|[wdhms])")
_RANGE = re.compile(r"\[([^:\]]*)(?::([^\]]*))?\]")


class _Read(NamedTuple):
    """A selector in a query, and the samples of each of its series that one evaluation reads."""

    table: Table
    samples: float


def estimated(asked: Sequence[Range], scrape_interval: int, at: int) -> Asking[list[Range]]:
    """The questions with their costs, from the number of series that each selector has at a time."""
    read = {one.expr: list(_reads(tree.read(one.expr), scrape_interval, at)) for one in asked}
    tables = {each.table for found in read.values() for each in found}
    answers = yield tuple(tables)
    kept = [table for table in tables if answers.known(table)]  # a snapshot reads nothing
    series = {table: sum(sample.value for sample in answers.vector(table)) for table in kept}
    a_point = {expr: sum(series.get(each.table, 0) * each.samples for each in found) for expr, found in read.items()}
    return [replace(one, cost=round(a_point[one.expr] * points(one))) for one in asked]


def points(asked: Range) -> int:
    """The number of times at which the expression is evaluated."""
    return (asked.end - asked.start) // asked.step + 1


def _reads(node: Node, scrape_interval: int, at: int, times: float = 1, window: float = 0) -> Iterator[_Read]:
    if node.kind == "selector":
        table = Table(metric=node.name, matchers=node.matchers, labels=(), lookback=LATELY, at=at)
        yield _Read(table, times * max(1, window / scrape_interval))
        return
    if node.kind in ("range", "subquery"):
        over, step = _seconds(node)
        if node.kind == "range":
            window = over
        else:
            times *= max(1, over / (step or scrape_interval))
    for part in node.parts:
        yield from _reads(part, scrape_interval, at, times, window)


def _seconds(node: Node) -> tuple[float, float]:
    """The length and the step of a range, in seconds; 0 for a step that it does not state."""
    found = _RANGE.search(node.modifiers)
    assert found, "a range has one"
    over, step = (
        sum(int(count) * _UNITS[unit] for count, unit in _DURATION.findall(text or "")) for text in found.groups()
    )
    return over, step
