"""The rules that a program must or should follow: tables of checks, each a generator over a service or an SLO."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from importlib import import_module

from slocompiler.checks.about import named_slos
from slocompiler.checks.alert_set import alert_sets
from slocompiler.checks.allowing import Allowances
from slocompiler.checks.conditions import conditions
from slocompiler.checks.context import Run
from slocompiler.checks.deployments import deployments
from slocompiler.checks.duplicates import duplicates
from slocompiler.checks.exclusions import exclusions, stream_exclusions
from slocompiler.checks.feedback import feedback
from slocompiler.checks.former import former_names
from slocompiler.checks.journeys import journeys
from slocompiler.checks.labels import labels
from slocompiler.checks.matchers import matchers, stream_matchers
from slocompiler.checks.metric_kinds import metric_kinds
from slocompiler.checks.metric_words import stream_words, words
from slocompiler.checks.naming import names, stream_names
from slocompiler.checks.objective import objectives
from slocompiler.checks.people import addresses, agreement, owners
from slocompiler.checks.per import per_labels
from slocompiler.checks.percentages import percentages
from slocompiler.checks.placeholders import placeholder_owners, placeholders
from slocompiler.checks.promql import promql
from slocompiler.checks.risk import budgets, risks
from slocompiler.checks.shape import shapes, streams
from slocompiler.checks.shares import shares
from slocompiler.checks.slices import slices
from slocompiler.checks.subset import subsets
from slocompiler.checks.swapped import swapped
from slocompiler.checks.threshold import thresholds
from slocompiler.checks.titles import titles
from slocompiler.checks.unused import unused, unused_streams
from slocompiler.diagnostics import Diagnostic
from slocompiler.project import Project
from slocompiler.resolve import Resolved, ResolvedService, ResolvedSlo

Check = Callable[[ResolvedSlo, Run], Iterator[Diagnostic]]
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
SLO_CHECKS: tuple[Check, ...] = (
    shapes,
    journeys,
    thresholds,
    slices,
    shares,
    conditions,
    percentages,
    promql,
    deployments,
    per_labels,
    names,
    labels,
    words,
    metric_kinds,
    subsets,
    swapped,
    matchers,
    objectives,
    alert_sets,
    agreement,
    addresses,
    exclusions,
    titles,
    placeholders,
    budgets,
    duplicates,
)
CHECKS_ABOUT: dict[str, tuple[str, ...]] = {
    "alerts": ("alerting.alert_lines", "needs.needs", "down.down_lines", "no_data.no_data_lines"),
    "variants": ("variants.deployed_alerts",),
    "policy": ("policy.policy_steps",),
    "maintenance": ("maintenance.maintenance",),
    "exceptions": ("exceptions.exceptions",),
    "without": ("exclusions.excluded_counters",),
    "good": ("reversed.reversals", "bounds.bounds", "bounded.bounded"),
    "review": ("people.reviews",),
}
"""Checks of something that many SLOs do not have, by the field that has it: imported and called only for those that do."""


@cache
def named(name: str) -> Check:
    """A check of `CHECKS_ABOUT`, by its module and its name."""
    module, function = name.split(".")
    found: Check = getattr(import_module(f"{__name__}.{module}"), function)
    return found


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
            for slo, own in found:
                own.extend(check_slo(slo, run))
        for about, checks in CHECKS_ABOUT.items():
            having = [(slo, own) for slo, own in found if getattr(slo, about)]
            for check_slo in map(named, checks if having else ()):
                for slo, own in having:
                    own.extend(check_slo(slo, run))
        for slo, own in found:
            problems += allowances.of_slo(slo, own)
    problems += allowances.problems()
    problems += unused(run)
    return problems, run.promises
