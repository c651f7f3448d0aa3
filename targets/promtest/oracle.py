"""What must happen, by counting events: ratios over windows, what is left, and when each alert line is met.

Written from the definitions of the language alone and on purpose apart from all that makes rules: it imports neither the
arithmetic of budgets nor a target, and reads no rule. So a mistake there is not repeated here.

Time is a row of ticks, `step` seconds apart. An answer that depends on where within a tick something happened is None:
unknown. What is None is not tested.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate

from slocompiler.ir import Alert, Burn, Exhausted, Remaining, Severity

Known = bool | None
"""Whether something holds; None: it cannot be told from counts."""

LATE = 300
"""Seconds until a bad event is counted in full; before it counts in proportion to its age."""
SEEN = 0.85
"""Of the bad events that a line needs so many may do: a count of events is an estimate there."""
LEAST_LEFT = 0.02
"""An exhausted budget counts as so much of one."""
WAITS: dict[Severity, int] = {"page": 0, "ticket": 900, "notify": 0}
"""How long trouble must last before it is told of, in seconds."""
SAME = 1e-4
"""Numbers this close are not told apart."""
SLACK = 2
"""Ticks by which something may come earlier or later than counted."""


class History:
    """How many events were good and bad in each tick, and how many seconds are between two looks at them."""

    def __init__(self, step: int, good: Iterable[int], bad: Iterable[int], interval: int = 0) -> None:
        self.step, self.interval = step, interval
        self._good, self._bad = ([0, *accumulate(counts)] for counts in (good, bad))

    def __len__(self) -> int:
        return len(self._bad) - 1

    def good(self, tick: int, window: float) -> float:
        """Good events of the last `window` seconds."""
        return self._count(self._good, tick, window)

    def bad(self, tick: int, window: float) -> float:
        """Bad events of the last `window` seconds."""
        return self._count(self._bad, tick, window)

    def ratio(self, tick: int, window: float) -> float | None:
        """The share of bad events in the last `window` seconds; None without events."""
        bad = self.bad(tick, window)
        total = bad + self.good(tick, window)
        return bad / total if total else None

    def bounds(self, tick: int, window: int) -> tuple[float, float] | None:
        """The ratio, were the window's ends up to a tick elsewhere; Prometheus 3 does not see what is at its begin."""
        windows = (window - self.interval, window, window + self.step)
        found = [self.ratio(at, w) for at in (tick - 1, tick) for w in windows if at >= 0]
        known = [value for value in found if value is not None]
        return (min(known), max(known)) if known else None

    def left(self, tick: int, period: int, budget: float) -> float | None:
        """The share of the budget that is left, for an SLO as old as its period."""
        ratio = self.ratio(tick, period)
        return None if ratio is None else 1 - ratio / budget

    def _count(self, sums: Sequence[int], tick: int, window: float) -> float:
        """The whole ticks, and of the one that the window begins in its part."""
        begin = tick + 1 - window / self.step
        if begin <= 0:
            return sums[tick + 1]
        whole = int(begin)
        return sums[tick + 1] - sums[whole] - (begin - whole) * (sums[whole + 1] - sums[whole])


class Promise:
    """A target over a period, and how often events are scraped."""

    def __init__(self, target: float, period: int, scrape: int) -> None:
        self.budget, self.period, self.scrape = 1 - target, period, scrape

    def threshold(self, line: Burn) -> float:
        """The error ratio at which the last W takes the line's share of a budget: share × period ÷ W × budget."""
        ratio = float(line.share) * self.period / line.window * self.budget
        return ratio if line.ceiling is None else min(ratio, float(line.ceiling))

    def windows(self, line: Burn | Exhausted) -> tuple[int, int]:
        """A line's window, and the twelfth that ends the alert; four scrapes are the least."""
        long = line.window if isinstance(line, Burn) else _measured(line.within)
        return long, max(-(-long // 12), 4 * self.scrape)

    def least(self, line: Exhausted) -> float:
        """The error ratio below which an exhaustion line is never met."""
        return max(1.0, LEAST_LEFT * self.period / line.within) * self.budget

    def met(self, line: Alert, history: History, tick: int) -> Known:
        """Whether the line's condition holds."""
        if isinstance(line, Remaining):
            left = history.left(tick, self.period, self.budget)
            return False if left is None else _above(float(line.below), left)
        if not isinstance(line, Burn | Exhausted):
            return None
        long, short = self.windows(line)
        above = self.threshold(line) if isinstance(line, Burn) else self._exhausting(line, history, tick)
        return _all(
            *(_above(history.ratio(tick, window) or 0.0, above) for window in (long, short)),
            _needed(line.needs, history, tick, long),
        )

    def _exhausting(self, line: Exhausted, history: History, tick: int) -> float:
        """The ratio at which what is left is gone in `within`: left × period ÷ within budgets at once."""
        left = history.left(tick, self.period, self.budget)
        return max((1.0 if left is None else left) * self.period / line.within * self.budget, self.least(line))


def _measured(within: int) -> int:
    """The window in which "the rate of now" is measured: an hour, six, or a day, by how soon the budget is gone."""
    limits = (12 * 3600, 48 * 3600)
    return (3600, 6 * 3600, 24 * 3600)[bisect_left(limits, within)]


def _needed(needs: int, history: History, tick: int, window: int) -> Known:
    """Whether there are enough bad events; the last ones are counted in part."""
    if needs <= 1:
        return True
    if history.bad(tick, window) < SEEN * needs:
        return False
    late = -(-LATE // history.step)
    old = history.bad(tick - late, window - LATE) if tick >= late else 0
    new = sum(history.bad(tick - age, history.step) * (age + 1) / late for age in range(min(late, tick + 1)))
    return True if old + new >= needs else None


def _above(value: float, limit: float) -> Known:
    return None if abs(value - limit) <= SAME * max(abs(limit), SAME) else value > limit


def _all(*parts: Known) -> Known:
    return False if False in parts else None if None in parts else True


def any_met(lines: Sequence[Alert], promise: Promise, history: History) -> list[Known]:
    """For each tick whether at least one of the lines is met."""
    return [
        True if True in states else None if None in states else False
        for states in ([promise.met(line, history, tick) for line in lines] for tick in range(len(history)))
    ]


def firing(met: Sequence[Known], step: int, waits: int, keeps: int = 0) -> list[Known]:
    """For each tick whether the alert fires: it is met for `waits` seconds, and kept for `keeps` seconds after."""
    wait, keep = -(-waits // step), -(-keeps // step)
    last = len(met) - 1

    def sure(state: bool, begin: int, end: int) -> bool:
        return all(met[tick] is state for tick in range(max(0, begin), min(last, end) + 1))

    def silent(tick: int) -> bool:
        """Not met at some moment so near that it cannot have lasted."""
        return any(sure(False, at - SLACK, at + SLACK) for at in range(max(0, tick - wait), tick + 1))

    known: list[Known] = []
    for tick in range(len(met)):
        begin = tick - wait - SLACK
        if begin >= 0 and sure(True, begin, tick + SLACK):
            known.append(True)
        else:
            known.append(False if all(silent(at) for at in range(max(0, tick - keep), tick + 1)) else None)
    return known


def worth(known: Sequence[Known], changes: Iterable[int]) -> list[tuple[int, bool]]:
    """The ticks worth a look: where a run of one known state begins or ends, and where traffic is about to change."""
    last = len(known) - 1
    found = {last, *changes}
    found |= {
        tick for tick in range(1, last) if known[tick - 1] is not known[tick] or known[tick + 1] is not known[tick]
    }
    return [(tick, state) for tick in sorted(found) if tick and (state := known[tick]) is not None]
