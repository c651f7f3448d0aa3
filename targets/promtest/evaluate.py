"""Evaluates PromQL that people wrote, for series that stay the same: gauges with a value, counters with a rate, moments.

It follows the documentation of PromQL. What it does not know raises Undecided: then nothing is claimed.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from math import ceil, floor, isfinite, nan

from slocompiler import promql
from slocompiler.ir import Stream
from slocompiler.promql import tree
from slocompiler.promql.node import COMPARISONS, SETS, Labels, Node
from slocompiler.targets.promtest.kinds import Kinds
from slocompiler.targets.promtest.labels import Undecided, matches
from slocompiler.targets.promtest.verdict import COMPARED, World

Key = frozenset[tuple[str, str]]
Vector = dict[Key, float]
"""A value for each set of labels."""
Value = Vector | float
"""A vector, or a number without labels."""

MOST_NODES = 200
"""The most parts of an expression: those of a long chain of operators are nested."""
SAME = ("avg_over_time", "first_over_time", "last_over_time", "max_over_time", "min_over_time", "quantile_over_time")
"""Functions of a range that return the value of a gauge that stays the same."""
MAPPED: Mapping[str, Callable[..., float]] = {
    "abs": abs,
    "ceil": lambda value: ceil(value) if isfinite(value) else value,
    "floor": lambda value: floor(value) if isfinite(value) else value,
    "clamp_max": min,
    "clamp_min": max,
    "clamp": lambda value, low, high: max(low, min(high, value)),
    "sgn": lambda value: float((value > 0) - (value < 0)),
}
FOLDED: Mapping[str, Callable[[Sequence[float]], float]] = {
    "sum": sum,
    "max": max,
    "min": min,
    "avg": lambda values: sum(values) / len(values),
    "count": len,
    "group": lambda _: 1,
}
ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}


def value(text: str, world: World) -> Vector:
    """What an expression without faults returns now, with moments as seconds from now. Raises Undecided."""
    return _vector(tree.read(text), world)


def kinds(text: str, *more: str) -> Kinds:
    """What the metrics of expressions are: moments if they are compared with the time. Raises Undecided.

    The values of the metrics do not matter in one of the others that only selects series.
    """
    every = [tree.nodes(one) for one in (text, *more)]
    if any(len(nodes) > MOST_NODES for nodes in every):
        raise Undecided("its PromQL is too long for made-up series")
    moments, counters, gauges = set[str](), set[str](), set[str]()
    ahead = [(nodes[0], gauges) for nodes in every if nodes is every[0] or any(n.kind == "operation" for n in nodes)]
    while ahead:
        node, kind = ahead.pop()
        if node.kind == "selector":
            kind.add(node.name)
        if node.name == "time" or (kind is moments and not _keeps_moments(node)):
            raise _unknown("this use of `time()`")
        is_age = node.kind == "operation" and node.name == "-" and any(part.name == "time" for part in node.parts)
        kind = set() if node.name in ("absent", "count") else kind  # only whether there are series matters
        kind = moments if is_age else counters if node.name in ("rate", "irate", "increase") else kind
        ahead += [(part, kind) for part in node.parts if part.name != "time" or not is_age]
    if moments & counters or moments & gauges or counters & gauges:
        raise Undecided("its PromQL reads a metric in two ways")
    return Kinds(frozenset(moments), frozenset(counters))


def _keeps_moments(node: Node) -> bool:
    """Whether the result is a moment if what it is made of is one."""
    return node.kind in ("selector", "range") or node.name in ("max", "min", "avg", *SAME)


def longest(*texts: str) -> int:
    """The longest range of expressions, in seconds; 0 without one."""
    return max((_seconds(node) for text in texts for node in tree.nodes(text) if node.kind == "range"), default=0)


def streams(*texts: str) -> tuple[Stream, ...]:
    """The selectors of expressions, each once."""
    nodes = chain.from_iterable(map(tree.nodes, texts))
    found = (Stream(metric=n.name, all=n.matchers) for n in nodes if n.kind == "selector")
    return tuple(dict.fromkeys(found))


def _unknown(what: str) -> Undecided:
    return Undecided(f"sloc generates no series for {what} in PromQL")


def _seconds(node: Node) -> int:
    return promql.seconds(node.modifiers.partition("]")[0].strip("[ "))


def _value(node: Node, world: World) -> Value:
    if node.kind == "number":
        return node.number
    if node.kind == "selector":
        return _selected(node, world)
    if node.kind == "aggregation":
        return _aggregated(node, world)
    if node.kind == "operation":
        return _operation(node, world)
    if node.kind == "negation":
        return _mapped(lambda one: -one, _value(node.parts[0], world))
    if node.kind == "call":
        return _call(node, world)
    raise _unknown("a subquery" if node.kind == "subquery" else f"a {node.kind}")


def _selected(node: Node, world: World) -> Vector:
    if node.modifiers:
        raise _unknown(f"`{node.modifiers.split()[0]}`")
    if not node.name:
        raise _unknown("a selector without a name")
    found = [one for one in world if one.metric == node.name and matches(one.labels, node.matchers)]
    return {frozenset(one.labels.items()): one.value for one in found}


def _vector(node: Node, world: World) -> Vector:
    found = _value(node, world)
    return found if isinstance(found, dict) else {frozenset(): found}


def _call(node: Node, world: World) -> Value:
    name, parts = node.name, node.parts
    if name == "time":
        return 0.0
    if name in ("rate", "irate", "increase", *SAME):
        return _ranged(node, world)
    if name in ("vector", "sort", "sort_desc"):
        return _vector(parts[0], world)
    if name == "scalar":
        found = _vector(parts[0], world)
        return next(iter(found.values())) if len(found) == 1 else nan
    if name == "absent":
        fixed = [(m.label, m.value) for m in parts[0].matchers if m.op == "="] if parts[0].kind == "selector" else []
        return {} if _vector(parts[0], world) else {frozenset(fixed): 1.0}
    if name in MAPPED:
        numbers = [_value(part, world) for part in parts[1:]]
        return _mapped(lambda one: MAPPED[name](one, *numbers), _value(parts[0], world))
    raise _unknown(f"`{name}`")


def _ranged(node: Node, world: World) -> Value:
    """A function of a range."""
    of = next(part for part in node.parts if part.kind != "number")
    if of.kind != "range":
        raise _unknown("a subquery")
    if of.modifiers.partition("]")[2].strip():
        raise _unknown(f"`{of.modifiers.partition(']')[2].split()[0]}`")
    found = _selected(of.parts[0], world)
    times = _seconds(of) if node.name == "increase" else 1
    return {key: one * times for key, one in found.items()}


def _mapped(function: Callable[[float], float], of: Value) -> Value:
    return {key: function(one) for key, one in of.items()} if isinstance(of, dict) else function(of)


def _aggregated(node: Node, world: World) -> Vector:
    if node.name not in FOLDED:
        raise _unknown(f"`{node.name}`")
    groups: dict[Key, list[float]] = {}
    for key, one in _vector(node.parts[0], world).items():
        groups.setdefault(_kept(key, node.labels or Labels(True, ())), []).append(one)
    return {key: FOLDED[node.name](values) for key, values in groups.items()}


def _kept(key: Key, labels: Labels | None) -> Key:
    """The labels that remain."""
    return key if labels is None else frozenset(pair for pair in key if (pair[0] in labels.names) == labels.keeps)


# Operations


def _operation(node: Node, world: World) -> Value:
    left, right = (_value(part, world) for part in node.parts)
    if node.name in SETS:
        assert isinstance(left, dict), "the parser allows no other"
        assert isinstance(right, dict), "the parser allows no other"
        return _set(node, left, right)
    if not isinstance(left, dict) and not isinstance(right, dict):
        found = _computed(node, left, right)
        return nan if found is None else found
    if isinstance(left, dict) and isinstance(right, dict):
        return _matched(node, left, right)
    if isinstance(left, dict):
        assert not isinstance(right, dict)
        return _numbers({key: _computed(node, one, right) for key, one in left.items()})
    assert isinstance(right, dict)
    pairs = {key: (one, _computed(node, left, one)) for key, one in right.items()}
    if node.name in COMPARISONS and not node.is_bool:  # the value of the vector remains
        return {key: one for key, (one, found) in pairs.items() if found is not None}
    return _numbers({key: found for key, (_, found) in pairs.items()})


def _numbers(found: Mapping[Key, float | None]) -> Vector:
    return {key: one for key, one in found.items() if one is not None}


def _computed(node: Node, left: float, right: float) -> float | None:
    """The result for two numbers; None if a comparison does not hold."""
    if node.name in COMPARISONS:
        holds = bool(COMPARED[node.name](left, right))
        return float(holds) if node.is_bool else left if holds else None
    if node.name in ARITHMETIC:
        return ARITHMETIC[node.name](left, right)
    if node.name == "/":
        return left / right if right else nan if left == 0 or left != left else left * float("inf")
    raise _unknown(f"`{node.name}`")


def _set(node: Node, left: Vector, right: Vector) -> Vector:
    mine, theirs = ({_kept(key, node.labels) for key in side} for side in (left, right))
    if node.name == "or":
        return {**left, **{key: one for key, one in right.items() if _kept(key, node.labels) not in mine}}
    return {key: one for key, one in left.items() if (_kept(key, node.labels) in theirs) == (node.name == "and")}


def _matched(node: Node, left: Vector, right: Vector) -> Vector:
    """The results of an operation for series that match, each with one, or several of the side `many` with one."""
    if node.many == "right":
        raise _unknown("`group_right`")
    ones: dict[Key, tuple[Key, float]] = {}
    for key, one in right.items():
        if _kept(key, node.labels) in ones:
            raise _unknown("a match of several series")
        ones[_kept(key, node.labels)] = key, one
    found: dict[Key, float | None] = {}
    for key, one in left.items():
        if match := ones.get(_kept(key, node.labels)):
            more = [pair for pair in match[0] if pair[0] in node.added]
            result = frozenset([*key, *more]) if node.many else _kept(key, node.labels)
            if result in found:
                raise _unknown("a match of several series")
            found[result] = _computed(node, one, match[1])
    return _numbers(found)
