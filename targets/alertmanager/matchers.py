"""Matchers of alerts, and the scopes in which severities have the same names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from slocompiler.ir import SEVERITIES, Deployment, Severity
from slocompiler.targets.shared import ALERTNAMES, DOWN, Options, severity_name


class Matcher(NamedTuple):
    """A condition for a label of an alert: `op` is `=`, or `=~` for a regular expression."""

    label: str
    op: str
    value: str


def is_(label: str, value: str) -> Matcher:
    """A matcher for one value."""
    return Matcher(label, "=", value)


def any_of(label: str, values: Iterable[str]) -> Matcher:
    """A matcher for any of the values, taken literally."""
    found = list(dict.fromkeys(values))
    return is_(label, found[0]) if len(found) == 1 else Matcher(label, "=~", "|".join(map(re.escape, found)))


OURS = any_of("alertname", ALERTNAMES)
OF_AN_SLO = any_of("alertname", [name for name in ALERTNAMES if name != DOWN])


class Scope(NamedTuple):
    """Alerts that have the same names for severities: all alerts, or those of one deployment."""

    matchers: tuple[Matcher, ...]
    names: dict[Severity, str]

    def of(self, severity: Severity, *more: Matcher) -> list[Matcher]:
        """Matchers of its alerts of a severity."""
        return [*self.matchers, is_("severity", self.names[severity]), *more]


def scopes(options: Options) -> list[Scope]:
    """One scope for all alerts, or one for each deployment if they name severities differently."""
    deployments: list[Deployment | None] = [one for one in options.deployments if one.alerts != "none"] or [None]
    named = [{severity: severity_name(severity, one, options) for severity in SEVERITIES} for one in deployments]
    if all(names == named[0] for names in named):
        return [Scope((), named[0])]
    return [
        Scope(tuple(is_(label.name, label.value) for label in one.labels), names)
        for one, names in zip(deployments, named, strict=True)
        if one
    ]
