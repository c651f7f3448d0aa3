"""PromQL as a tree of plain nodes, for questions about what people wrote. Of it, only selectors are generated."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from slocompiler.ir import Stream
from slocompiler.promql.node import Node
from slocompiler.promql.refused import ANY
from slocompiler.promql.strings import windowed

WINDOW = "5m"
"""The value of `$window` while an expression is checked."""
T = TypeVar("T")


@lru_cache(maxsize=1024)
def read(text: str) -> Node:
    """The tree of an expression without faults, with a duration for `$window`."""
    from slocompiler.promql.parse import outcome  # imported only for raw PromQL

    found = outcome(windowed(text, WINDOW), ANY)
    assert isinstance(found, Node)
    return found


def layout(text: str) -> str:
    """An expression without faults in one layout: two that differ in spaces, comments or the order of matchers have the same."""
    return fold(read(text), lambda node, parts: f"{node._replace(parts=())} [{', '.join(parts)}]")


def fold(tree: Node, value: Callable[[Node, tuple[T, ...]], T]) -> T:
    """The value of a tree, where `value` computes that of a node from those of its parts."""
    nodes = all_of(tree)
    found: list[T] = []
    for node in reversed(nodes):
        parts = tuple([found.pop() for _ in node.parts])
        found.append(value(node, parts))
    return found[0]


def nodes(text: str) -> list[Node]:
    """All nodes of an expression without faults, each before its parts."""
    return all_of(read(text))


def reads(text: str) -> list[tuple[Stream, str]]:
    """What an expression without faults reads, each once, with its range such as `[5m]`, or "".

    Subqueries are left out, and so are offsets: both read the past.
    """
    found, ahead = [], [(read(text), "")]
    while ahead:
        node, within = ahead.pop()
        if node.kind == "selector":
            found.append((Stream(metric=node.name, all=node.matchers), within))
        elif node.kind != "subquery":
            within = "".join(node.modifiers.partition("]")[:2]).replace(" ", "") if node.kind == "range" else ""
            ahead += [(part, within) for part in reversed(node.parts)]
    return list(dict.fromkeys(found))


def all_of(tree: Node) -> list[Node]:
    """All nodes of a tree, each before its parts."""
    found, ahead = [], [tree]
    while ahead:
        found.append(ahead.pop())
        ahead += reversed(found[-1].parts)
    return found
