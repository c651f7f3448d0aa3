"""What queries and rules cost: the samples that a server reads for them, from the number of series that it has."""

from __future__ import annotations

from collections.abc import Sequence

from slocompiler.ir import Service, Slo
from slocompiler.live.questions import Asking, Range, Table
from slocompiler.live.tables import LATELY
from slocompiler.promql import tree
from slocompiler.promql.node import Node
from slocompiler.promql.samples import reads
from slocompiler.record import replace
from slocompiler.targets.prometheus.cost import Cost, Reading, reading
from slocompiler.targets.shared import Options


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


def costs(slos: Sequence[tuple[Slo, Service]], options: Options, at: int) -> Asking[list[Cost] | None]:
    """What the rules of SLOs cost with the series that there are at a time; None if a snapshot does not know all of them."""
    found = [(slo, reading(slo, service, options)) for slo, service in slos]
    values = [_values(slo, one, at) for slo, one in found]
    tables = {_table(node, at) for _, one in found for node, _ in one.raw} | {table for table in values if table}
    answers = yield tuple(tables)
    if not all(map(answers.known, tables)):
        return None
    series = {table: sum(sample.value for sample in answers.vector(table)) for table in tables}
    return [
        one.cost(len(answers.vector(table)) if table else 1, lambda node: series[_table(node, at)])
        for (_, one), table in zip(found, values, strict=True)
    ]


def _values(slo: Slo, of: Reading, at: int) -> Table | None:
    """The question for the values of `per`, of the events, which are read first; None if it has only one, as a journey has."""
    return replace(_table(of.raw[0][0], at), labels=slo.event_labels) if slo.per and of.raw else None


def points(asked: Range) -> int:
    """The number of times at which the expression is evaluated."""
    return (asked.end - asked.start) // asked.step + 1


def _table(selector: Node, at: int) -> Table:
    return Table(metric=selector.name, matchers=selector.matchers, labels=(), lookback=LATELY, at=at)
