"""What a query costs: the samples that a server reads for it, estimated before it is asked."""

from __future__ import annotations

from collections.abc import Sequence

from slocompiler.live.questions import Asking, Range, Table
from slocompiler.promql import tree
from slocompiler.promql.node import Node
from slocompiler.promql.samples import reads
from slocompiler.record import replace

LATELY = 300
"""A series counts if it had samples in these seconds."""


def estimated(asked: Sequence[Range], scrape_interval: int, at: int) -> Asking[list[Range]]:
    """The questions with their costs, from the number of series that each selector has at a time."""
    read = {
        one.expr: [
            (_table(each.selector, at), each.samples) for each in reads(tree.read(one.expr), lambda _: scrape_interval)
        ]
        for one in asked
    }
    tables = {table for found in read.values() for table, _ in found}
    answers = yield tuple(tables)
    kept = [table for table in tables if answers.known(table)]  # a snapshot reads nothing
    series = {table: sum(sample.value for sample in answers.vector(table)) for table in kept}
    a_point = {expr: sum(series.get(table, 0) * samples for table, samples in found) for expr, found in read.items()}
    return [replace(one, cost=round(a_point[one.expr] * points(one))) for one in asked]


def points(asked: Range) -> int:
    """The number of times at which the expression is evaluated."""
    return (asked.end - asked.start) // asked.step + 1


def _table(selector: Node, at: int) -> Table:
    return Table(metric=selector.name, matchers=selector.matchers, labels=(), lookback=LATELY, at=at)
