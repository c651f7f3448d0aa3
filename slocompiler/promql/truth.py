"""Whether a condition in PromQL can change: it is true while it returns something, whatever the value is."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor, inf, isfinite

from slocompiler.promql import values
from slocompiler.promql.node import ARRANGING, COMPARISONS, PICKING, SETS, Node
from slocompiler.promql.tree import fold, nodes, read
from slocompiler.promql.values import ALWAYS, PRESENT, SOMETIMES, Values, Why

_CLOCK = {
    "hour": (0, 23),
    "minute": (0, 59),
    "month": (1, 12),
    "day_of_week": (0, 6),
    "day_of_month": (1, 31),
    "day_of_year": (1, 366),
    "days_in_month": (28, 31),
    "year": (1970, inf),
    "time": (0, inf),
}
"""The values of functions of the time."""
_RATES = ("changes", "increase", "irate", "rate", "resets", "stddev_over_time", "stdvar_over_time")
_SAME = ("avg_over_time", "first_over_time", "last_over_time", "max_over_time", "min_over_time")
_AGGREGATIONS = {"count_over_time": "count", "present_over_time": "group", "sum_over_time": "sum"}
"""Functions over time that work as an aggregation does."""


def values_of(text: str) -> Values:
    """The values of an expression without faults, and when it returns something."""
    return fold(read(text), _values)


def compared_metrics(text: str) -> Iterator[tuple[str, str, float]]:
    """The metrics that an expression without faults compares with a number as they are: name, operator and number."""
    for node in nodes(text):
        if node.kind == "operation" and node.name in COMPARISONS:
            (left, right), operator = node.parts, node.name
            if left.is_scalar:
                left, right, operator = right, left, values.MIRRORED[operator]
            name, limit = _metric(left), fold(right, _values)
            if name and right.is_scalar and limit.low == limit.high:
                yield name, operator, limit.low


def _metric(node: Node) -> str:
    """The metric whose samples are the values of a node; "" if there is none."""
    while node.kind == "aggregation" and node.name in ("avg", "max", "min", "sum"):
        node = node.parts[0]
    return node.name if node.kind == "selector" else ""


def _values(node: Node, inner: tuple[Values, ...]) -> Values:
    if node.kind == "number":
        return values.number(node.number)
    if node.kind == "selector":
        return values.metric(node.name)
    if node.kind == "aggregation":
        return _aggregation(node, inner)
    if node.kind == "call":
        return _call(node, inner)
    if node.kind == "operation":
        return _operation(node, *inner)
    if node.kind == "negation":
        return values.negative(inner[0])
    return inner[0] if inner else Values()


def _aggregation(node: Node, inner: tuple[Values, ...]) -> Values:
    found = values.aggregated(node.name, inner[0])
    if node.name == "quantile" and not 0 <= inner[1].low <= inner[1].high <= 1:
        return _anything(found)
    is_any = node.name in PICKING and not inner[1].low >= 1
    return found._replace(returns=min(found.returns, SOMETIMES)) if is_any else found


def _call(node: Node, inner: tuple[Values, ...]) -> Values:
    name = node.name
    if name in _CLOCK:
        low, high = _CLOCK[name]
        why = Why(
            f"`{name}()` is {f'from {low} to {high}' if isfinite(high) else f'at least {low}'}", "use a number between"
        )
        return Values(low, high, False, inner[0].returns if inner else ALWAYS, why)
    if not inner:
        return Values(returns=ALWAYS if node.is_scalar else SOMETIMES)
    if name in _RATES:
        return values.rates(inner[0])
    if name in _AGGREGATIONS:
        return values.aggregated(_AGGREGATIONS[name], inner[0])
    if name in (*_SAME, *ARRANGING, "vector"):
        return inner[0]
    if name == "scalar":
        return inner[0]._replace(nan=True, returns=ALWAYS)
    if name in ("absent", "absent_over_time"):
        return Values(1, 1, False, SOMETIMES)
    return _mapped(name, inner) if name in _MAPPED else _anything(_least(node, inner))


_MAPPED = ("abs", "ceil", "clamp", "clamp_max", "clamp_min", "floor", "sgn")


def _mapped(name: str, inner: tuple[Values, ...]) -> Values:
    of = inner[0]
    if name == "abs":
        return of if of.low >= 0 else of._replace(low=0.0, high=max(-of.low, of.high), bounds=None)
    if name in ("ceil", "floor"):
        whole = ceil if name == "ceil" else floor
        return values.mapped(of, lambda value: whole(value) if isfinite(value) else value)
    if name == "sgn":
        return values.mapped(of, lambda value: float((value > 0) - (value < 0)))
    if name != "clamp_max":
        of = of._replace(low=max(of.low, inner[1].low), high=max(of.high, inner[1].high))
    if name != "clamp_min":
        of = of._replace(low=min(of.low, inner[-1].low), high=min(of.high, inner[-1].high))
    return of


def _least(node: Node, inner: tuple[Values, ...]) -> Values:
    """The vector on which it depends whether a function returns something."""
    vectors = [one for part, one in zip(node.parts, inner, strict=True) if not part.is_scalar and part.kind != "string"]
    return min(vectors, key=lambda one: one.returns, default=Values(returns=PRESENT))


def _anything(of: Values) -> Values:
    return of._replace(low=-inf, high=inf, nan=True, bounds=None)


def _operation(node: Node, left: Values, right: Values) -> Values:
    name, (first, second) = node.name, node.parts
    if name in COMPARISONS:
        if first.is_scalar and not second.is_scalar:
            left, right, name = right, left, values.MIRRORED[name]
        return values.compared(left, name, right, is_bool=node.is_bool)
    if name in SETS:
        return values.alternative(left, right) if name == "or" else values.filtered(left, name, right)
    if name == "+":
        return values.added(left, right)
    if name == "-":
        return values.added(left, values.negative(right))
    if name == "/" and second.kind == "number" and second.number:
        return values.multiplied(left, values.number(1 / second.number))
    return values.multiplied(left, right) if name == "*" else values.combined(left, right)
