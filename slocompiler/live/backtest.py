"""`sloc backtest`: what would have been kept, and which alerts would have fired, in the past of an SLO."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeVar

from slocompiler import burn
from slocompiler.ir import Alert, Severity, Slo
from slocompiler.live import complaints, missing, replay, tiles
from slocompiler.live.complaints import Day
from slocompiler.live.missing import Missing
from slocompiler.live.questions import Asking, NotKept
from slocompiler.live.replay import Episode, Past
from slocompiler.live.tiles import Minutes, Tiles, Value
from slocompiler.regex.sets import fulfills
from slocompiler.targets.shared import Options

T = TypeVar("T")
STRICTER = 2
"""The minutes that are asked also serve a budget that is smaller by this factor: a later change may have one."""
BARELY = 0.5
"""A target that holds holds barely if less than this share of its budget was ever left."""
FLAP = burn.HOUR
"""An alert that comes back within these seconds is the same problem."""


class Step(NamedTuple):
    """What another target would have meant."""

    target: Decimal
    least: float
    """The least share of the budget that was ever left."""
    left: float
    """The share of the budget that is left at the end."""
    pages: int
    tickets: int


class Outcome(NamedTuple):
    """The past of a value of the `per` labels, with the target and the alerts of a file. Shares are of 1."""

    labels: Value
    target: Decimal
    kept: float | None
    left: float | None
    """The share of the budget that is left at the end. None if there were no events."""
    coverage: float
    episodes: tuple[Episode, ...]
    ladder: tuple[Step, ...]

    def fired(self, severity: Severity) -> list[Episode]:
        """The alerts of a severity."""
        return [one for one in self.episodes if one.severity == severity]

    def flaps(self, severity: Severity) -> int:
        """How many of them came back within an hour."""
        found = self.fired(severity)
        return sum(
            any(one.alert == other.alert and 0 <= one.begin - other.end < FLAP for other in found) for one in found
        )


class Replay(NamedTuple):
    """The past of an SLO, from `start` to `end`: the value with the least budget first."""

    slo: Slo
    start: int
    end: int
    outcomes: tuple[Outcome, ...]
    others: tuple[Episode, ...]
    """The alerts about missing data, if they are of no value: with `per`, or without data. Else they are in the outcome."""
    unknown: tuple[str, ...]
    """What is not replayed, in words."""
    days: tuple[Day, ...] = ()
    """How fast each day spent the budget, to compare with what users said."""

    def fired(self, severity: Severity) -> list[Episode]:
        """All alerts of a severity."""
        every = (*self.others, *(episode for outcome in self.outcomes for episode in outcome.episodes))
        return [one for one in every if one.severity == severity]


class Compared(NamedTuple):
    """The past of an SLO with the files of each side; `before` is None without BASE, and for a new SLO."""

    before: Replay | None
    after: Replay


class Unknown(NamedTuple):
    """An SLO that is not replayed, and why."""

    slo: Slo
    why: str


class Data(NamedTuple):
    """The counts of an SLO between two times."""

    start: int
    end: int
    tiles: Tiles
    minutes: Minutes
    missing: Missing
    pasts: tuple[tuple[Value, Past], ...]
    """The past of each value: what it computes once serves whatever asks."""


def data(slo: Slo, options: Options, since: int, until: int) -> Asking[Data]:
    """The counts that a replay needs: tiles, and minutes where an alert may have fired."""
    step = tiles.step(slo)
    start, end = since // step * step, until // step * step
    found = yield from tiles.counted(slo, options, start, end)
    blocks = set() if burn.slice_of(slo) else missing.edges(found, start, end)
    for value in found.values:
        past = Past(slo, options, found, {}, value, start, end)
        target, lines = judged(slo, value)
        blocks |= replay.blocks(past, slo, lines, target, STRICTER, options)
    minutes = yield from tiles.each_minute(slo, options, sorted(blocks), until)
    lost = yield from missing.replayed(slo, options, found, minutes, start, end)
    pasts = tuple((value, Past(slo, options, found, minutes, value, start, end)) for value in found.values)
    return Data(start, end, found, minutes, lost, pasts)


def replayed(
    slo: Slo, options: Options, since: int, until: int, targets: Sequence[Decimal] = burn.LADDER
) -> Asking[Replay]:
    """The past of an SLO since a time, as if it had begun then: budgets are full at first."""
    found = yield from data(slo, options, since, until)
    return replay_of(found, slo, options, targets, found.start)


def replay_of(found: Data, slo: Slo, options: Options, targets: Sequence[Decimal], since: int) -> Replay:
    """The past of an SLO by its counts. What was before `since` only counts for the budgets that were left then."""
    begin, end = found.start, found.end
    others = tuple(one for one in about_data(found) if one.begin >= since)
    own = () if slo.per else others
    outcomes = [_outcome(past, slo, value, targets, options, own, since) for value, past in found.pasts]
    outcomes.sort(key=lambda one: (one.left is None, one.left, one.labels))
    each = tuple(complaints.days([(past.tiles, judged(slo, value)[0]) for value, past in found.pasts], since, end))
    about = others if slo.per or not outcomes else ()
    return Replay(slo, begin, end, tuple(outcomes), about, found.missing.unknown, each)


def about_data(found: Data) -> tuple[Episode, ...]:
    """The alerts about missing data that would have fired."""
    return tuple(replay.firing([(one.severity, one.alert, one.spans) for one in found.missing.fired], found.end))


def tried(slo: Slo, asking: Asking[T]) -> Asking[T | Unknown]:
    """What an SLO would have meant, or meant; unknown if a snapshot lacks the counts of its indicator."""
    try:
        return (yield from asking)
    except NotKept:
        return Unknown(slo, "the snapshot has no counts of its indicator: take a new one, or ask the server")


def judged(slo: Slo, value: Value) -> tuple[Decimal, tuple[Alert, ...]]:
    """The target and the alerts of a value: those of the first override that its labels match."""
    labels = dict(value)
    for override in slo.overrides:
        if all(fulfills(matcher, labels.get(matcher.label, "")) for matcher in override.filter):
            return override.target, override.alerts
    return slo.target, slo.alerts


def _outcome(
    past: Past, slo: Slo, value: Value, targets: Iterable[Decimal], options: Options, others: tuple[Episode, ...],
    since: int,
) -> Outcome:  # fmt: skip  # what a value is judged by
    target, lines = judged(slo, value)
    every = past.tiles.over(past.end - since, past.end)
    spent = past.spent(past.end)
    return Outcome(
        tuple((label, dict(value).get(label, "")) for label in slo.per),
        target,
        1 - every.bad / every.events if every.events else None,
        None if spent is None else 1 - spent / float(burn.budget(target)),
        past.coverage,
        tuple(sorted((*_fired(past, slo, lines, target, options, since), *others), key=lambda one: one.begin)),
        tuple(_step(past, slo, lines, one, options, others, since) for one in sorted({target, *targets}, reverse=True)),
    )


def _fired(
    past: Past, slo: Slo, lines: Sequence[Alert], target: Decimal, options: Options, since: int
) -> Iterator[Episode]:
    return (one for one in replay.episodes(past, slo, lines, target, options) if one.begin >= since)


def _step(
    past: Past, slo: Slo, lines: Sequence[Alert], target: Decimal, options: Options, others: tuple[Episode, ...],
    since: int,
) -> Step:  # fmt: skip  # what a target is judged by
    budget = float(burn.budget(target))
    times = (at for at in past.tiles.times if at > since)
    spent = [share for share in map(past.spent, times) if share is not None]
    fired = [one.severity for one in (*_fired(past, slo, lines, target, options, since), *others)]
    least, last = 1 - max(spent, default=0) / budget, 1 - (spent[-1] if spent else 0) / budget
    return Step(target, least, last, fired.count("page"), fired.count("ticket"))


def total(replays: Sequence[Replay | None], severity: Severity) -> int:
    """How many alerts of a severity fired. `SLODown` is one for all SLOs of a service."""
    fired = [(replay.slo, one) for replay in replays if replay for one in replay.fired(severity)]
    down = {(slo.service, slo.deployment, one.begin) for slo, one in fired if one.alert == "SLODown"}
    return sum(one.alert != "SLODown" for _, one in fired) + len(down)
