"""Targets and windows: what is promised, and over how long."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from slocompiler.burn import DAY, HOUR, MINUTE
from slocompiler.burn import budget as budget_of
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.project import Project
from slocompiler.promql import duration, number, rounded
from slocompiler.resolve import ResolvedSlo
from slocompiler.syntax import tree as t

LONGEST = 3650 * DAY


def objectives(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """E401, E402, E403, W301, W305 and W317."""
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
            help="nothing is always up, and no budget means no change: pick what barely keeps users happy",
        )
    elif not 0 < target.ratio < 1:
        yield Diagnostic(
            "E401",
            f"a target of {text} is no objective",
            target.span,
            help="a target is the share of good events, above 0% and below 100%",
        )
    elif 2 * target.ratio < 1:
        yield Diagnostic(
            "W301",
            f"a target of {text} lets most events be bad",
            target.span,
            help=f"is {text} the share of bad events? Then the target is {number(100 - target.ratio * 100)}%",
        )


def _nines(target: t.Percent, slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """W317: an outage that is over before it is seen, or a slice of time, is the whole budget."""
    window, length = slo.tree.window, slo.slices.length if slo.slices else None
    if isinstance(window, t.Duration) and window.seconds >= HOUR and window.intact:
        budget = budget_of(target.ratio) * int(window.seconds)
        if 0 < budget < 2 * run.project.scrape_interval:
            scraped = duration(run.project.scrape_interval)
            why = f"with a scrape every {scraped} it is gone before anybody sees it: "
        elif isinstance(length, t.Duration) and HOUR >= length.seconds > budget > 0:
            why = f"one bad slice of {length.span.text} takes more than all of it: shorter slices, "
        else:
            return
        message = f"{target.span.text} over {window.span.text} is {_seconds(budget)} of full outage"
        here = (Label(window.span, "in all this time"),)
        help = f"{why}fewer nines, or a longer window; ask what users would notice"
        yield Diagnostic("W317", message, target.span, here, help)


def _seconds(time: Fraction) -> str:
    if time >= 10 * MINUTE:
        return f"{rounded(time / MINUTE)} minutes"
    return f"{rounded(time)} seconds" if time >= Fraction(1, 1000) else "less than a millisecond"


def _window(window: t.DurationLike | t.Calendar, project: Project) -> Iterator[Diagnostic]:
    if isinstance(window, t.Calendar):
        yield Diagnostic(
            "E402",
            "a window does not follow the calendar",
            window.span,
            help="on the first of the month users still remember yesterday: write `over 30d` or `over 90d`",
        )
    elif isinstance(window, t.Duration):
        if window.seconds < HOUR or window.seconds % MINUTE:
            what = "too short: from 1h on" if window.seconds < HOUR else "not in whole minutes"
            yield Diagnostic(
                "E403",
                f"a window of {window.span.text} is {what}",
                window.span,
                help="people judge a service by weeks: `30d` is usual, and an integral number of weeks such as `28d`",
            )
        elif window.seconds > LONGEST:
            yield Diagnostic(
                "E403", f"a window of {window.span.text} is too long: at most {duration(LONGEST)}", window.span
            )
        elif window.seconds > project.retention:
            yield Diagnostic(
                "W305",
                f"a window of {window.span.text}, but data is kept for {duration(project.retention)}",
                window.span,
                help="keep data longer, and say so as `retention` in sloc.yaml, or look back less far",
            )
