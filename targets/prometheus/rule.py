"""A rule and a group of rules, as Prometheus knows them."""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """A recording rule, or an alerting one where it has annotations."""

    name: str
    expr: str
    labels: dict[str, str]
    lasting: str = ""
    """`for`, as a duration; "" for none."""
    annotations: tuple[tuple[str, str], ...] = ()
    keep: str = ""
    """`keep_firing_for`, as a duration; "" for none."""


class Group(NamedTuple):
    """Rules that are evaluated together, in this order."""

    name: str
    interval: str
    rules: list[Rule]


class Groups(NamedTuple):
    """The three groups of one SLO: a rule stands in the one of its slowest input."""

    sli: Group
    rollup: Group
    budget: Group
