"""Excluded moments: those of `exclude when` and of planned `maintenance`."""

from __future__ import annotations

from slocompiler import promql
from slocompiler.ir import Slo
from slocompiler.targets.prometheus import schedule
from slocompiler.targets.shared import Options


def without(slo: Slo, expr: str, options: Options) -> str:
    """`expr`, or 0 in excluded moments: zeros keep counts and coverage right."""
    if not slo.excludes_times:
        return expr
    return f"({expr})\n* (scalar({lately(slo, options)} or vector(0)) == bool 0)"


def silenced(slo: Slo, expr: str, options: Options) -> str:
    """`expr`, or no result in excluded moments: in maintenance, scrape targets are down and nothing is recorded."""
    if not slo.excludes_times:
        return expr
    return f"{expr}\nunless on() {lately(slo, options)}"


def lately(slo: Slo, options: Options) -> str:
    """The number of conditions that held while the events that are still read happened; no result if none."""
    tail = schedule.tail(slo, options)
    window, step = promql.duration(tail), promql.duration(options.evaluation_interval)
    found = [f"last_over_time({promql.embedded(slo.exclude_when)}[{window}:{step}])"] if slo.exclude_when else []
    if slo.maintenance:
        from slocompiler.targets.prometheus import maintenance  # few SLOs need the table of time zones

        found += [maintenance.holds(one, tail) for one in slo.maintenance]
    every = "\n  or ".join(found)
    return f"count({every})"
