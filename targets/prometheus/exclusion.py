"""`exclude when`: moments that do not count, such as those of a planned maintenance."""

from __future__ import annotations

from slocompiler import promql
from slocompiler.ir import Slo
from slocompiler.targets.prometheus import schedule
from slocompiler.targets.shared import Options


def without(slo: Slo, expr: str, options: Options) -> str:
    """`expr`, and zero while moments are left out: zeros keep counts and coverage right."""
    if not slo.exclude_when:
        return expr
    return f"({expr})\n* (scalar({_lately(slo, slo.exclude_when, options)} or vector(0)) == bool 0)"


def silenced(slo: Slo, expr: str, options: Options) -> str:
    """`expr`, and nothing while moments are left out: in a maintenance targets are down, so that nothing is recorded."""
    if not slo.exclude_when:
        return expr
    return f"{expr}\nunless on() {_lately(slo, slo.exclude_when, options)}"


def _lately(slo: Slo, condition: str, options: Options) -> str:
    """How many series it returned lately, as long as events of that time are still read; nothing if none."""
    tail = promql.duration(max(schedule.BASE, schedule.reach(slo, options)))
    step = promql.duration(options.evaluation_interval)
    return f"count(last_over_time({promql.embedded(condition)}[{tail}:{step}]))"
