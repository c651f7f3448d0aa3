"""Gauges as events: each series at each moment is one. It counts by its value from 0 to 1, or by a comparison of it."""

from __future__ import annotations

from decimal import Decimal

from slocompiler.burn import MINUTE
from slocompiler.importers.counted import RANGE, is_zero
from slocompiler.importers.query import MARK, Query, parsed
from slocompiler.ir import Gauge, Slices, Stream
from slocompiler.lower.units import suffix_of
from slocompiler.promql import selector
from slocompiler.promql.node import Node
from slocompiler.promql.tree import read as tree

_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


def mean(total: Query, part: Query) -> tuple[Query, Query] | None:
    """Queries for the number of series and for the sum of their means, from those for samples; None for any others.

    `sum(count_over_time(G[w]))` and `sum(sum_over_time(G[w]))` grow with the window. The counts of these do not.
    """
    samples, values = _over_time(total.node, "count_over_time"), _over_time(part.node, "sum_over_time")
    if samples is None or values is None or samples != values or total.node.labels != part.node.labels:
        return None
    by = total.node.labels
    return of_gauge(selector(samples.name, samples.matchers), by.names if by else ())


def averaged(query: Query | str) -> tuple[Query, Query] | None:
    """Such queries for a mean itself, `avg_over_time(G[w])`; None for anything else."""
    if isinstance(query, str):
        return None
    node = query.node
    by: tuple[str, ...] = ()
    if node.kind == "aggregation" and node.name == "avg" and (node.labels is None or node.labels.keeps):
        node, by = node.parts[0], node.labels.names if node.labels else ()
    is_mean = node.kind == "call" and node.name == "avg_over_time" and node.parts[0].modifiers == RANGE
    if not is_mean or node.parts[0].kind != "range":
        return None
    gauge = node.parts[0].parts[0]
    return of_gauge(selector(gauge.name, gauge.matchers), by)


def of_gauge(gauge: str, by: tuple[str, ...]) -> tuple[Query, Query] | None:
    """The queries for the number of series of a gauge, and for the sum of their means over the window."""
    kept = f" by ({', '.join(by)}) " if by else ""
    found = [parsed(f"{name}{kept}(avg_over_time({gauge}[{MARK}]))") for name in ("count", "sum")]
    return (found[0], found[1]) if isinstance(found[0], Query) and isinstance(found[1], Query) else None


def single_series(gauge: str) -> Slices:
    """Minutes of single series of a gauge that is 1 or 0."""
    node = tree(gauge)
    condition = Gauge(fold="each", stream=Stream(metric=node.name, all=node.matchers), cmp="==", value=Decimal(1))
    return Slices(seconds=MINUTE, good_when=condition, missing="ignored", each=True)


def compared(total: Query, part: Query, part_is_good: bool) -> tuple[Slices, tuple[str, ...]] | None:
    """Minutes of single series that compare with a number, and the labels that tell series apart; None for any others.

    `sum_over_time((count by (L) (G))[w:])` counts series and moments, `sum_over_time((count by (L) (G < 1))[w:])` those
    of the part.
    """
    whole, some = _moments(total.node), _moments(part.node)
    if whole is None or some is None or whole.kind != "aggregation" or whole.labels != some.labels:
        return None
    gauge, condition = whole.parts[0], some.parts[0]
    if gauge.kind != "selector" or gauge.modifiers or condition.kind != "operation" or condition.is_bool:
        return None
    is_number = condition.name in _OPPOSITE and condition.parts[1].kind == "number"
    if not is_number or condition.parts[0] != gauge or (whole.labels and not whole.labels.keeps):
        return None
    good = Gauge(
        fold="each",
        stream=Stream(metric=gauge.name, all=gauge.matchers),
        cmp=condition.name if part_is_good else _OPPOSITE[condition.name],  # type: ignore[arg-type]  # of the table
        value=Decimal(repr(condition.parts[1].number)),
        unit=suffix_of(gauge.name),
    )
    by = whole.labels.names if whole.labels else ()
    return Slices(seconds=MINUTE, good_when=good, missing="ignored", each=True), by


def _moments(node: Node) -> Node | None:
    """The count in `sum_over_time((count(…))[w:])`, also with a guard for the time without any."""
    if node.kind == "operation" and node.name == "or" and is_zero(node.parts[1]):
        node = node.parts[0]
    subquery = node.parts[0] if node.kind == "call" and node.name == "sum_over_time" else None
    if subquery is None or subquery.kind != "subquery" or not subquery.modifiers.startswith(f"[ {MARK} :"):
        return None
    inner = subquery.parts[0]
    is_count = inner.kind == "aggregation" and inner.name == "count" and subquery.modifiers.endswith("]")
    return inner if is_count else None


def _over_time(node: Node, function: str) -> Node | None:
    """The selector in `sum(count_over_time(G[w]))`."""
    if node.kind != "aggregation" or node.name != "sum" or (node.labels and not node.labels.keeps):
        return None
    call = node.parts[0]
    if call.kind != "call" or call.name != function or call.parts[0].modifiers != RANGE:
        return None
    return call.parts[0].parts[0] if call.parts[0].kind == "range" else None
