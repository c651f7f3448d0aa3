"""Which labels the series of an expression can have."""

from __future__ import annotations

from typing import NamedTuple

from slocompiler.promql.node import PICKING, SETS, Labels, Node
from slocompiler.promql.tree import fold, read


class _Kept(NamedTuple):
    """The labels that series can have: `only` these, or any if it is None, without the `lost` ones."""

    only: frozenset[str] | None = None
    lost: frozenset[str] = frozenset()
    is_constant: bool = False
    """Whether the series are no series of the server, but a constant such as `vector(0)`."""

    def has(self, label: str) -> bool:
        return label not in self.lost and (self.only is None or label in self.only)


_CONSTANT = _Kept(frozenset(), is_constant=True)


def lacks(text: str, label: str) -> bool:
    """Whether a series of an expression without faults certainly lacks a label. Constants, as in `or vector(0)`, may."""
    found = fold(read(text), _kept)
    return not found.is_constant and not found.has(label)


def summed_by(text: str) -> tuple[str, ...]:
    """The labels of `by` in the sums that are the result of an expression without faults; empty for any other result."""
    ahead, found = [read(text)], list[str]()
    while ahead:
        node = ahead.pop()
        if node.kind == "operation" and node.name == "or":
            ahead += reversed(node.parts)
        elif node.kind == "aggregation" and node.name == "sum" and node.labels and node.labels.keeps:
            found += node.labels.names
    return tuple(dict.fromkeys(found))


def _kept(node: Node, inner: tuple[_Kept, ...]) -> _Kept:
    if node.is_scalar or node.kind == "string":
        return _CONSTANT
    if node.kind == "aggregation" and node.name not in PICKING:
        kept = _grouped(inner[0], node.labels or Labels(True, ()))
        return _with(kept, node.parts[1].name) if node.name == "count_values" else kept
    if node.kind == "operation":
        return _operation(node, *inner)
    return _call(node, inner) if node.kind == "call" else inner[0] if inner else _Kept()


def _call(node: Node, inner: tuple[_Kept, ...]) -> _Kept:
    if node.name == "vector" or not inner:
        return _CONSTANT
    if node.name in ("absent", "absent_over_time", "info"):
        return _Kept()  # labels of its matchers, or of another metric
    vector = next((one for part, one in zip(node.parts, inner, strict=True) if not one.is_constant), inner[0])
    return _with(vector, node.parts[1].name) if node.name in ("label_join", "label_replace") else vector


def _operation(node: Node, left: _Kept, right: _Kept) -> _Kept:
    if left.is_constant or right.is_constant:
        return right if left.is_constant else left
    if node.name in SETS:
        return _common(left, right) if node.name == "or" else left
    if node.many:
        return _joined(node, left, right)
    if node.labels:
        return _grouped(left, node.labels)
    return _common(left, right)


def _joined(node: Node, left: _Kept, right: _Kept) -> _Kept:
    """The labels of the side with many series, and those that it takes from the other one."""
    many, one = (left, right) if node.many == "left" else (right, left)
    for label in node.added:
        many = _with(many, label) if one.has(label) else many
    return many


def _grouped(of: _Kept, labels: Labels) -> _Kept:
    names = frozenset(labels.names)
    if labels.keeps:
        return _Kept(frozenset([name for name in names if of.has(name)]))
    return _Kept(None if of.only is None else of.only - names, of.lost | names)


def _common(left: _Kept, right: _Kept) -> _Kept:
    """The labels that both sides can have."""
    if left.only is None or right.only is None:
        return _Kept(right.only if left.only is None else left.only, left.lost | right.lost)
    return _Kept(left.only & right.only, left.lost | right.lost)


def _with(of: _Kept, label: str) -> _Kept:
    return _Kept(None if of.only is None else of.only | {label}, of.lost - {label})
