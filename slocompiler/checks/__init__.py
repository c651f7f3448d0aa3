"""What a program must and should fulfil: a table of checks, each a generator over the resolved run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from slocompiler.checks.alerting import alert_lines, policy_steps
from slocompiler.checks.naming import labels, names
from slocompiler.checks.objective import objectives
from slocompiler.checks.people import owners
from slocompiler.checks.per import per_labels
from slocompiler.checks.shape import shapes
from slocompiler.checks.threshold import thresholds
from slocompiler.checks.unsupported import unsupported
from slocompiler.diagnostics import Diagnostic
from slocompiler.project import Project
from slocompiler.resolve import Resolved

Check = Callable[[Resolved, Project], Iterator[Diagnostic]]

CHECKS: tuple[Check, ...] = (
    unsupported,
    owners,
    shapes,
    thresholds,
    per_labels,
    names,
    labels,
    objectives,
    alert_lines,
    policy_steps,
)


def check(resolved: Resolved, project: Project) -> list[Diagnostic]:
    """Everything that is wrong or doubtful with the run."""
    return [problem for rule in CHECKS for problem in rule(resolved, project)]
