"""When the alerts of both tools fire in the same made-up traffic, and why at other times.

Time is counted in ticks of five minutes. Each tick at which only one of them fires needs a reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from slocompiler.importers.compare.scenes import Scene
from slocompiler.importers.compare.theirs import Line, Theirs
from slocompiler.ir import Burn, Severity, Slo
from slocompiler.promql import duration, number
from slocompiler.targets.promtest.oracle import WAITS, History
from slocompiler.targets.promtest.scenario import COARSE, Phase
from slocompiler.targets.promtest.subject import Subject

Ticks = frozenset[int]
URGENCIES: tuple[Severity, ...] = ("page", "ticket")
_BUDGET = 2
"""The bit of `SLOBudget`, behind those of URGENCIES."""


class Fired(NamedTuple):
    """When an alert of one urgency fires in a scene."""

    scene: Scene
    tool: str
    urgency: Severity
    true: Ticks
    """The ticks at whose begin more events are bad than the target allows."""
    theirs: Ticks
    ours: Ticks
    end: int
    """The last tick of the scene."""
    is_equal: bool
    """Whether both fire at the same ticks, or one tick apart."""
    why: str
    """Why they differ; "" if they are equal, or if no reason is known."""


def bits(*alerts: str) -> str:
    """One expression for which of some alerts fire, from expressions for the numbers of those that do."""
    return " + ".join(f"{2**place} * clamp_max(({alert}), 1)" for place, alert in enumerate(alerts))


def theirs() -> str:
    """The expression for the alerts of the other tool."""
    return bits(*map(Theirs.firing, URGENCIES))


def ours(subject: Subject) -> str:
    """The expression for those of an SLO: `SLOBurn` of each urgency, and `SLOBudget`."""
    value = subject.angle.value
    burning = (subject.alert("SLOBurn", value, urgency) for urgency in URGENCIES)
    return bits(*burning, subject.alert("SLOBudget", value))


def allowed(phases: list[Phase], budget: float) -> Ticks:
    """The ticks at whose begin more events are bad than the target allows; the first is 0."""
    per_tick = [phase for phase in phases for _ in range(phase.ticks)]
    return frozenset(tick for tick, one in enumerate(per_tick) if one.bad > budget * (one.good + one.bad) * (1 + 1e-9))


def compared(
    scene: Scene,
    slo: Slo,
    tool: Theirs,
    subject: Subject,
    phases: list[Phase],
    answers: Mapping[str, Mapping[int, int]],
) -> Iterator[Fired]:
    """The result for each urgency; `answers` has the bits of each side, by the tick."""
    true = allowed(phases, subject.angle.promise.budget)
    mine, other = answers["ours"], answers["theirs"]
    budget = _having(mine, _BUDGET)
    page = _having(mine, 0)
    for place, urgency in enumerate(URGENCIES):
        some, others = _having(mine, place), _having(other, place)
        some |= budget if urgency == "ticket" else frozenset()
        reasons = _Reasons(slo, tool, subject, COARSE.history(phases), urgency)
        why = [reasons.of(tick, some, others, page, budget) for tick in sorted(some ^ others)]
        found = [one for one in dict.fromkeys(why) if one != _NEAR]
        known = "; ".join(found) if all(found) else ""
        yield Fired(scene, tool.tool, urgency, true, others, some, max(mine), not found, known)


def _having(answers: Mapping[int, int], bit: int) -> Ticks:
    return frozenset(tick for tick, found in answers.items() if found >> bit & 1)


def spans(ticks: Ticks, end: int) -> str:
    """Ticks as times: `12h to 13h10m, from 20h`, for those that last to the `end`; "" for none."""
    runs = [[tick for _, tick in run] for _, run in groupby(enumerate(sorted(ticks)), lambda pair: pair[1] - pair[0])]
    return ", ".join(
        f"from {_time(run[0])}" if run[-1] >= end else f"{_time(run[0])} to {_time(run[-1] + 1)}" for run in runs
    )


def _time(tick: int) -> str:
    return duration(tick * COARSE.step) if tick else "0"


_NEAR = "a tick apart"


class _Reasons:
    """Why one of the tools fires at a tick and the other does not. What lines compare is counted, not recorded."""

    def __init__(self, slo: Slo, tool: Theirs, subject: Subject, history: History, urgency: Severity) -> None:
        self._tool, self._history, self._urgency = tool, history, urgency
        self._keeps = -(-subject.keeps(urgency) // COARSE.step) + 1
        self._waits = -(-WAITS[urgency] // COARSE.step) + 1
        promise = subject.angle.promise
        self._budget = promise.budget
        lines = [one for one in slo.alerts if isinstance(one, Burn) and one.severity == urgency]
        windows = [promise.windows(one) for one in lines]
        heights = [promise.threshold(one) for one in lines]
        self._ours = [Line(short, long, top) for (long, short), top in zip(windows, heights, strict=True)]
        self._theirs = [
            (one, alert.lasting) for alert in tool.alerts if alert.urgency == urgency for one in alert.lines
        ]

    def of(self, tick: int, ours: Ticks, theirs: Ticks, page: Ticks, budget: Ticks) -> str:
        """The reason for a tick; _NEAR if that is no difference, "" if none is known."""
        if {tick - 1, tick + 1} & ours & theirs:
            return _NEAR
        if tick in ours:
            return self._only_ours(tick, theirs, budget)
        if not any(self._holds(line, at) for line, _ in self._theirs for at in (tick - 1, tick)):
            return ""  # it counts other events
        if self._urgency == "ticket" and tick in page:
            return "no ticket beside a page"
        if self._urgency == "ticket" and not frozenset(range(tick - self._waits, tick + 1)) <= theirs:
            return "a ticket waits for 15 minutes"
        met = [line for line in self._ours if self._holds(line, tick)]
        if not met:
            return self._other()
        return (
            ""
            if any(self._holds(line, tick, young=True) for line in met)
            else "time before the first data is good here"
        )

    def _only_ours(self, tick: int, theirs: Ticks, budget: Ticks) -> str:
        if tick in budget and self._urgency == "ticket":
            return "here the budget is exhausted"
        if self._urgency == "page" and theirs & frozenset(range(tick - self._keeps, tick)):
            return "a page stays for 15 minutes, so that one incident pages once"
        if self._tool.silent:
            return self._tool.silent
        waiting = [lasting for line, lasting in self._theirs if self._holds(line, tick)]
        if waiting:
            return f"it waits for {duration(min(waiting))}" if min(waiting) else ""
        if self._theirs and all(line.height >= 1 for line, _ in self._theirs):
            return "its thresholds are above 100%: it never fires"
        return self._other()

    def _holds(self, line: Line, tick: int, young: bool = False) -> bool:
        """Whether more is bad than a line allows; if `young`, what a window has before the first data is good."""
        ratios = [self._history.ratio(tick, window) or 0.0 for window in (line.short, line.long)]
        if young:
            ratios[1] *= min(1, tick * COARSE.step / line.long)
        return min(ratios) > line.height

    def _other(self) -> str:
        """The lines of both, where they differ."""
        theirs, ours = (
            {f"{_rounded(line.height / self._budget)}× in {duration(line.long)}" for line in lines}
            for lines in ([line for line, _ in self._theirs], self._ours)
        )
        some, others = (", ".join(sorted(one, key=_height)) for one in (theirs - ours, ours - theirs))
        return f"it has {some or 'no other line'}, here {others or 'no other line'}" if some or others else ""


def _rounded(height: float) -> str:
    return number(Decimal(f"{height:.4g}"))


def _height(line: str) -> float:
    return -float(line.partition("×")[0])
