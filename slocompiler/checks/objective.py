"""Targets and windows: the promised share of good events, and the time over which it is measured."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from slocompiler.burn import DAY, HOUR, LEAST_BUDGET, MINUTE, budget
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.fixes import edits
from slocompiler.project import Project
from slocompiler.promql import duration, number, rounded
from slocompiler.resolve import ResolvedSlo
from slocompiler.syntax import tree as t

LONGEST = 3650 * DAY
"""The longest window, in seconds."""
_ROLLING = {"day": "1d", "week": "7d", "month": "30d", "quarter": "90d", "year": "365d"}
"""The rolling window that is about as long as a unit of the calendar."""


def objectives(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E401, E402, E403, W301, W305 and W317 of an SLO."""
    for target in (slo.tree.target, *(override.target for override, _ in slo.targets)):
        if isinstance(target, t.Percent) and target.intact:
            yield from _target(target)
            yield from _nines(target, slo, run)
    if slo.tree.window.intact:
        yield from _window(slo.tree.window, run.project)


def _target(target: t.Percent) -> Iterator[Diagnostic]:
    text = target.span.text
    if target.ratio == 1:
        yield Diagnostic(
            "E401",
            "a target of 100% leaves no error budget",
            target.span,
            help="nothing is always up, and without a budget nothing may change: choose the lowest target that keeps users happy",
        )
    elif not 0 < target.ratio < 1:
        yield Diagnostic(
            "E401",
            f"a target of {text} is not possible",
            target.span,
            help="a target is the share of good events: use more than 0% and less than 100%",
        )
    elif 1 - target.ratio < LEAST_BUDGET:
        message = f"a target of {text if len(text) < 40 else text[:20] + '…'} is finer than Prometheus can count"
        help = "numbers in Prometheus have 15 digits: 99.9999999999% is the highest target that they can tell from 100%"
        yield Diagnostic("E401", message, target.span, help=help)
    elif 2 * target.ratio < 1:
        good = f"{number(100 - target.ratio * 100)}%"
        yield Diagnostic(
            "W301",
            f"a target of {text} allows most events to be bad",
            target.span,
            help=f"if {text} is the share of bad events, write `{good}`",
            fixes=edits(f"write `{good}`", (target.span, good)),
        )


def _nines(target: t.Percent, slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """W317: the budget is shorter than two scrapes, so no alert sees it go, or shorter than one time slice."""
    window, length = slo.tree.window, slo.slices.length if slo.slices else None
    if isinstance(window, t.Duration) and window.seconds >= HOUR and window.intact:
        if 1 - target.ratio < LEAST_BUDGET:
            return  # an error of its own
        spent, is_short = _budget(target.ratio, int(window.seconds), run.project.scrape_interval)
        if is_short:
            scraped = duration(run.project.scrape_interval)
            why, cure = f"with a scrape every {scraped}, nobody can act before it is spent", ""
        elif isinstance(length, t.Duration) and slo.whole_slice and HOUR >= length.seconds > spent:
            why, cure = f"one bad slice of {length.span.text} spends more than all of it", "shorter slices, "
        else:
            return
        message = f"{target.span.text} over {window.span.text} allows {_outage(spent)} of full outage"
        help = f"{why}: use {cure}a lower target or a longer window"
        yield Diagnostic("W317", message, target.span, (Label(window.span, "in this window"),), help)


@lru_cache(maxsize=1024)
def _budget(target: Decimal, window: int, scrape_interval: int) -> tuple[Fraction, bool]:
    """The budget in seconds, and whether it is shorter than two scrapes. Fleets have many SLOs, but few targets and windows."""
    spent = budget(target) * window
    return spent, spent < 2 * scrape_interval


def _outage(time: Fraction) -> str:
    if time >= 10 * MINUTE:
        return f"{rounded(time / MINUTE)} minutes"
    return f"{rounded(time)} seconds" if time >= Fraction(1, 1000) else "less than a millisecond"


def _window(window: t.DurationLike | t.Calendar, project: Project) -> Iterator[Diagnostic]:
    if isinstance(window, t.Calendar):
        rolling = _ROLLING.get(window.unit.text, "30d")
        yield Diagnostic(
            "E402",
            "a window cannot follow the calendar",
            window.span,
            help="write `over 30d` or `over 90d`: on the first of the month, users still remember yesterday",
            fixes=edits(f"write `over {rolling}`", (window.span, rolling)),
        )
    elif isinstance(window, t.Duration):
        if window.seconds < HOUR or window.seconds % MINUTE:
            what = "too short: use at least 1h" if window.seconds < HOUR else "not in whole minutes"
            yield Diagnostic(
                "E403",
                f"a window of {window.span.text} is {what}",
                window.span,
                help="people judge a service over weeks: `30d` is usual, or whole weeks such as `28d`",
            )
        elif window.seconds > LONGEST:
            message = f"a window of {window.span.text} is too long: use at most {duration(LONGEST)}"
            yield Diagnostic("E403", message, window.span)
        elif window.seconds > project.retention:
            message = f"the window is {window.span.text}, but data is kept for {duration(project.retention)}"
            help = "keep data longer and set `retention` in sloc.yaml, or use a shorter window"
            yield Diagnostic("W305", message, window.span, help=help)
