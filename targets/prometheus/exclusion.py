"""`exclude when`: excluded moments, such as planned maintenance."""

from __future__ import annotations

from slocompiler import promql
from slocompiler.ir import Slo
from slocompiler.targets.prometheus import schedule
from slocompiler.targets.shared import Options


def without(slo: Slo, expr: str, options: Options) -> str:
    """`expr`, or 0 in excluded moments: zeros keep counts and coverage right."""
    if not slo.exclude_when:
        return expr
    return f"({expr})\n* (scalar({lately(slo, options)} or vector(0)) == bool 0)"


def silenced(slo: Slo, expr: str, options: Options) -> str:
    """`expr`, or no result in excluded moments: in maintenance, scrape targets are down and nothing is recorded."""
    if not slo.exclude_when:
        return expr
    return f"{expr}\nunless on() {lately(slo, options)}"


def lately(slo: Slo, options: Options) -> str:
    """The number of series that the condition returned while the events that are still read happened; no result if none."""
    assert slo.exclude_when, "there is a condition"
    tail = promql.duration(max(schedule.BASE, schedule.reach(slo, options)))
    step = promql.duration(options.evaluation_interval)
    return f"count(last_over_time({promql.embedded(slo.exclude_when)}[{tail}:{step}]))"
