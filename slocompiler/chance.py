"""The chance that a target is kept, given its risks: to nine digits, without drawing random numbers.

Incidents of a risk begin at random, `every` seconds on average (a Poisson process), last `lasting` seconds on average
(exponential), and make the share `hitting` of events bad, at even traffic. So the bad seconds of a window are a compound
Poisson sum. Its Laplace transform is exp(-Σ n·s·m ÷ (1 + s·m)), for n incidents with a mean of m bad seconds. It is
inverted by the Euler algorithm of Abate and Whitt ("Numerical Inversion of Laplace Transforms of Probability
Distributions", ORSA Journal on Computing 7, 1995). The more windows one simulated, the closer they would come to it.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from slocompiler import burn
from slocompiler.ir import Alert, Remaining, Risk, Unmeasured

MONTH = 30 * burn.DAY
"""Pages are counted in these seconds."""
APART = 20
"""The most risks that count as they are, the costliest first; the others count as one, so that every list takes little time."""
FINEST = 1e-3
"""Shorter incidents count as fewer of this share of the budget: one alone matters to no budget."""
CERTAIN = 8
"""Standard deviations below the mean at which a sum is impossible: a compound Poisson sum has a light lower tail."""
MOST = 0.9999
"""The highest chance that is shown as a number: stated risks are no more certain than that."""
_ERROR = 23.0
"""The error of the inversion is exp(-23), 1e-10."""
_AVERAGED = 11
"""Partial sums that are averaged at the end, with binomial weights."""
_TERMS = 25
"""Terms before those if incidents are as long as the budget; shorter ones need more, and FINEST three times as many."""


class Incidents(NamedTuple):
    """What a risk does: means of its frequency and length in seconds, and the share of events that are bad meanwhile."""

    every: float
    lasting: float
    hitting: float

    @property
    def bad(self) -> float:
        """The seconds of full outage that one costs on average."""
        return self.lasting * self.hitting

    @property
    def cost(self) -> float:
        """The share of all events that they make bad."""
        return self.bad / self.every


def incidents(every: int, lasting: int, hitting: Decimal) -> Incidents:
    """What a risk does, at even traffic."""
    return Incidents(every, lasting, float(hitting))


def costliest(found: Iterable[Incidents]) -> tuple[Incidents, ...]:
    """The costliest first, and those beyond APART as one."""
    ranked = sorted(found, key=lambda one: (-one.cost, one))
    rest = ranked[APART:]
    if not rest:
        return tuple(ranked)
    often = sum(1 / one.every for one in rest)
    lasting = sum(one.lasting / one.every for one in rest) / often
    return (*ranked[:APART], Incidents(1 / often, lasting, sum(one.cost for one in rest) / often / lasting))


@lru_cache(maxsize=4096)
def kept(found: Sequence[Incidents], bad: float, window: int, and_one: float = 0.0) -> float:
    """The chance that at most `bad` seconds of `window` seconds are bad, beside one incident with a mean of `and_one`.

    `bad` is above 0. A window also has incidents that begin before it; of those at its edges, it has a part. Two
    incidents at once count twice.
    """
    parts = [_part((window + one.lasting) / one.every, one.bad / bad / (1 + one.lasting / window)) for one in found]
    if any(_is_too_much([part]) for part in parts) or _is_too_much(parts):
        return 0.0
    terms = _TERMS + int(2 / math.sqrt(min((mean for _, mean in parts), default=1.0)))

    def term(number: int) -> float:  # of an alternating series
        at = complex(_ERROR / 2, math.pi * number)
        sum_of_incidents = cmath.exp(-sum(count * at * mean / (1 + at * mean) for count, mean in parts))
        real = (sum_of_incidents / (1 + at * and_one / bad) / at).real
        return -real if number % 2 else real

    total = term(0) / 2 + sum(map(term, range(1, terms)))
    inverted = 0.0
    for number in range(_AVERAGED + 1):
        total += term(terms + number)
        inverted += math.comb(_AVERAGED, number) / 2**_AVERAGED * total
    return min(max(math.exp(_ERROR / 2) * inverted, 0.0), 1.0)


def _part(count: float, mean: float) -> tuple[float, float]:
    """A number of incidents with a mean length as a share of the budget; not shorter than FINEST."""
    return (count, mean) if mean >= FINEST else (count * mean / FINEST, FINEST)


def _is_too_much(parts: Sequence[tuple[float, float]]) -> bool:
    """Whether a sum cannot be as small as 1."""
    mean = sum(count * length for count, length in parts)
    return mean - 1 > CERTAIN * math.sqrt(sum(2 * count * length**2 for count, length in parts))


def of_target(found: Sequence[Incidents], target: Decimal, window: int) -> float:
    """The chance that a target is kept in any one window."""
    return kept(found, float(burn.budget(target) * window), window)


def spent(found: Sequence[Incidents], share: float, window: int) -> float:
    """The bad seconds that this share of windows does not exceed, to a thousandth; 0 if it has none."""
    if math.exp(-sum((window + one.lasting) / one.every for one in found)) >= share:
        return 0.0
    low, high = 0.0, sum(one.bad for one in found)
    while kept(found, high, window) < share:
        low, high = high, 2 * high
    while high - low > high / 1000:
        middle = (low + high) / 2
        low, high = (middle, high) if kept(found, middle, window) < share else (low, middle)
    return high


def pages(
    risk: Risk,
    found: Sequence[Incidents],
    alerts: Iterable[Alert],
    target: Decimal,
    window: int,
    slice_seconds: int = 0,
) -> float | None:
    """How many pages in MONTH a risk causes on average, beside all others in `found`; None if no alert pages for errors.

    An incident fires the burn alerts if it lasts longer than their detection with a full budget. It fires the budget
    alert if it takes the budget below the line: the sum was no more before it, and is with it. `slice_seconds` is the
    length of a slice, and 0 for events.
    """
    lines = [line for line in alerts if line.severity == "page" and not isinstance(line, Unmeasured)]
    if not lines:
        return None
    burning = (line for line in lines if not isinstance(line, Remaining))
    soonest = burn.soonest(burning, target, window, Fraction(risk.hitting), slice_seconds)
    each = 0.0 if soonest is None else math.exp(-soonest / risk.lasting)
    below = max((line.below for line in lines if isinstance(line, Remaining)), default=None)
    if below is not None and below < 1:
        level = float((1 - Fraction(below)) * burn.budget(target) * window)
        each += max(kept(found, level, window) - kept(found, level, window, float(risk.hitting * risk.lasting)), 0.0)
    return MONTH / risk.every * each


def percent(share: float) -> str:
    """A chance for people, never certain: `97.2%`, `99.30%`, `over 99.99%`, `under 0.01%`."""
    if share > MOST or share < 1 - MOST:
        return f"{'over' if share > MOST else 'under'} {MOST if share > MOST else 1 - MOST:.2%}"
    return f"{share:.2%}" if share > 0.99 or share < 0.01 else f"{share:.1%}"
