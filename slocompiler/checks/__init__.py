"""The rules that a program must or should follow: tables of checks, each a generator over a service or an SLO."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from slocompiler.checks.about import named_slos
from slocompiler.checks.alert_set import alert_sets
from slocompiler.checks.alerting import alert_lines
from slocompiler.checks.allowing import Allowances
from slocompiler.checks.bounded import bounded
from slocompiler.checks.bounds import bounds
from slocompiler.checks.conditions import conditions
from slocompiler.checks.context import Run
from slocompiler.checks.deployments import deployed_alerts, deployments
from slocompiler.checks.down import down_lines
from slocompiler.checks.duplicates import duplicates
from slocompiler.checks.exceptions import exceptions
from slocompiler.checks.exclusions import excluded_counters, exclusions, stream_exclusions
from slocompiler.checks.feedback import feedback
from slocompiler.checks.former import former_names
from slocompiler.checks.journeys import journeys
from slocompiler.checks.labels import labels
from slocompiler.checks.maintenance import maintenance
from slocompiler.checks.matchers import matchers, stream_matchers
from slocompiler.checks.metric_kinds import metric_kinds
from slocompiler.checks.metric_words import stream_words, words
from slocompiler.checks.naming import names, stream_names
from slocompiler.checks.needs import needs
from slocompiler.checks.no_data import no_data_lines
from slocompiler.checks.objective import objectives
from slocompiler.checks.people import addresses, agreement, owners, reviews
from slocompiler.checks.per import per_labels
from slocompiler.checks.percentages import percentages
from slocompiler.checks.placeholders import placeholder_owners, placeholders
from slocompiler.checks.policy import policy_steps
from slocompiler.checks.promql import promql
from slocompiler.checks.reversed import reversals
from slocompiler.checks.risk import budgets, risks
from slocompiler.checks.shape import shapes, streams
from slocompiler.checks.shares import shares
from slocompiler.checks.slices import slices
from slocompiler.checks.subset import subsets
from slocompiler.checks.threshold import thresholds
from slocompiler.checks.titles import titles
from slocompiler.checks.unused import unused, unused_streams
from slocompiler.diagnostics import Diagnostic
from slocompiler.project import Project
from slocompiler.resolve import Resolved, ResolvedService, ResolvedSlo

SERVICE_CHECKS: tuple[Callable[[ResolvedService, Run], Iterator[Diagnostic]], ...] = (
    owners,
    placeholder_owners,
    streams,
    stream_names,
    stream_words,
    stream_matchers,
    stream_exclusions,
    unused_streams,
    former_names,
    named_slos,
    risks,
    feedback,
)
SLO_CHECKS: tuple[Callable[[ResolvedSlo, Run], Iterator[Diagnostic]], ...] = (
    shapes,
    journeys,
    thresholds,
    slices,
    shares,
    conditions,
    percentages,
    reversals,
    promql,
    deployments,
    per_labels,
    names,
    labels,
    words,
    metric_kinds,
    subsets,
    matchers,
    objectives,
    alert_lines,
    needs,
    down_lines,
    no_data_lines,
    alert_sets,
    deployed_alerts,
    policy_steps,
    agreement,
    addresses,
    exclusions,
    maintenance,
    exceptions,
    excluded_counters,
    titles,
    placeholders,
    bounds,
    bounded,
    reviews,
    budgets,
    duplicates,
)
ABOUT: dict[Callable[[ResolvedSlo, Run], Iterator[Diagnostic]], str] = {
    alert_lines: "alerts",
    needs: "alerts",
    down_lines: "alerts",
    no_data_lines: "alerts",
    policy_steps: "policy",
    maintenance: "maintenance",
    exceptions: "exceptions",
    excluded_counters: "without",
    bounds: "good",
    bounded: "good",
    reversals: "good",
    reviews: "review",
}
"""Checks that find nothing in an SLO without something, and the field that has it: they are not asked then, for speed."""


def check(resolved: Resolved, project: Project, today: date | None) -> tuple[list[Diagnostic], dict[str, set[int]]]:
    """All errors of the run, and its warnings except those that an `allow` silences; and the promises of each file.

    Reviews and days of feedback are judged only if `today` is given. A promise is a number, the same one for SLOs that measure and promise the same.
    """
    run = Run(resolved, project, today, {}, {}, {})
    allowances = Allowances(run)
    problems: list[Diagnostic] = []
    for service in resolved.services:
        of_service = [problem for check_service in SERVICE_CHECKS for problem in check_service(service, run)]
        problems += allowances.of_service(service, of_service)
        found = [(slo, list[Diagnostic]()) for slo in service.slos]
        for check_slo in SLO_CHECKS:  # one after the other: all of them on each SLO take twice as long
            about = ABOUT.get(check_slo)
            for slo, own in found:
                if about is None or getattr(slo, about):
                    own.extend(check_slo(slo, run))
        for slo, own in found:
            problems += allowances.of_slo(slo, own)
    problems += allowances.problems()
    problems += unused(run)
    return problems, run.promises
