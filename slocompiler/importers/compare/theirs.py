"""The recording rules of another tool for the error ratio of one SLO."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from slocompiler.record import EMPTY
from slocompiler.targets.prometheus.yaml import scalar, single_quoted

GROUP = "the other tool"


class Rule(NamedTuple):
    """A recording rule."""

    record: str
    expr: str
    labels: Mapping[str, str] = EMPTY


class Theirs(NamedTuple):
    """What another tool records of an SLO."""

    tool: str
    """Its name for people."""
    rules: tuple[Rule, ...]
    answer: str
    """The expression for the share of bad events in the window of the SLO."""

    def group(self) -> str:
        """The rules as YAML of a group in a file of rules."""
        return "".join([f"- name: {GROUP}\n  rules:\n", *map(_rule, self.rules)])


def _rule(rule: Rule) -> str:
    labels = ", ".join(f"{name}: {scalar(value)}" for name, value in rule.labels.items())
    return f"  - record: {rule.record}\n    expr: {single_quoted(rule.expr)}\n    labels: {{{labels}}}\n"
