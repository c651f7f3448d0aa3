"""Risks: those that are impossible, and those that cost more than a budget."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic
from slocompiler.resolve import ResolvedService, ResolvedSlo


def risks(service: ResolvedService, run: Run) -> Iterator[Diagnostic]:
    """E413 for the risks of a service that are impossible."""
    if service.risks:
        from slocompiler.checks.costs import impossible  # few services have risks

        for risk, _ in service.risks:
            if risk.intact:
                yield from impossible(risk)


def budgets(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """W313 if one risk, or all together, cost more than the budget; W318 if all cost less than a hundredth of it."""
    if slo.service.risks:
        from slocompiler.checks.costs import compared

        yield from compared(slo, run)
