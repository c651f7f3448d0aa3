"""The nodes of PromQL as a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from slocompiler.ir import Filter

if TYPE_CHECKING:
    from slocompiler.promql.functions import Type  # a part of the parser, which most runs do not need

Kind = Literal["number", "string", "selector", "range", "subquery", "call", "aggregation", "operation", "negation"]

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
SETS = ("and", "or", "unless")
PICKING = ("bottomk", "limit_ratio", "limitk", "topk")
"""Aggregations that return some of the series, with their labels."""
ARRANGING = ("label_join", "label_replace", "sort", "sort_by_label", "sort_by_label_desc", "sort_desc")
"""Functions that change labels or the order of series, and no value."""


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
    type: Type
    parts: tuple[Node, ...] = ()
    """The expressions directly inside; the parameter of an aggregation is the last."""
    number: float = 0.0
    matchers: Filter = ()
    """The matchers of a selector besides its name, sorted."""
    modifiers: str = ""
    """Ranges, offsets and `@` behind it, as text."""
    is_bool: bool = False
    """Whether it is a comparison with `bool`."""
    labels: Labels | None = None
    many: Literal["", "left", "right"] = ""
    """The side of an operation that `group_left` or `group_right` names."""
    added: tuple[str, ...] = ()
    """The labels in `group_left (…)` or `group_right (…)`."""

    @property
    def is_scalar(self) -> bool:
        """Whether it returns a number without labels, and no vector."""
        return self.type == "scalar"
