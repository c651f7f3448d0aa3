"""The arithmetic of error budgets: burn rates, windows and times. Exact; durations in seconds, shares of 1.

Terms and formulas follow "Alerting on SLOs" of the Site Reliability Workbook (chapter 5): the burn rate is the error
ratio over the error budget (1 - target); at burn rate 1 the budget lasts exactly the SLO's window.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import prod

from slocompiler.ir import Alert, Burn, Exhausted, RatioSlices, Remaining, Slices, Slo, Step, Through, Unmeasured

MINUTE, HOUR, DAY = 60, 3600, 86400
LEAST_BUDGET = Decimal("1e-12")
"""The smallest error budget. A smaller one drowns in the rounding of floating-point numbers, and its alerts are random."""
LEAST_LEFT = Fraction(2, 100)
"""An exhaustion alert counts the remaining budget as at least this share: else every error would fire it at the end."""
LADDER = tuple(map(Decimal, ("0.9", "0.95", "0.975", "0.99", "0.995", "0.9975", "0.998", "0.999", "0.9995", "0.9999")))
"""Usual targets, which are tried besides the present one."""
PAGE_NEEDS = 5
"""The default of `needs` for a page, in bad events: one error in a quiet night must not wake anyone."""
NEEDS_SEEN = Fraction(85, 100)
"""The least share of N events that a sum of 5m rates reports, because `rate` never extrapolates a counter below zero."""
SHARES = (Fraction(1), Fraction(1, 10), Fraction(1, 100))
"""The shares of bad events for which detection times are reported: all events, one in ten, one in a hundred."""
TICKET_WAITS = 15 * MINUTE
"""A ticket waits so long, in seconds: a problem that ends earlier shows in the budget anyway."""
SCRAPES = 4
"""How many scrape intervals a rate needs: over fewer, some series never have a value, depending on their scrape times."""


@lru_cache(maxsize=1024)
def budget(target: Decimal) -> Fraction:
    """The error budget: the share of events that may be bad, 1 - target."""
    return 1 - Fraction(target)


def factor(share: Decimal, window: int, period: int, ceiling: Fraction | None = None) -> Fraction:
    """The burn rate that takes `share` of a whole budget within `window`: share × period ÷ window.

    2% in 1h of 30d is 14.4. `ceiling` is the highest burn rate allowed, None for no limit.
    """
    exact = Fraction(share) * period / window
    return exact if ceiling is None else min(exact, ceiling)


@lru_cache(maxsize=1024)
def line_factor(line: Burn, target: Decimal, period: int) -> Fraction:
    """The burn rate above which `line` fires, for an SLO of this target and period."""
    ceiling = None if line.ceiling is None else Fraction(line.ceiling) / budget(target)
    return (ceiling or highest(target)) if line.share is None else factor(line.share, line.window, period, ceiling)


def is_capped(line: Burn, target: Decimal, period: int) -> bool:
    """Whether the ceiling lowers the line's burn rate below the one of its share."""
    return line.share is not None and line_factor(line, target, period) < factor(line.share, line.window, period)


def risk(every: int, lasting: int, hitting: Decimal) -> Fraction:
    """The share of all events that a risk makes bad in the long run, at even traffic: lasting × hitting ÷ every.

    Frequency × impact × users hit, as "The Calculus of Service Availability" (ACM Queue 15.2) ranks risks.
    """
    return Fraction(hitting) * lasting / every


def highest(target: Decimal) -> Fraction:
    """The burn rate when every event is bad: 1 ÷ budget. No alert above it can fire."""
    return 1 / budget(target)


def short_window(window: int, scrape_interval: int, slice_seconds: int) -> int:
    """The short window of an alert line in seconds, which ends the alert soon after the problem: a twelfth of `window`.

    It is at least SCRAPES scrape intervals, and at least one time slice.
    """
    return max(-(-window // 12), SCRAPES * scrape_interval, slice_seconds)


def slice_of(slo: Slo) -> int:
    """The length of the SLO's slices of time, in seconds; 0 if it counts events."""
    return slo.indicator.seconds if isinstance(slo.indicator, Slices | RatioSlices) else 0


def shortest_window(scrape_interval: int) -> int:
    """The shortest window of an alert line, in seconds: twice the shortest short window."""
    return 2 * SCRAPES * scrape_interval


def whole_slice(slo: Slo) -> int:
    """The length of slices that are judged as a whole, in seconds; 0 if an event is anything else."""
    return 0 if isinstance(slo.indicator, Slices) and slo.indicator.each else slice_of(slo)


def exhaustion_window(within: int) -> int:
    """The window in seconds over which an exhaustion alert measures the current burn rate."""
    return HOUR if within <= 12 * HOUR else 6 * HOUR if within <= 2 * DAY else DAY


def long_window(line: Burn | Exhausted) -> int:
    """The long window of a line, in seconds; `short_window` is its other window."""
    return line.window if isinstance(line, Burn) else exhaustion_window(line.within)


def exhaustion_slope(within: int, period: int) -> Fraction:
    """The burn rate that spends a whole budget within `within` seconds: period ÷ within.

    The remaining share of the budget times this is the burn rate that spends the rest: left ÷ burn × period < within.
    """
    return Fraction(period, within)


def exhaustion_floor(within: int, period: int) -> Fraction:
    """The least burn rate at which an exhaustion alert fires: above 1, and by at least LEAST_LEFT of a budget."""
    return max(Fraction(1), LEAST_LEFT * exhaustion_slope(within, period))


def lasts(height: Fraction, period: int) -> Fraction:
    """How long a whole budget lasts at the burn rate `height`, in seconds: period ÷ burn rate."""
    return period / height


def least(line: Alert, target: Decimal, period: int, slice_seconds: int = 0) -> Fraction:
    """The burn rate below which `line` never fires, however little budget is left; 0 if it can fire at any rate.

    A line that needs a number of bad slices also needs the share of its window that they fill. `slice_seconds` is the
    length of a slice, and 0 for events, whose number in a window is not known.
    """
    if isinstance(line, Burn):
        height = line_factor(line, target, period)
    elif isinstance(line, Exhausted):
        height = exhaustion_floor(line.within, period)
    else:
        return Fraction(0)
    return max(height, Fraction(line.needs * slice_seconds, long_window(line)) / budget(target))


def silent_below(lines: Iterable[Alert], target: Decimal, period: int, slice_seconds: int = 0) -> Fraction | None:
    """The burn rate below which none of the lines fires; None if none depends on errors.

    Above 1, a whole budget can be spent in silence.
    """
    about = (line for line in lines if not isinstance(line, Unmeasured))
    return min((least(line, target, period, slice_seconds) for line in about), default=None)


def page_needs(slice_seconds: int = 0) -> int:
    """The default of `needs` for a page: bad events, or the slices of five minutes and at least two."""
    return max(2, -(-5 * MINUTE // slice_seconds)) if slice_seconds else PAGE_NEEDS


def needed_events(line: Alert, slo: Slo) -> int:
    """How many bad events a line needs besides bad slices; 0 for none.

    A page needs PAGE_NEEDS, unless it needs one bad slice alone: in a quiet night two errors can make two slices bad.
    """
    if not isinstance(slo.indicator, RatioSlices) or not isinstance(line, Burn | Exhausted):
        return 0
    return PAGE_NEEDS if line.severity == "page" and line.needs > 1 else 0


# Detection: the budget is full, and from one moment on a constant share of all events is bad


def detection(line: Alert, target: Decimal, period: int, bad: Fraction, slice_seconds: int = 0) -> Fraction | None:
    """After how many seconds the condition of `line` is true if the share `bad` of all events is bad; None for never.

    A burn line waits until bad × t ÷ window reaches factor × budget: t = window × factor ÷ burn rate.
    A remaining line waits until only `below` of the budget is left: t = (1 - below) × period ÷ burn rate.
    A line that needs N bad slices of `slice_seconds` waits for them: t = N × slice ÷ bad, at most its window.
    Scraping, evaluation and the rule's `for` add to it.
    """
    rate = bad / budget(target)
    if isinstance(line, Remaining):
        time = (1 - Fraction(line.below)) * period / rate if rate else None
        return time if time is not None and time <= period else None
    if not isinstance(line, Burn | Exhausted) or rate < least(line, target, period, slice_seconds):
        return None
    if isinstance(line, Burn):
        height = line_factor(line, target, period)
        reached = line.window * height / rate if rate > height else None
    else:
        reached = _exhaustion(line.within, period, rate)
    return None if reached is None else max(reached, line.needs * slice_seconds / bad)


def soonest(lines: Iterable[Alert], target: Decimal, period: int, bad: Fraction, length: int = 0) -> Fraction | None:
    """The first `detection` of the lines, for slices of `length` seconds; None if no line fires."""
    times = (detection(line, target, period, bad, length) for line in lines)
    return min((time for time in times if time is not None), default=None)


def _exhaustion(within: int, period: int, rate: Fraction) -> Fraction | None:
    """The first t, in seconds, at which the measured burn rate exceeds both left × slope and the floor; None for never.

    Until the window is full, the measured burn rate is rate × t ÷ window; the budget left is 1 - rate × t ÷ period.
    Then rate × t ÷ window > left × slope gives t = slope ÷ (rate × (1 ÷ window + 1 ÷ within)).
    """
    window, slope = exhaustion_window(within), exhaustion_slope(within, period)
    floor = exhaustion_floor(within, period)
    if rate <= floor:
        return None
    time = slope / (rate * (Fraction(1, window) + Fraction(1, within)))
    if time > window:
        time = (1 - rate / slope) * period / rate
    return max(time, window * floor / rate)


def spent(seconds: Fraction, target: Decimal, period: int, bad: Fraction) -> Fraction:
    """The share of a whole budget that is spent after `seconds`: burn rate × seconds ÷ period."""
    return bad / budget(target) * seconds / period


# Journeys


def allowed(step: Step) -> Decimal:
    """The share of journeys that may fail at a step: all of its SLOs fail, in one of the times that it is taken."""
    return 1 - (1 - prod(1 - one.target for one in step.any)) ** step.times


def promised(journey: Through) -> Decimal:
    """The share of journeys that succeed if each step fails as often as its targets allow."""
    return prod((1 - allowed(step) for step in journey.steps), start=Decimal(1))
