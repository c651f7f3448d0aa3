"""The expected results, by counting events: ratios over windows, the budget left, and when each alert line is met.

It follows the definitions of the language alone. It imports neither the arithmetic of budgets nor a target and reads no
rule, so it does not repeat their mistakes.

Time is a sequence of ticks, `step` seconds apart. An answer that depends on when within a tick something happened is None
(unknown), and is not tested.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from slocompiler.ir import Alert, Burn, Exhausted, Remaining, Severity

Known = bool | None
"""Whether something holds; None if the counts do not show it."""

LATE = 300
"""Seconds until an event counts in full; before that it counts in proportion to its age."""
SEEN = 0.85
"""The share of the events that a line needs which may be enough: rules estimate counts from rates."""
LEAST_LEFT = 0.02
"""The share of the budget that counts as left when it is exhausted."""
WAITS: dict[Severity, int] = {"page": 0, "ticket": 900, "notify": 0}
"""How long a condition must hold before the alert fires, in seconds."""
URGENT: tuple[Severity, ...] = ("page", "ticket", "notify")
"""The severities, the most urgent first."""
SAME = 1e-4
"""The relative difference below which two numbers count as equal."""
SLACK = 2
"""Ticks by which an alert may come earlier or later than counted."""


class History:
    """The good and bad events of each tick, and the seconds between two scrapes of them."""

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

    def events(self, tick: int, window: float) -> float:
        """Events of the last `window` seconds."""
        return self.bad(tick, window) + self.good(tick, window)

    def ratio(self, tick: int, window: float) -> float | None:
        """The share of bad events in the last `window` seconds; None without events."""
        total = self.events(tick, window)
        return self.bad(tick, window) / total if total else None

    def bounds(self, tick: int, window: int) -> tuple[float, float] | None:
        """The least and the greatest ratio if the window moves by up to a tick; Prometheus 3 excludes the start of a range."""
        windows = (window - self.interval, window, window + self.step)
        found = [self.ratio(at, w) for at in (tick - 1, tick) for w in windows if at >= 0]
        known = [value for value in found if value is not None]
        return (min(known), max(known)) if known else None

    def left(self, tick: int, period: int, budget: float) -> float | None:
        """The share of the budget that is left, for an SLO as old as its period."""
        ratio = self.ratio(tick, period)
        return None if ratio is None else 1 - ratio / budget

    def _count(self, sums: Sequence[int], tick: int, window: float) -> float:
        """The events of all whole ticks of the window, and a proportion of those in the tick where it starts."""
        begin = tick + 1 - window / self.step
        if begin <= 0:
            return sums[tick + 1]
        whole = int(begin)
        return sums[tick + 1] - sums[whole] - (begin - whole) * (sums[whole + 1] - sums[whole])


class Promise:
    """A target over a period, the seconds between two scrapes, and those of a slice of time; 0 for events."""

    def __init__(self, target: float, period: int, scrape: int, slice: int = 0) -> None:
        self.budget, self.period, self.scrape, self.slice = 1 - target, period, scrape, slice

    def threshold(self, line: Burn) -> float:
        """The error ratio at which a window W uses the line's share of the budget: share × period ÷ W × budget.

        It is at most the ceiling.
        """
        ceiling = 1.0 if line.ceiling is None else float(line.ceiling)
        return (
            ceiling if line.share is None else min(float(line.share) * self.period / line.window * self.budget, ceiling)
        )

    def windows(self, line: Burn | Exhausted) -> tuple[int, int]:
        """A line's window and the short one that ends the alert: a twelfth of it, at least four scrapes and a slice."""
        long = line.window if isinstance(line, Burn) else _measured(line.within)
        return long, max(-(-long // 12), 4 * self.scrape, self.slice)

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
            self._enough(line.needs, history.bad, history.step, tick, long),
            self._enough(line.traffic, history.events, history.step, tick, long),
        )

    def _enough(self, least: int, count: Callable[[int, float], float], step: int, tick: int, window: int) -> Known:
        """Whether there are `least` events; `count` counts them in a window. Slices count in full at once."""
        if least <= 1 or not self.slice:
            return least <= 1 or _seen(least, count, step, tick, window)
        surely = count(tick, window - step) if window > step else 0
        return True if surely >= least else None if count(tick, window + step) >= least else False

    def _exhausting(self, line: Exhausted, history: History, tick: int) -> float:
        """The ratio that exhausts the rest of the budget within `within`: left × period ÷ within × budget."""
        left = history.left(tick, self.period, self.budget)
        return max((1.0 if left is None else left) * self.period / line.within * self.budget, self.least(line))


def _measured(within: int) -> int:
    """The window of the current rate: an hour, six hours or a day, by how soon the budget is gone."""
    limits = (12 * 3600, 48 * 3600)
    return (3600, 6 * 3600, 24 * 3600)[bisect_left(limits, within)]


def _seen(least: int, count: Callable[[int, float], float], step: int, tick: int, window: int) -> Known:
    """Whether rates show `least` events; `count` counts them in a window, and the latest count in part."""
    if count(tick, window) < SEEN * least:
        return False
    late = -(-LATE // step)
    old = count(tick - late, window - LATE) if tick >= late else 0
    new = sum(count(tick - age, step) * (age + 1) / late for age in range(min(late, tick + 1)))
    return True if old + new >= least else None


def _above(value: float, limit: float) -> Known:
    return None if abs(value - limit) <= SAME * max(abs(limit), SAME) else value > limit


def _all(*parts: Known) -> Known:
    return False if False in parts else None if None in parts else True


def any_met(lines: Sequence[Alert], promise: Promise, history: History) -> list[Known]:
    """For each tick, whether at least one of the lines is met."""
    return [
        True if True in states else None if None in states else False
        for states in ([promise.met(line, history, tick) for line in lines] for tick in range(len(history)))
    ]


def unless(met: Sequence[Known], hidden: Sequence[Known]) -> list[Known]:
    """For each tick, whether something is met while what hides it does not hold."""
    return [_all(state, None if other is None else not other) for state, other in zip(met, hidden, strict=True)]


def firing(met: Sequence[Known], step: int, waits: int, keeps: int = 0) -> list[Known]:
    """For each tick, whether the alert fires: after it is met for `waits` seconds, and for `keeps` seconds afterwards."""
    wait, keep = -(-waits // step), -(-keeps // step)
    last = len(met) - 1

    def sure(state: bool, begin: int, end: int) -> bool:
        return all(met[tick] is state for tick in range(max(0, begin), min(last, end) + 1))

    def silent(tick: int) -> bool:
        """Whether the condition was certainly interrupted within the waiting time."""
        return any(sure(False, at - SLACK, at + SLACK) for at in range(max(0, tick - wait), tick + 1))

    known: list[Known] = []
    for tick in range(len(met)):
        begin = tick - wait - SLACK
        if begin >= 0 and sure(True, begin, tick + SLACK):
            known.append(True)
        else:
            known.append(False if all(silent(at) for at in range(max(0, tick - keep), tick + 1)) else None)
    return known


def spent(line: Remaining, lines: Sequence[Remaining], promise: Promise, history: History) -> list[Known]:
    """For each tick, whether the alert of a budget line fires: not while a lower one fires that is as urgent."""
    met = any_met([line], promise, history)
    for lower in lines:
        if lower.below < line.below and URGENT.index(lower.severity) <= URGENT.index(line.severity):
            fires = firing(any_met([lower], promise, history), history.step, WAITS[lower.severity])
            met = unless(met, fires)
    return firing(met, history.step, WAITS[line.severity])


def worth(known: Sequence[Known], changes: Iterable[int]) -> list[tuple[int, bool]]:
    """The ticks to check, with their state: where a run of one known state starts or ends, and before traffic changes."""
    last = len(known) - 1
    found = {last, *changes}
    found |= {
        tick for tick in range(1, last) if known[tick - 1] is not known[tick] or known[tick + 1] is not known[tick]
    }
    return [(tick, state) for tick in sorted(found) if tick and (state := known[tick]) is not None]


# Targets

FEW, UP = 0.15, 0.3
"""The share of scrapes up to which a target is down, and the one from which it is up."""


def down(ups: Sequence[int | None], step: int, lasting: int, busy: int) -> list[Known]:
    """For each tick, whether jobs are down for `lasting` seconds, by one scrape a tick; None for a target that is gone.

    One that is gone is down if it had events until then: `busy` is the number of ticks with events.
    """
    gone = ups.index(None) if None in ups else len(ups)
    return [_down(ups[:gone], tick, lasting / step, gone <= busy) for tick in range(len(ups))]


def _down(ups: Sequence[int | None], tick: int, lasting: float, in_use: bool) -> Known:
    """The same for one tick; `ups` has the scrapes while the target is known, `lasting` is in ticks."""
    if tick >= len(ups):
        missing = tick - len(ups) if in_use else 0
        return True if missing > lasting + SLACK else None if missing > lasting - SLACK else False
    begin, latest = tick + 1 - int(lasting) - SLACK, tick + 1 - int(0.6 * lasting)
    if begin > 0 and _share(ups[begin : tick + 1]) <= FEW:
        return True
    return False if latest <= 0 or _share(ups[latest : tick + 1]) >= UP else None


def _share(ups: Sequence[int | None]) -> float:
    return sum(map(bool, ups)) / len(ups)
