"""Renders routes and inhibitions for the alerts of the Prometheus target, as a configuration to merge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from slocompiler import promql
from slocompiler.ir import SEVERITIES, Deployment, Program, Severity
from slocompiler.targets.prometheus.alerts import budget_lines
from slocompiler.targets.prometheus.yaml import scalar, single_quoted
from slocompiler.targets.shared import ALERTNAMES, DOWN, Files, Options, header, severity_name

FILE = "alertmanager.yml"
REPEATED = {"page": "4h", "ticket": "4d", "notify": "4d"}
"""Repeat intervals, because a budget may be exhausted for weeks. Alertmanager forgets after five days what it sent."""


class Scope(NamedTuple):
    """Alerts that have the same names for severities: all alerts, or those of one deployment."""

    matchers: tuple[str, ...]
    names: dict[Severity, str]

    def of(self, severity: Severity, *more: str) -> list[str]:
        """Matchers of its alerts of a severity."""
        return [*self.matchers, _is("severity", self.names[severity]), *more]


def render_shared(program: Program, options: Options) -> Files:
    """`alertmanager.yml`: a route for each severity, grouped by SLO, and inhibition rules."""
    labels = ", ".join(map(scalar, options.deployment_labels()))
    lines = [
        f"# {header(FILE, 'all services')}",
        "# Merge the route and the inhibition rules into your configuration, and add your destinations to the receivers.",
        "route:",
        "  receiver: default",
        "  routes:",
        f"  - matchers: {_list([_any_of('alertname', ALERTNAMES)])}",
        f"    group_by: [service, slo{', ' if labels else ''}{labels}]",  # SLODown has no label slo
        "    receiver: slo-notify",
        "    routes:",
    ]
    scopes = _scopes(options)
    for scope in scopes:
        for severity in SEVERITIES:
            lines += [
                f"    - matchers: {_list(scope.of(severity))}",
                f"      receiver: slo-{severity}",
                f"      repeat_interval: {REPEATED[severity]}",
            ]
    lines.append("inhibit_rules:")
    for scope in scopes:
        for inhibition in _inhibitions(program, scope):
            equal = dict.fromkeys((*inhibition.equal, *options.deployment_labels()))
            lines += [
                f"# {inhibition.comment}",
                f"- source_matchers: {_list(inhibition.source)}",
                f"  target_matchers: {_list(inhibition.target)}",
                f"  equal: [{', '.join(map(scalar, equal))}]",
            ]
    lines += ["receivers:", "- name: default", *(f"- name: slo-{severity}" for severity in SEVERITIES)]
    yield FILE, "\n".join(lines) + "\n"


class Inhibition(NamedTuple):
    """An inhibition: of the target by the source, if the labels `equal` and those of deployments are equal."""

    comment: str
    source: list[str]
    target: list[str]
    equal: tuple[str, ...]


def _inhibitions(program: Program, scope: Scope) -> Iterator[Inhibition]:
    """Each inhibition within an SLO and a value of `per`, and that within a service and a job."""
    ours, down = _any_of("alertname", [name for name in ALERTNAMES if name != DOWN]), _is("alertname", DOWN)
    same = ("slo", *_per(program))
    yield Inhibition("A page inhibits the tickets of its SLO.", scope.of("page", ours), scope.of("ticket", ours), same)
    missing = [*scope.matchers, _is("alertname", "SLONoData")]
    about = "A page for a job that is down inhibits the alerts for missing data of its SLOs."
    yield Inhibition(about, scope.of("page", down), missing, ("service", "job"))
    lines = sorted({(below, severity) for slo in program.slos for severity, below, _ in budget_lines(slo)})
    budget = _is("alertname", "SLOBudget")
    for below in sorted({below for below, _ in lines}):
        for number, severity in enumerate(SEVERITIES):
            higher = [promql.percent(other) for other, wanted in lines if other > below and wanted == severity]
            as_urgent = [name for name in SEVERITIES[: number + 1] if (below, name) in lines]
            if higher and as_urgent:
                source = _any_of("severity", [scope.names[name] for name in as_urgent])
                yield Inhibition(
                    f"A budget alert at {promql.percent(below)} inhibits every {severity} budget alert at a higher share.",
                    [*scope.matchers, budget, _is("below", promql.percent(below)), source],
                    scope.of(severity, budget, _any_of("below", higher)),
                    same,
                )


def _scopes(options: Options) -> list[Scope]:
    """One scope for all alerts, or one for each deployment if they name severities differently."""
    deployments: list[Deployment | None] = [one for one in options.deployments if one.alerts] or [None]
    named = [{severity: severity_name(severity, one, options) for severity in SEVERITIES} for one in deployments]
    if all(names == named[0] for names in named):
        return [Scope((), named[0])]
    return [
        Scope(tuple(_is(label.name, label.value) for label in one.labels), names)
        for one, names in zip(deployments, named, strict=True)
        if one
    ]


def _per(program: Program) -> list[str]:
    """All `per` labels. Alertmanager treats a label that both alerts lack as equal."""
    return sorted({label for slo in program.slos for label in slo.per})


# Matchers in the syntax of Alertmanager


def _is(label: str, value: str) -> str:
    return f"{label}={_quoted(value)}"


def _any_of(label: str, values: Iterable[str]) -> str:
    """A matcher for any of the values, taken literally."""
    found = list(dict.fromkeys(values))
    return _is(label, found[0]) if len(found) == 1 else f"{label}=~{_quoted('|'.join(map(re.escape, found)))}"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _list(matchers: Iterable[str]) -> str:
    return f"[{', '.join(map(single_quoted, matchers))}]"
