"""Cases of `exclude when`: what fails in an excluded moment costs nothing, what fails after it does."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.ir import Slices, Slo
from slocompiler.targets.promtest import evaluate, events, slices, states
from slocompiler.targets.promtest.labels import Undecided
from slocompiler.targets.promtest.levels import Stage, written
from slocompiler.targets.promtest.lines import named
from slocompiler.targets.promtest.scenario import COARSE, Case, Clock, Phase, share
from slocompiler.targets.promtest.subject import Subject

BEFORE, DURING, AFTER, END = 12, 3, 2, 2
"""Ticks of good events before the moments, of bad ones in them, of bad ones that count after them, and of good ones."""
PARTS = (0, 0.1, 0.3, 0.5, 0.7, 0.9)
"""Parts of a rate that are seen before its range is full."""
SEEN = 300
"""The seconds for which a moment is seen."""


def can_be_tested(slo: Slo) -> None:
    """Raise Impossible or Undecided if no series are found that exclude moments, and others that do not."""
    if slo.exclude_when is None:
        return
    _, no, _ = states.states(slo.exclude_when)
    if evaluate.kinds(slo.exclude_when).moments:
        raise Undecided("its `exclude when` compares with the time, which goes on between two samples")
    starting = ([one._replace(value=one.value * part) for one in no] for part in PARTS)
    if states.holds([], slo.exclude_when) or (
        evaluate.kinds(slo.exclude_when).counters and any(states.holds(world, slo.exclude_when) for world in starting)
    ):
        raise Undecided("its `exclude when` holds before there are data")
    if {of.metric for of in evaluate.streams(slo.exclude_when)} & {*events.metrics(slo), "up"}:
        raise Undecided("its `exclude when` reads what it counts")


def ordinary(subject: Subject, ticks: int, time: Clock) -> dict[str, str]:
    """Series of moments that count, for a number of ticks."""
    if subject.slo.exclude_when is None:
        return {}
    _, no, _ = states.states(subject.slo.exclude_when)
    return written(evaluate.kinds(subject.slo.exclude_when), [Stage(no, ticks * time.samples)], time.interval)


def cases(subject: Subject) -> Iterator[Case]:
    """The case of an SLO with `exclude when`; none if slices see the moments for longer."""
    text, of, angle = subject.slo.exclude_when, subject.slo.indicator, subject.angle
    if text is None or subject.slice >= SEEN:
        return
    ranges = -(-evaluate.longest(text) // COARSE.step)
    vague = ranges + 1 if ranges else 0  # for so long, a range reads what was before
    idle = [Phase(vague)] if vague else []
    if vague and isinstance(of, Slices):
        return  # slices have no idle time
    phases = [share(BEFORE, 0), *idle, share(DURING + 1, 1), *idle, share(AFTER, 1), share(END, 0)]
    end = sum(phase.ticks for phase in phases)
    time = slices.fine(subject, COARSE)
    yes, no, _ = states.states(text)
    stages = [Stage(world, ticks * time.samples)
              for world, ticks in ((no, BEFORE), (yes, vague + DURING), (no, end - BEFORE - vague - DURING))]  # fmt: skip  # one list
    counted = BEFORE + AFTER + END
    ratio = AFTER / (counted + isinstance(of, Slices)), AFTER / counted  # the first evaluation may be a slice too
    if (end + 1) * time.step > subject.slo.window:
        return
    checks = [
        subject.silent(BEFORE + vague + DURING, "in an excluded moment"),
        *subject.near("slo:error_ratio:period", end, ratio, angle.value),
    ]
    found = slices.raw(subject, angle, phases, time, idle=True)
    found |= written(evaluate.kinds(text), stages, time.interval)
    yield Case(named(subject, angle, "excluded moments"), time, found, checks)
