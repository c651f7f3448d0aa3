"""What raw PromQL returns where sloc needs a rate of events per second."""

from __future__ import annotations

import re
from typing import NamedTuple

from slocompiler.promql.node import ARRANGING, COMPARISONS, PICKING, Node
from slocompiler.promql.tree import fold, nodes, read

NUMBER_PER_WINDOW = {
    "increase": "counts events per window",
    "count_over_time": "counts samples per window",
    "sum_over_time": "adds the samples of a window",
    "changes": "counts changes per window",
    "resets": "counts restarts per window",
    "delta": "is a difference over the window",
    "idelta": "is the difference of two samples",
    "deriv": "is the slope of a gauge",
    "max_over_time": "returns one sample of the window",
    "min_over_time": "returns one sample of the window",
    "quantile_over_time": "returns a quantile of the samples",
    "predict_linear": "returns a forecast",
}
"""Functions whose result is no rate per second, and what it is."""
AVERAGE = "avg_over_time"
_RATES = ("irate", "rate")
_SAME = (
    *("abs", "ceil", "clamp", "clamp_max", "clamp_min", "floor", "last_over_time", "round", "scalar", "vector"),
    *ARRANGING,
)
_AGGREGATIONS = ("avg", "max", "min", "quantile", "sum", *PICKING)
_SHARE = re.compile(r"(?:.*[_:])?(?:ratio|percent|percentage|availability|success|up)(?:_i?rate[0-9a-z]*)?\Z")
"""Gauges that are a share of 1, or 0 and 1, by their names."""
_HISTOGRAM = ("_bucket", "_count", "_sum")

Result = str
"""`rate`, `ratio`, `share` (a gauge), `number` (a literal), the name of a function that returns no rate, or "" (unknown)."""


class Found(NamedTuple):
    """What an expression returns."""

    is_ratio: bool
    """Whether it is the quotient of two rates."""
    function: str
    """The function by which it is no rate: a key of NUMBER_PER_WINDOW, AVERAGE for one of shares, or ""."""


def returned(text: str) -> Found:
    """What an expression without faults returns."""
    result = fold(read(text), _result)
    return Found(result == "ratio", result if result in NUMBER_PER_WINDOW or result == AVERAGE else "")


def of_a_subquery(text: str) -> str:
    """The function that reads a counter through a subquery, such as `rate` in `rate(sum(x)[5m:])`; "" if there is none."""
    calls = [node for node in nodes(text) if node.kind == "call" and node.name in ("increase", "irate", "rate")]
    return next((call.name for call in calls if call.parts[0].kind == "subquery"), "")


def sum_that_can_be_absent(text: str) -> str:
    """The `+` or `-` of an expression that returns nothing while one of its sides has no series; "" if there is none.

    A side with `or` has a value in that case, and the parts of one histogram appear together.
    """
    for node in nodes(text):
        if node.kind == "operation" and node.name in ("+", "-"):
            is_apart = not any(part.is_scalar for part in node.parts) and not all(map(_is_alternative, node.parts))
            if is_apart and not all(metric.endswith(_HISTOGRAM) for metric in _metrics(node)):
                return node.name
    return ""


def _is_alternative(node: Node) -> bool:
    return node.kind == "operation" and node.name == "or"


def _metrics(tree: Node) -> set[str]:
    return fold(tree, lambda node, inner: {node.name} if node.kind == "selector" else set[str]().union(*inner))


def _result(node: Node, inner: tuple[Result, ...]) -> Result:
    if node.kind == "number":
        return "number"
    if node.kind == "selector":
        return "share" if _SHARE.match(node.name) else ""
    if node.kind == "aggregation":
        return inner[0] if node.name in _AGGREGATIONS else ""
    if node.kind == "call":
        return _call(node, inner)
    if node.kind == "operation":
        return _operation(node, *inner)
    return inner[0] if inner else ""


def _call(node: Node, inner: tuple[Result, ...]) -> Result:
    if node.name in _RATES:
        return "rate"
    if node.name == AVERAGE:
        return {"share": AVERAGE, "rate": "rate"}.get(inner[0], "")
    if node.name in NUMBER_PER_WINDOW:
        return node.name
    return inner[0] if node.name in _SAME and inner else ""


def _operation(node: Node, left: Result, right: Result) -> Result:
    if node.name in COMPARISONS:
        return "" if node.is_bool else right if node.parts[0].is_scalar else left
    if node.name in ("and", "unless", "%", "^", "atan2"):
        return left
    if node.name == "/":
        return _quotient(left, right)
    if node.name == "*":
        return _product(left, right)
    for result in (left, right):
        if result in NUMBER_PER_WINDOW or (result == AVERAGE and node.name == "or"):
            return result
    if "rate" in (left, right):
        return "rate"
    is_ratio = "ratio" in (left, right) and (node.name == "or" or {left, right} <= {"ratio", "number"})
    return "ratio" if is_ratio else ""


def _quotient(left: Result, right: Result) -> Result:
    counted = ("rate", *NUMBER_PER_WINDOW)
    if left in counted and right in counted:
        return "ratio"
    return "" if left == "ratio" and right == "rate" else left


def _product(left: Result, right: Result) -> Result:
    if "rate" in (left, right):
        return "rate"
    found = next((one for one in (left, right) if one in NUMBER_PER_WINDOW), "")
    return found or ("ratio" if {left, right} <= {"ratio", "number"} and "ratio" in (left, right) else "")
