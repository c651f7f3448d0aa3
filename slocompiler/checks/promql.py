"""The checks of raw PromQL, which are imported only if an SLO has some: most have none."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.checks.backquotes import conditions, rates
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic
from slocompiler.resolve import ResolvedSlo


def promql(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """All diagnostics of the raw PromQL of an SLO, but for those about deployments."""
    if rates(slo) or conditions(slo):
        from slocompiler.checks.raw import raw
        from slocompiler.checks.raw_conditions import raw_conditions
        from slocompiler.checks.raw_rates import raw_rates

        yield from raw(slo, run)
        yield from raw_conditions(slo, run)
        yield from raw_rates(slo, run)
