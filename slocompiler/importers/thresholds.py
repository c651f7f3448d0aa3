"""OpenSLO's threshold metrics: a value that is compared with a number becomes a condition on slices of time."""

from __future__ import annotations

from slocompiler.diagnostics import Diagnostic
from slocompiler.importers.document import Field
from slocompiler.importers.promise import Promise, Refused, seconds
from slocompiler.importers.query import MARK, Query, parsed, windows
from slocompiler.ir import Gauge, RawCondition, Slices, Stream
from slocompiler.lower.units import suffix_of
from slocompiler.promql import duration, number
from slocompiler.record import replace

_COMPARISONS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_FOLDS = ("avg", "max", "min", "sum")


def measured(promise: Promise, query: Field, objective: Field, problems: list[Diagnostic]) -> Promise:
    """With slices of time that are good while the value of a query compares as the objective says. Raises Refused."""
    operator, value = _COMPARISONS.get(objective.get("op").string(), ""), objective.get("value").decimal()
    if not operator or value is None:
        help = "write `op`, one of lt, lte, gt and gte, and `value`"
        raise Refused("E602", "a threshold metric needs something to compare with", objective, help)
    if query.kind != "text":
        raise Refused("E602", "there is no query", query)
    text = query.string()
    found = parsed(windows(text)[0])
    if isinstance(found, str):
        raise Refused("E620", found, query)
    length = seconds(objective.get("timeSliceWindow"), 60)
    shown = found.raw().replace("$window", duration(length))
    end = "\n" if "#" in shown else ""  # a comment would hide the parenthesis
    raw = RawCondition(expr=f"({shown}{end}) {operator} {number(value)}")
    condition = _gauge(found, operator, value)
    least = objective.get("timeSliceTarget").decimal()
    share = least if least and 0 < least < 1 else None
    slices = [Slices(seconds=length, at_least=share, good_when=one) for one in (condition, raw) if one]
    what = "a quantile of durations" if "histogram_quantile" in text else "a value"
    often = "once per slice" if share is None else "at every evaluation in a slice"
    message = f"{what} is judged {often} of {duration(length)}: the budget is one of time, not of requests"
    help = "if requests matter, use a histogram with `good below` a bound" if "quantile" in text else ""
    problems.append(Diagnostic("W609", message, query.span, help=help))
    codes = (*promise.codes, "W609")
    return replace(promise, indicators=tuple(slices), codes=codes)


def _gauge(query: Query, operator: str, value: object) -> Gauge | None:
    """The condition of a selector, or of an aggregation of one; None for any other query."""
    node, fold = query.node, "each"
    if node.kind == "aggregation" and node.name in _FOLDS and not node.labels:
        node, fold = node.parts[0], node.name
    if node.kind != "selector" or node.modifiers or MARK in query.text:
        return None
    stream = Stream(metric=node.name, all=node.matchers)
    return Gauge(fold=fold, stream=stream, cmp=operator, value=value, unit=suffix_of(node.name))  # type: ignore[arg-type]  # words of tables
