"""`sloc report`: what SLOs kept in a period, added up from tiles, and what happened to their budgets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from slocompiler import burn
from slocompiler.explain.promise import due
from slocompiler.ir import PolicyStep, Program, Service, Severity, Slo
from slocompiler.live import backtest, ladder, replay, tiles
from slocompiler.live.backtest import Data, Unknown, judged
from slocompiler.live.period import Period
from slocompiler.live.questions import Asking, together
from slocompiler.live.replay import Episode, Past
from slocompiler.live.report_spans import Span, days, incidents
from slocompiler.live.spans import joined
from slocompiler.live.sums import ratio
from slocompiler.live.tiles import Count, Tiles, summed
from slocompiler.targets.shared import Options

BACK = burn.HOUR
"""A step of a policy that is left for at most this time was not left."""

NEVER = "never reviewed"


class Reached(NamedTuple):
    """A step of the policy, and when it applied: None is before the period, or after it."""

    step: PolicyStep
    begin: int | None
    end: int | None


class Figures(NamedTuple):
    """The period of a value of the `per` labels. Shares are of 1."""

    labels: tiles.Value
    target: Decimal
    total: Count
    every: Count
    """The same with the incidents that are left out by agreement."""
    begun: int
    """When the data begin, in the period or before."""
    covered: int
    """The seconds of the period that have data."""
    left: tuple[tuple[int, float], ...]
    """The share of the rolling budget that was left at each tile of the period that has one."""
    fired: tuple[Episode, ...]
    """The alerts that began in the period."""
    incidents: tuple[Span, ...]
    """Those with the most bad events first."""
    days: tuple[Span, ...]
    """The days with bad events, those with the most first."""

    @property
    def kept(self) -> float | None:
        """The share of good events; None without events."""
        bad = ratio(self.total)
        return None if bad is None else 1 - bad

    @property
    def kept_with(self) -> float | None:
        """The share of good events if no incident was left out; None if none is."""
        bad = None if self.every == self.total else ratio(self.every)
        return None if bad is None else 1 - bad

    @property
    def is_kept(self) -> bool | None:
        """Whether the share of good events is at least the target."""
        return None if self.kept is None else self.kept >= float(self.target)

    @property
    def spent(self) -> float | None:
        """The share of the budget that the events of the period would have spent, if it was a window."""
        bad = ratio(self.total)
        return None if bad is None else bad / float(burn.budget(self.target))

    @property
    def worst(self) -> tuple[int, float] | None:
        """When the least of the rolling budget was left, and how much; None without events."""
        return min(self.left, key=lambda one: (one[1], one[0]), default=None)

    @property
    def last(self) -> float | None:
        """The share of the rolling budget that is left at the end."""
        return self.left[-1][1] if self.left else None


class Account(NamedTuple):
    """The period of an SLO in a deployment."""

    slo: Slo
    service: Service
    until: int
    """The end of its last tile."""
    step: int
    """The seconds of a tile."""
    values: tuple[Figures, ...]
    """Those with the least rolling budget first; none without data."""
    steps: tuple[Reached, ...]
    """Of its policy, in the order of time."""
    others: tuple[Episode, ...] = ()
    """The alerts about missing data of all values together."""
    unknown: tuple[str, ...] = ()
    """The alerts that are not replayed, and why."""
    why: str = ""
    """Why nothing is known of it, if a snapshot lacks it."""
    cut: int | None = None
    """When the snapshot begins, if that is later than the report needs: a window before the period."""

    def number(self, value: Figures, severity: Severity) -> int:
        """How many alerts of a severity began: those of a value; those of all values together count for the first."""
        others = self.others if value is self.values[0] else ()
        return sum(one.severity == severity for one in (*value.fired, *others))

    @property
    def review(self) -> str:
        """The day on which the target is to be reviewed, or NEVER; "" if no review is planned."""
        review = self.slo.review
        return "" if review is None else due(review) if review.last else NEVER

    @property
    def verdict(self) -> str:
        """Whether the target fits what is measured, by the least rolling budget of its worst value."""
        worst = min((one.worst[1] for one in self.values if one.worst), default=None)
        begun = min((one.begun for one in self.values), default=self.until)
        if worst is None:
            return "no data"
        return ladder.verdict(worst, self.until - begun < ladder.ENOUGH * self.slo.window) or "too young"


def accounts(program: Program, options: Options, period: Period, now: int) -> Asking[list[Account]]:
    """The period of each SLO of a deployment; drafts promise nothing yet."""
    found = yield from together(
        _known(slo, service, options, period, now)
        for service in program.services
        for slo in service.slos
        if not slo.draft
    )
    return found


def _known(slo: Slo, service: Service, options: Options, period: Period, now: int) -> Asking[Account]:
    found = yield from backtest.tried(slo, data(slo, options, period, now))
    if isinstance(found, Unknown):
        return lacking(found, service, period, now)
    return account_of(found, slo, service, options, period)


def data(slo: Slo, options: Options, period: Period, now: int) -> Asking[Data]:
    """The counts of a period. The window before it counts, too: what it spent is not left at the begin."""
    return backtest.data(slo, options, period.since - slo.window, min(period.until, tiles.latest(now)))


def lacking(unknown: Unknown, service: Service, period: Period, now: int) -> Account:
    """The account of an SLO that a snapshot lacks."""
    slo = unknown.slo
    return Account(slo, service, min(period.until, tiles.latest(now)), tiles.step(slo), (), (), why=unknown.why)


def account_of(found: Data, slo: Slo, service: Service, options: Options, period: Period) -> Account:
    """The period of an SLO by its counts."""
    pasts = [
        (value, past)
        for value, past in found.pasts
        if any(period.since < at <= found.end for at in found.tiles.values[value])
    ]
    others = backtest.about_data(found)
    own = () if slo.per else others
    values = [_figures(slo, value, past, found.tiles, options, period, own) for value, past in pasts]
    values.sort(key=lambda one: (one.last is None, one.last, one.labels))
    least = _least(values)
    steps = [one for step in slo.policy for one in _reached(step, least)]
    steps.sort(key=lambda one: (one.begin or 0, -one.step.below))
    rest = _begun(others, period) if slo.per or not values else ()
    unknown = found.missing.unknown
    cut = found.tiles.known if found.tiles.known > found.start else None
    return Account(slo, service, found.end, found.tiles.step, tuple(values), tuple(steps), rest, unknown, cut=cut)


def _figures(
    slo: Slo, value: tiles.Value, past: Past, counts: Tiles, options: Options, period: Period,
    others: Iterable[Episode],
) -> Figures:  # fmt: skip  # what a value is judged by
    target, lines = judged(slo, value)
    budget = float(burn.budget(target))
    own, every = (
        {at: count for at, count in some[value].items() if period.since < at <= past.end}
        for some in (counts.values, counts.every)
    )
    spent = ((at, past.spent(at)) for at in past.tiles.times if at > period.since)
    fired = sorted((*replay.episodes(past, slo, lines, target, options), *others), key=lambda one: one.begin)
    return Figures(
        tuple((label, dict(value).get(label, "")) for label in slo.per),
        target,
        summed(own.values()),
        summed(every.values()) if period.excepted(slo) else summed(own.values()),
        past.begun,
        len(own) * past.step,
        tuple((at, 1 - share / budget) for at, share in spent if share is not None),
        _begun(fired, period),
        incidents(past.tiles, past.step, own, budget),
        days(own, period),
    )


def _begun(fired: Iterable[Episode], period: Period) -> tuple[Episode, ...]:
    return tuple(one for one in fired if period.since <= one.begin < period.until)


def _least(values: Sequence[Figures]) -> list[tuple[int, float]]:
    """The least budget that any value had left, in the order of time: it decides, as in `sloc status`."""
    least: dict[int, float] = {}
    for one in values:
        for at, left in one.left:
            least[at] = min(left, least.get(at, left))
    return sorted(least.items())


def _reached(step: PolicyStep, least: Sequence[tuple[int, float]]) -> Iterator[Reached]:
    """When a step of a policy applied."""
    if not least:
        return
    first, last = least[0][0], least[-1][0]
    ends = [at for at, _ in least[1:]] + [last]
    below = ((at, end) for (at, left), end in zip(least, ends, strict=True) if _applies(step, left))
    for begin, end in joined(below, BACK):
        yield Reached(step, None if begin == first else begin, None if end == last else end)


def _applies(step: PolicyStep, left: float) -> bool:
    return left < step.below or (step.below == 0 and left <= 0)
