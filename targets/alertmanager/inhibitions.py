"""Which alerts inhibit others: a page its tickets, a step its journey, a lower budget line the higher, a job the unknown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from slocompiler import promql
from slocompiler.ir import SEVERITIES, Program, Through
from slocompiler.targets.alertmanager.matchers import OF_AN_SLO, Matcher, Scope, any_of, is_, scopes
from slocompiler.targets.alertmanager.text import COMMENT
from slocompiler.targets.prometheus.alerts import budget_lines
from slocompiler.targets.shared import DOWN, Options


def inhibitions(program: Program, options: Options) -> list[dict[str, Any]]:
    """The inhibition rules. Alerts of different deployments do not inhibit each other."""
    where = options.deployment_labels()
    return [rule | {"equal": [*rule["equal"], *where]} for scope in scopes(options) for rule in _rules(program, scope)]


def _rules(program: Program, scope: Scope) -> Iterator[dict[str, Any]]:
    """Each inhibition within an SLO and a value of `per`, that of a journey by its steps, and that within a service and a job."""
    down = is_("alertname", DOWN)
    # Alertmanager treats a label that both alerts lack as equal.
    same = ["slo", *sorted({label for slo in program.slos for label in slo.per})]
    page, ticket = scope.of("page", OF_AN_SLO), scope.of("ticket", OF_AN_SLO)
    yield _rule("A page inhibits the tickets of its SLO.", page, ticket, same)
    for slo in program.slos:
        if isinstance(slo.indicator, Through):
            ids = [one.id for one in slo.indicator.passed]
            about = f"A page of a step inhibits the pages of the journey {slo.service}."
            step, own = (scope.of("page", OF_AN_SLO, any_of("slo", of)) for of in (ids, [slo.id]))
            yield _rule(about, step, own, [])
    missing = [*scope.matchers, is_("alertname", "SLONoData")]
    about = "A page for a job that is down inhibits the alerts for missing data of its SLOs."
    yield _rule(about, scope.of("page", down), missing, ["service", "job"])
    lines = sorted({(below, severity) for slo in program.slos for severity, below, _ in budget_lines(slo)})
    budget = is_("alertname", "SLOBudget")
    for below in sorted({below for below, _ in lines}):
        for number, severity in enumerate(SEVERITIES):
            higher = [promql.percent(other) for other, wanted in lines if other > below and wanted == severity]
            as_urgent = [name for name in SEVERITIES[: number + 1] if (below, name) in lines]
            if higher and as_urgent:
                source = any_of("severity", [scope.names[name] for name in as_urgent])
                yield _rule(
                    f"A budget alert at {promql.percent(below)} inhibits every {severity} budget alert at a higher share.",
                    [*scope.matchers, budget, is_("below", promql.percent(below)), source],
                    scope.of(severity, budget, any_of("below", higher)),
                    same,
                )


def _rule(comment: str, source: list[Matcher], target: list[Matcher], equal: list[str]) -> dict[str, Any]:
    return {COMMENT: comment, "source_matchers": source, "target_matchers": target, "equal": equal}
