"""The rules of another tool for one SLO: what it records, and its alerts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from slocompiler.ir import Severity
from slocompiler.record import EMPTY
from slocompiler.targets.prometheus.yaml import scalar, single_quoted

GROUP = "the other tool"
ALERT = "Theirs"
"""The name of its alerts here."""


class Rule(NamedTuple):
    """A recording rule."""

    record: str
    expr: str
    labels: Mapping[str, str] = EMPTY


class Line(NamedTuple):
    """What holds while the share of bad events is above `height` over two windows in seconds."""

    short: int
    long: int
    height: float


class Alert(NamedTuple):
    """An alert, whose urgency sloc knows as a severity."""

    urgency: Severity
    expr: str
    lasting: int = 0
    """How long the condition must hold, in seconds."""
    lines: tuple[Line, ...] = ()
    """What the expression compares; one of them is enough."""


class Theirs(NamedTuple):
    """What another tool records of an SLO."""

    tool: str
    """Its name for people."""
    rules: tuple[Rule, ...]
    answer: str
    """The expression for the share of bad events in the window of the SLO."""
    burning: tuple[Rule, ...] = ()
    """What its alerts read, apart from `rules`."""
    alerts: tuple[Alert, ...] = ()
    silent: str = ""
    """Why the alerts never fire; "" if they can."""

    def group(self) -> str:
        """The rules of the ratio as YAML of a group in a file of rules."""
        return "".join([f"- name: {GROUP}\n  rules:\n", *map(_rule, self.rules)])

    def alerting(self) -> str:
        """The alerts and what they read, likewise."""
        rules = {rule.record + str(rule.labels): rule for rule in (*self.rules, *self.burning)}
        return "".join(
            [
                f"- name: {GROUP}\n  rules:\n",
                *map(_rule, rules.values()),
                *map(_alert, range(len(self.alerts)), self.alerts),
            ]
        )

    @staticmethod
    def firing(urgency: Severity) -> str:
        """An expression for the number of its alerts that fire."""
        return f'count(ALERTS{{alertname="{ALERT}",urgency="{urgency}",alertstate="firing"}}) or vector(0)'


def _alert(number: int, alert: Alert) -> str:
    """An alert. Its number tells it from others of the same urgency."""
    head = f"  - alert: {ALERT}\n    expr: {single_quoted(alert.expr)}\n    for: {alert.lasting}s\n"
    return f'{head}    labels: {{urgency: {alert.urgency}, number: "{number}"}}\n'


def _rule(rule: Rule) -> str:
    labels = ", ".join(f"{name}: {scalar(value)}" for name, value in rule.labels.items())
    return f"  - record: {rule.record}\n    expr: {single_quoted(rule.expr)}\n    labels: {{{labels}}}\n"
