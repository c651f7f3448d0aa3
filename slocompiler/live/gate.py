"""`sloc gate`: whether the policies of a service let a deployment pass, by the budgets that are left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from slocompiler import promql
from slocompiler.explain import language
from slocompiler.ir import PolicyStep, Program, Slo
from slocompiler.live import row, status
from slocompiler.live.questions import Asking
from slocompiler.live.row import COVERED, UNKNOWN, Row
from slocompiler.live.status_formats import percent
from slocompiler.targets.prometheus.series import series
from slocompiler.targets.shared import Options

SCHEMA = 1
"""The version of the JSON of an override."""
Verdict = Literal["open", "closed", "unknown"]


class Gate(NamedTuple):
    """The verdict on an SLO in a deployment."""

    row: Row
    verdict: Verdict
    why: str
    """What is known of the budget: `12% of its budget is left, which is below 25%`."""
    action: str
    """What was agreed for that; empty unless it is closed."""


def closing(slo: Slo) -> tuple[PolicyStep, ...]:
    """The steps of the policy while which the gate is closed: those marked so, and the one for an exhausted budget."""
    return () if slo.draft else tuple(step for step in slo.policy if step.gate or not step.below)


def judged(program: Program, options: Options, now: int) -> Asking[list[Gate]]:
    """The verdicts on the SLOs of a deployment that have such a step."""
    rows = yield from status.recorded(program, options, now)
    steps = {slo.id: closing(slo) for slo in program.slos}
    return [_gate(one, steps[one.id]) for one in rows if steps[one.id]]


def _gate(one: Row, steps: Sequence[PolicyStep]) -> Gate:
    left = one.worst.left
    step = row.reached(steps, left)
    if one.state not in UNKNOWN and step and left is not None:
        limit = f", which is {language.left(step.below)}" if step.below else ""
        return Gate(one, "closed", f"{_exactly(left)} of its budget is left{limit}", step.action)
    if one.state in UNKNOWN or left is None:
        return Gate(one, "unknown", one.state, "")
    for value in one.values:
        if value.coverage is not None and value.age is not None and value.coverage < COVERED * value.age:
            return Gate(one, "unknown", f"its data cover {percent(value.coverage)} of {percent(value.age)}", "")
    return Gate(one, "open", f"{_exactly(left)} of its budget is left", "")


def _exactly(share: float) -> str:
    """A share with three digits: 24.9% is below 25%."""
    return f"{share * 100:.3g}%"


def verdict(gates: Iterable[Gate]) -> Verdict:
    """The verdict on all: closed if one is, else unknown if one is."""
    found = {gate.verdict for gate in gates}
    return "closed" if "closed" in found else "unknown" if "unknown" in found else "open"


def query(slos: Iterable[Slo]) -> str:
    """A query that returns 1 if the gate is open, 0 if it is closed, and nothing if one of the budgets is unknown."""
    return "\n* ".join(_condition(slo, max(step.below for step in closing(slo))) for slo in slos)


def _condition(slo: Slo, below: Decimal) -> str:
    """1 while the SLO has this share of its budget, else 0; no result without data, or while they lack too much."""
    left, coverage, age = (series(f"slo:{name}:ratio", slo) for name in ("budget_left", "coverage", "age"))
    seen = " or ".join(series(name, slo) for name in ("slo:events:rate5m", "slo:error_ratio:rate5m"))
    enough = f"min({left}) {'>=' if below else '>'} bool {promql.number(below)}"
    return f"({enough} and on() (min({coverage} / {age}) >= {COVERED}) and on() ({seen}))"


def as_json(gates: Sequence[Gate], found: Verdict, services: Sequence[str], now: int, reason: str) -> dict[str, Any]:
    """The record of an override: what the verdict was, and why it did not count."""
    return {
        "schema": SCHEMA,
        "now": now,
        "services": list(services),
        "verdict": found,
        "override": reason,
        "slos": [
            {
                "id": gate.row.id,
                "deployment": {label.name: label.value for label in gate.row.deployment},
                "verdict": gate.verdict,
                "state": gate.row.state,
                "left": gate.row.worst.left,
                "action": gate.action,
            }
            for gate in gates
        ],
    }
