"""The targets and the alerts that an SLO has in some deployments instead of its own."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.checks.alerting import alert_lines
from slocompiler.checks.context import Run
from slocompiler.checks.down import down_lines
from slocompiler.checks.needs import needs
from slocompiler.checks.no_data import no_data_lines
from slocompiler.checks.objective import objectives
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.record import replace
from slocompiler.resolve import ResolvedSlo


def deployed_alerts(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """What is wrong with the target and the alerts that an SLO has in some deployments instead of its own."""
    rules = (objectives, alert_lines, needs, down_lines, no_data_lines)
    known = {(problem.message, problem.span) for rule in rules if slo.variants for problem in rule(slo, run)}
    for variant in slo.variants:
        there, named = slo.there(variant), run.project.elsewhere[variant.deployment].alerts
        others = named is not None and there.alerts is not slo.alerts
        labels = (
            (Label(named.span, f"the deployment `{variant.deployment}` has these alerts"),) if named and others else ()
        )
        for rule in rules:
            for problem in rule(there, run):
                if (problem.message, problem.span) not in known:  # that is reported for the SLO itself
                    yield replace(problem, labels=(*problem.labels, *labels))
