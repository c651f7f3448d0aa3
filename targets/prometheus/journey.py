"""Journeys: the share of attempts that fail, from what the SLOs on the way record.

The share of good events of a step is measured among those who arrive there, so the product of these shares is the share
of journeys that succeed, by the chain rule, however the steps depend on each other. It is exact as long as nobody passes
a step outside of the journey, or tries again.
"""

from __future__ import annotations

from slocompiler import promql
from slocompiler.ir import Passed, Slo, Step, Through
from slocompiler.targets.prometheus import schedule
from slocompiler.targets.prometheus.series import named


def events(slo: Slo, through: Through) -> str:
    """The attempts per second."""
    return _sum(slo, "events", through.by)


def errors(slo: Slo, through: Through) -> str:
    """The attempts per second that fail on the way; no result while a step has no data."""
    return f"{events(slo, through)}\n* ({failed(slo, through)})"


def failed(slo: Slo, through: Through) -> str:
    """The share of journeys that fail."""
    return "1 - " + "\n  * ".join(_passes(slo, step) for step in through.steps)


def contribution(slo: Slo, through: Through, number: int) -> str:
    """The share of journeys that pass all steps before this one, and fail there: those of all steps add up to `failed`."""
    *before, step = (_passes(slo, step) for step in through.steps[: number + 1])
    return "\n  * ".join([*before, f"(1 - {step})"])


def _passes(slo: Slo, step: Step) -> str:
    """The share of those who pass a step, as often as a journey takes it."""
    fails = " * ".join(ratio(slo, one) for one in step.any)
    times = f" ^ {step.times}" if step.times > 1 else ""
    return f"(1 - {fails}){times}"


def ratio(slo: Slo, passed: Passed) -> str:
    """The share of bad events of an SLO, of all values of its `per` labels together; 0 while it has no events.

    It is filled with the SLO's own events, so that there is no result without data.
    """
    within = f"[{promql.duration(max(schedule.BASE, 2 * passed.slices))}]" if passed.slices else ""
    every, bad = (_sum(slo, what, passed.id, within) for what in ("events", "errors"))
    return f"({bad} / ({every} > 0) or 0 * {every})"


def _sum(slo: Slo, what: str, id: str, within: str = "") -> str:
    selector = named(f"slo:{what}:rate5m", id, slo)
    return f"sum(sum_over_time({selector}{within}))" if within else f"sum({selector})"
