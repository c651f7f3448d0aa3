"""An SLO in a deployment, now: its state, its budget, and that of each value of its `per` labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from slocompiler.ir import SEVERITIES, Deployment, Label, PolicyStep, Severity
from slocompiler.live.questions import Sample
from slocompiler.targets.grafana.states import NOWHERE, STATES
from slocompiler.targets.shared import Options, severity_name

STALE, NO_DATA, EXHAUSTED, BURNING, IDLE, YOUNG, HEALTHY = (state.name for state in STATES)
UNKNOWN = (NOWHERE, STALE, NO_DATA)
"""The states in which nothing is known of the budget."""
COVERED = 0.9
"""The share of its age that an SLO has data for at least; below it, the coverage is shown."""
Number: TypeAlias = float | None


class Value(NamedTuple):
    """The budget of an SLO, or of a value of its `per` labels. Shares are of 1; None is unknown."""

    labels: tuple[tuple[str, str], ...]
    target: Number
    kept: Number
    """The share of good events of the window."""
    left: Number
    burn: Number
    """The burn rate of the last hour."""
    coverage: Number
    age: Number

    def gone_in(self, window: int) -> Number:
        """Seconds until the budget is exhausted at this rate; None if it lasts, or if it is unknown."""
        if self.left is None or self.burn is None or not (self.burn > 1 and self.left > 0):
            return None
        return self.left / self.burn * window


class Row(NamedTuple):
    """An SLO in a deployment, now."""

    id: str
    owner: str
    target: str
    """As it was written, such as 99.9%."""
    window: int
    draft: bool
    deployment: tuple[Label, ...]
    state: str
    firing: tuple[Severity, ...]
    """The severities of its firing alerts, each once."""
    action: str
    """What the policy says for the budget that is left; empty if nothing."""
    values: tuple[Value, ...]
    """Those with the least budget first; at least one."""

    @property
    def worst(self) -> Value:
        """The one with the least budget."""
        return self.values[0]


def ordered(values: Iterable[Value]) -> tuple[Value, ...]:
    """The values with the least budget first; an unknown budget comes last."""
    return tuple(sorted(values, key=lambda one: (one.left is None, one.left, one.labels)))


def state(values: Sequence[Value], events: Number) -> str:
    """The state of an SLO that has data, as dashboards have it; `events` is the rate of all its events, if it is known."""
    left, burn, age = (
        [number for number in numbers if number is not None]
        for numbers in zip(*((one.left, one.burn, one.age) for one in values), strict=True)
    )
    if left and min(left) <= 0:
        return EXHAUSTED
    if burn and max(burn) > 1:
        return BURNING
    if events == 0:
        return IDLE
    return HEALTHY if left and not (age and max(age) < 1) else YOUNG


def action(policy: Sequence[PolicyStep], left: Number) -> str:
    """What the policy says when so much of the budget is left: the step that was reached last."""
    step = reached(policy, left)
    return step.action if step else ""


def reached(policy: Sequence[PolicyStep], left: Number) -> PolicyStep | None:
    """The step of the policy that was reached last."""
    due = [step for step in policy if left is not None and (left < step.below or (step.below == 0 and left <= 0))]
    return min(due, key=lambda step: step.below, default=None)


def firing(alerts: Iterable[Sample], deployment: Deployment | None, options: Options) -> tuple[Severity, ...]:
    """The severities of firing alerts, the most urgent first."""
    found = {one.labels.get("severity") for one in alerts}
    return tuple(one for one in SEVERITIES if severity_name(one, deployment, options) in found)


def worst_first(rows: Iterable[Row]) -> list[Row]:
    """The rows in the order of the dashboards: what pages, exhausted budgets, what nobody sees, the least budget; drafts last."""

    def rank(row: Row) -> tuple[object, ...]:
        left = row.worst.left
        kind = 0 if row.state == EXHAUSTED else 1 if row.state in UNKNOWN else 2
        return row.draft, "page" not in row.firing, kind, left is None, left or 0, row.id

    return sorted(rows, key=rank)
