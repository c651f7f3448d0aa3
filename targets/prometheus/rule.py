"""Rules and groups of rules, as Prometheus defines them."""

from __future__ import annotations

from typing import NamedTuple

from slocompiler.record import value


@value()
class Rule:
    """A recording rule, or an alerting rule if it has annotations."""

    name: str
    expr: str
    labels: dict[str, str]
    lasting: str = ""
    """`for`, as a duration; "" for none."""
    annotations: tuple[tuple[str, str], ...] = ()
    keep: str = ""
    """`keep_firing_for`, as a duration; "" for none."""


@value()
class Group:
    """Rules that are evaluated one after the other, in this order."""

    name: str
    interval: str
    rules: list[Rule]


class Groups(NamedTuple):
    """The three groups of an SLO: a rule is in the group of its slowest input."""

    sli: Group
    rollup: Group
    budget: Group
