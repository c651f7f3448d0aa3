"""Which target the past of an SLO speaks for: the one that would have held barely."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from slocompiler.burn import DAY, LADDER, budget
from slocompiler.explain.words import plural
from slocompiler.ir import Slices, Slo
from slocompiler.live import ladder, tiles
from slocompiler.live.backtest import BARELY
from slocompiler.live.questions import Asking
from slocompiler.live.replay import Past
from slocompiler.promql import percent, rounded
from slocompiler.record import record, replace
from slocompiler.targets.shared import Options

SPAN = 14 * DAY
"""The seconds of the past that are judged."""


@record
class Evidence:
    """A target for an SLO, and what speaks for it, in a sentence."""

    target: Decimal
    text: str


def judged(slo: Slo, options: Options, now: int) -> Asking[Evidence]:
    """The evidence for a target. The SLO has one series of counts, and the target of its template."""
    step = tiles.step(slo)
    since, until = (now - SPAN) // step * step, tiles.latest(now) // step * step
    found = yield from tiles.counted(slo, options, since, until)
    counts = found.values.get((), {})
    total = found.total((), since, until)
    history = until - min(counts, default=until) + step
    if history < DAY or not total.events:
        return Evidence(target=slo.target, text="less than a day of data, so the target is a usual one")
    young = replace(slo, window=min(slo.window, history))
    past = Past(young, options, found, {}, (), since, until)
    worst = max(share for share in map(past.spent, past.tiles.times) if share is not None)
    target, left = _target(slo.target, worst)
    return Evidence(
        target=target,
        text=f"{plural(round(history / DAY), 'day')} of data, {_good(1 - total.bad / total.events)} good{_pace(slo, total.events, history)}; "
        f"{percent(target)} {ladder.held(left)}",
    )


def _target(default: Decimal, worst: float) -> tuple[Decimal, float]:
    """A target, and the least share of its budget that was ever left, if at worst this share of events was bad.

    The tightest target that holds barely; where all of those that hold do so easily, the one of the template.
    """
    left = {one: 1 - worst / float(budget(one)) for one in sorted({*LADDER, default})}
    barely = [one for one, least in left.items() if 0 <= least < BARELY]
    held = [one for one, least in left.items() if least >= 0]
    chosen = max(barely) if barely else default if default in held else max(held, default=min(left))
    return chosen, left[chosen]


def _good(share: float) -> str:
    """A share with the digits that tell it from 100%."""
    return f"{100 * share:.4f}".rstrip("0").rstrip(".") + "%"


def _pace(slo: Slo, events: float, seconds: int) -> str:
    if isinstance(slo.indicator, Slices):
        return ""

    return f", {rounded(Fraction(events / seconds))} events a second"
