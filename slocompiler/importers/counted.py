"""Which events a PromQL expression counts: the table of what an expression by itself is read as.

| PromQL | read as |
|---|---|
| `rate(S[w])`, `increase(S[w])`, `irate(S[w])`, `S`, also within `sum` | the events of the series S |
| `X or vector(0)`, `X or 0 * Y`, `X > 0`, `X >= 0`, `clamp_min(X, 0)` | the events of X, because no events are no bad events |
| `X + Y`, `X - Y` | the events of X and those of Y; those of X without those of Y |
| `histogram_count(X)`, `histogram_fraction(0, B, X) * histogram_count(X)` | all observations of X; those of at most B |
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from slocompiler.importers.query import MARK
from slocompiler.ir import Filter
from slocompiler.promql import number
from slocompiler.promql.node import Node
from slocompiler.regex.sets import plain

RANGE = f"[ {MARK} ]"
"""The range of a selector over the window, as a node has it."""
_RATES = ("increase", "irate", "rate")
INFINITE = Decimal("Infinity")


class Series(NamedTuple):
    """A selector of counters; `bound` is that of a classic bucket, or of a share of a native histogram."""

    metric: str
    matchers: Filter
    """Without the one on `le`."""
    bound: Decimal | None = None
    has_le: bool = False
    """Whether it has a matcher on `le`; without a bound, that is one that selects several buckets."""
    native: bool = False


class Count(NamedTuple):
    """The events of some series, without those of others."""

    plus: tuple[Series, ...]
    minus: tuple[Series, ...] = ()
    by: tuple[str, ...] | None = ()
    """The labels by which they are summed; None if they are not."""


def counted(node: Node) -> Count | None:
    """The events that an expression counts; None if the table does not have it."""
    if node.kind == "aggregation":
        inner = counted(node.parts[0])
        is_sum = node.name == "sum" and (node.labels is None or node.labels.keeps)
        if inner is None or not is_sum or inner.by is not None:
            return _regrouped(node, inner) if is_sum else None
        return inner._replace(by=node.labels.names if node.labels else ())
    if node.kind == "call":
        return _call(node)
    if node.kind == "selector" and not node.modifiers:
        return Count((series(node),), by=None)
    if node.kind == "operation" and not node.labels:
        return _operation(node, *node.parts)
    if node.kind == "operation" and node.name == "or" and node.labels == (True, ()):
        return counted(node.parts[0]) if is_zero(node.parts[1]) else None
    return None


def _regrouped(node: Node, inner: Count | None) -> Count | None:
    """A sum of a sum, whose labels are among those of the inner one."""
    names = node.labels.names if node.labels else ()
    return inner._replace(by=names) if inner and inner.by is not None and set(names) <= set(inner.by) else None


def _call(node: Node) -> Count | None:
    first = node.parts[0] if node.parts else None
    if node.name in _RATES and first and first.kind == "range" and first.modifiers == RANGE:
        return Count((series(first.parts[0]),), by=None)
    if node.name == "clamp_min" and is_zero(node.parts[1]):
        return counted(node.parts[0])
    if node.name == "histogram_count" and first:
        found = counted(first)
        if found and not found.minus:
            return found._replace(plus=tuple([one._replace(native=True) for one in found.plus]))
    return None


def _operation(node: Node, left: Node, right: Node) -> Count | None:
    if node.name == "or" or (node.name in (">", ">=") and not node.is_bool):
        return counted(left) if is_zero(right) else None
    if node.name == "*":
        return _share(left, right) or _share(right, left)
    one, other = counted(left), counted(right)
    if one is None or other is None or node.name not in ("+", "-") or not _same_labels(one, other):
        return None
    if node.name == "+":
        return Count(one.plus + other.plus, one.minus + other.minus, one.by)
    return Count(one.plus + other.minus, one.minus + other.plus, one.by)


def _same_labels(one: Count, other: Count) -> bool:
    return (None if one.by is None else set(one.by)) == (None if other.by is None else set(other.by))


def _share(share: Node, count: Node) -> Count | None:
    """The observations of at most a bound: `histogram_fraction(0, B, X) * histogram_count(X)`."""
    if share.kind != "call" or share.name != "histogram_fraction" or count.name != "histogram_count":
        return None
    lower, upper, of = share.parts
    found = counted(count)
    if lower.kind != "number" or lower.number > 0 or upper.kind != "number" or counted(of) is None or found is None:
        return None
    if len(found.plus) != 1 or found.minus or of != count.parts[0]:
        return None
    return found._replace(plus=(found.plus[0]._replace(bound=Decimal(repr(upper.number))),))


def is_zero(node: Node) -> bool:
    """Whether it is 0, `vector(0)`, or 0 times something."""
    is_around = (node.kind == "call" and node.name == "vector") or (node.kind == "operation" and node.name == "*")
    inner = node.parts[0] if is_around else node
    return inner.kind == "number" and not inner.number


def series(node: Node) -> Series:
    """The series of a selector, with the bound of its bucket."""
    rest = tuple([one for one in node.matchers if one.label != "le"])
    les = [one for one in node.matchers if one.label == "le"]
    bound = _bound(les[0].op, les[0].value) if len(les) == 1 else None
    return Series(node.name, rest, bound, bool(les))


def _bound(operator: str, value: str) -> Decimal | None:
    """The number that a matcher on `le` selects: `0.3`, or a pattern of several ways to write it."""
    if operator not in ("=", "=~"):
        return None
    texts = [value] if operator == "=" else [plain(one) for one in _alternatives(value)]
    try:
        found = {INFINITE if text in ("+Inf", "Inf") else Decimal(text or "") for text in texts}
    except InvalidOperation:
        return None
    return found.pop() if len(found) == 1 else None


def _alternatives(pattern: str) -> list[str]:
    """The ways to write a number in a pattern: those of `1(\\.0)?` are `1` and `1\\.0`."""
    optional = re.fullmatch(r"(.*)\(((?:\\\.|\[\.\])?0*)\)\?", pattern)
    return [optional[1], optional[1] + optional[2]] if optional else pattern.split("|")


def written(of: Series) -> str:
    """A selector of these series, without `le`, for a message."""
    from slocompiler.promql import selector

    return selector(of.metric, of.matchers) + (f" with le={number(of.bound)}" if of.bound else "")
