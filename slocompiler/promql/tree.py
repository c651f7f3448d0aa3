"""PromQL as a tree of plain nodes, for questions about what people wrote. Nothing is generated from it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal, NamedTuple, TypeVar

from slocompiler.promql.strings import windowed

WINDOW = "5m"
"""The value of `$window` while an expression is checked."""
Kind = Literal["number", "string", "selector", "range", "subquery", "call", "aggregation", "operation", "negation"]
_KINDS: dict[str, Kind] = {
    "NumberLiteral": "number",
    "StringLiteral": "string",
    "VectorSelector": "selector",
    "MatrixSelector": "range",
    "SubqueryExpr": "subquery",
    "Call": "call",
    "AggregateExpr": "aggregation",
    "BinaryExpr": "operation",
    "UnaryExpr": "negation",
}
_INNER = ("expr", "lhs", "rhs", "param", "vector_selector", "vs")
_SCALARS = ("pi", "scalar", "time")
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
SETS = ("and", "or", "unless")
T = TypeVar("T")


class Labels(NamedTuple):
    """The labels in `by (…)`, `without (…)`, `on (…)` or `ignoring (…)`."""

    keeps: bool
    """Whether these remain, and all others go: so with `by` and `on`."""
    names: tuple[str, ...]


class Node(NamedTuple):
    """An expression, without the parentheses around it."""

    kind: Kind
    name: str
    """Of a metric, a function, an aggregation or an operator; a string's text."""
    parts: tuple[Node, ...]
    """The expressions directly inside; the parameter of an aggregation is the last."""
    number: float = 0.0
    is_scalar: bool = False
    """Whether it returns a number without labels, and no vector."""
    is_bool: bool = False
    """Whether it is a comparison with `bool`."""
    labels: Labels | None = None
    many: Literal["", "left", "right"] = ""
    """The side of an operation that `group_left` or `group_right` names."""
    added: tuple[str, ...] | None = None
    """The labels in `group_left (…)` or `group_right (…)`; None if they are unknown."""


@lru_cache(maxsize=4096)
def parsed(text: str) -> Any:
    """The tree of promql-parser. Raises ValueError for what is no PromQL, and for a regular expression that is invalid."""
    import promql_parser  # imported only for files with PromQL or regular expressions: the import is slow

    return promql_parser.parse(text)


@lru_cache(maxsize=1024)
def read(text: str) -> Node:
    """The tree of an expression without faults, with a duration for `$window`."""
    found = [parsed(windowed(text, WINDOW))]
    inside: list[list[int]] = []
    for tree in found:  # which grows: recursion would not reach the depth that is allowed
        inner = inner_of(tree)
        inside.append([*range(len(found), len(found) + len(inner))])
        found += inner
    nodes: dict[int, Node] = {}
    for at in reversed(range(len(found))):
        parts = tuple([nodes.pop(index) for index in inside[at]])
        nodes[at] = parts[0] if type(found[at]).__name__ == "ParenExpr" else _node(found[at], parts)
    return nodes[0]


def layout(text: str) -> str:
    """An expression without faults in one layout: two expressions that differ in spaces and comments have the same."""
    return str(parsed(windowed(text, WINDOW)).prettify())


def inner_of(tree: Any) -> list[Any]:
    """The trees directly inside a tree of promql-parser."""
    inner = [getattr(tree, name, None) for name in _INNER]
    return [part for part in (*inner, *(getattr(tree, "args", None) or ())) if part is not None]


def fold(tree: Node, value: Callable[[Node, tuple[T, ...]], T]) -> T:
    """The value of a tree, where `value` computes that of a node from those of its parts."""
    nodes = _all(tree)
    found: list[T] = []
    for node in reversed(nodes):
        parts = tuple([found.pop() for _ in node.parts])
        found.append(value(node, parts))
    return found[0]


def nodes(text: str) -> list[Node]:
    """All nodes of an expression without faults, each before its parts."""
    return _all(read(text))


def _all(tree: Node) -> list[Node]:
    found, ahead = [], [tree]
    while ahead:
        found.append(ahead.pop())
        ahead += reversed(found[-1].parts)
    return found


def _node(tree: Any, parts: tuple[Node, ...]) -> Node:
    kind = _KINDS[type(tree).__name__]
    if kind == "number":
        return Node(kind, "", parts, number=float(tree.val), is_scalar=True)
    if kind == "string":
        return Node(kind, str(tree.val), parts)
    if kind == "selector":
        return Node(kind, tree.name or "", parts)
    if kind == "call":
        return Node(kind, str(tree.func.name), parts, is_scalar=str(tree.func.name) in _SCALARS)
    if kind == "aggregation":
        return Node(kind, str(tree.op), parts, labels=_labels(tree.modifier, "AggModifierType.By"))
    if kind == "negation":
        return Node(kind, "", parts, is_scalar=parts[0].is_scalar)
    return _operation(tree, parts) if kind == "operation" else Node(kind, "", parts)


def _operation(tree: Any, parts: tuple[Node, ...]) -> Node:
    modifier, is_scalar = tree.modifier, all(part.is_scalar for part in parts)
    if modifier is None:
        return Node("operation", str(tree.op), parts, is_scalar=is_scalar)
    cards: dict[str, Literal["left", "right"]] = {"ManyToOne": "left", "OneToMany": "right"}
    added = getattr(modifier, "group_labels", None)  # promql-parser 0.5 does not tell
    return Node(
        "operation",
        str(tree.op),
        parts,
        is_scalar=is_scalar,
        is_bool=bool(modifier.return_bool),
        labels=_labels(modifier.matching, "LabelModifierType.Include"),
        many=cards.get(str(modifier.card).rpartition(".")[2], ""),
        added=None if added is None else tuple(added),
    )


def _labels(modifier: Any, keeping: str) -> Labels | None:
    return Labels(str(modifier.type) == keeping, tuple(modifier.labels)) if modifier else None
