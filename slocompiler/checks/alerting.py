"""Alert lines: each must be able to fire, must be worth acting on, and is there once."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from slocompiler import burn
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Fix, Label
from slocompiler.fixes import edits, remove
from slocompiler.project import Project
from slocompiler.promql import duration, percent, rounded
from slocompiler.resolve import ResolvedSlo, text_of
from slocompiler.syntax import tree as t

WAITS = 5 * burn.DAY
"""A page whose budget lasts longer than this, in seconds, can wait for the morning."""
TOO_LATE = 2 * burn.HOUR
"""A ticket whose budget is gone within this time, in seconds, is read too late: it waits TICKET_WAITS before it opens."""


def alert_lines(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E404 to E408, E410, W302 and W303 of an SLO's alerts, for each of its targets."""
    lines = tuple(line for line in (slo.alerts.lines if slo.alerts else ()) if line.intact)
    targets = [slo.tree.target, *(override.target for override, _ in slo.targets)]
    judged = [x for x in targets if x.intact and slo.tree.window.intact]
    yield from _repeated(lines)
    for line in lines:
        yield from _own_limits(line, run.project)
        if not slo.tree.draft:  # a draft has no alerts: inherited ones are judged for the other SLOs
            yield from _slices(line, slo)
            for target in judged:
                yield from _against(line, slo, target)


def _repeated(lines: tuple[t.AlertLine, ...]) -> Iterator[Diagnostic]:
    seen: dict[object, t.AlertLine] = {}
    for line in lines:
        first = seen.setdefault(_condition(line) or line, line)
        if first is not line:
            message = f"a second `{line.severity}` for the same condition"
            here = (Label(first.span, "the first is here"),)
            help = "remove one of them: one incident should alert once"
            fixes = remove("remove this line", line.span) + remove("remove the first line", first.span)
            yield Diagnostic("E410", message, line.span, here, help, fixes)


def _condition(line: t.AlertLine, severity: str = "") -> tuple[object, ...] | None:
    """Equal for lines that alert in the same way at the same condition; None if a parameter hides the condition."""
    key = severity or line.severity
    match line:
        case t.BurnLine(window=t.Duration(seconds=window)) | t.ShareLine(window=t.Duration(seconds=window)):
            return key, "burn", window
        case t.ExhaustedLine(within=t.Duration(seconds=within)):
            return key, "exhausted", within
        case t.RemainingLine(below=t.Percent(ratio=below)):
            return key, "remaining", below
        case t.NoDataLine(of_one=of_one):
            return key, "no data", text_of(of_one) if of_one else ""
        case t.DownLine():
            return key, "down"
    return None


def _own_limits(line: t.AlertLine, project: Project) -> Iterator[Diagnostic]:
    """Problems of an alert line that do not depend on the SLO."""
    match line:
        case (
            t.BurnLine(share=t.Percent() as share, window=t.Duration() as window)
            | t.ShareLine(bad=t.Percent() as share, window=t.Duration() as window)
        ):
            if not 0 < share.ratio <= 1:
                of = "the budget" if isinstance(line, t.BurnLine) else "all events"
                message = f"{share.span.text} is not a share of {of}"
                yield Diagnostic("E407", message, share.span, help="use more than 0% and at most 100%")
            shortest = burn.shortest_window(project.scrape_interval)
            if window.seconds < shortest:
                yield Diagnostic(
                    "E406",
                    f"an alert window of {window.span.text} is too short to measure a rate",
                    window.span,
                    help=f"use at least {duration(shortest)}: metrics are scraped every {duration(project.scrape_interval)}",
                )
        case t.RemainingLine(below=t.Percent() as below) if not 0 <= below.ratio < 1:
            yield Diagnostic(
                "E407",
                f"`below {below.span.text}` is not a share of the budget",
                below.span,
                help="use less than 100%, and at least 0%, which means that the budget is exhausted",
            )
        case t.NoDataLine(lasting=t.Duration() as lasting) if lasting.seconds < 5 * burn.MINUTE:
            yield Diagnostic(
                "E408",
                f"{lasting.span.text} without data may be just a late scrape",
                lasting.span,
                help="use at least 5m: rates look back five minutes",
                fixes=edits("write `5m`", (lasting.span, "5m")),
            )


def _slices(line: t.AlertLine, slo: ResolvedSlo) -> Iterator[Diagnostic]:
    """E406 for an alert window of less than two time slices: its short window must hold at least one of them."""
    length = slo.slices.length if slo.slices else None
    if (
        isinstance(line, t.BurnLine | t.ShareLine)
        and isinstance(line.window, t.Duration)
        and isinstance(length, t.Duration)
    ):
        if line.window.seconds < 2 * length.seconds:
            message = f"an alert window of {line.window.span.text} is too short for time slices of {length.span.text}"
            here = (Label(length.span, "each time slice is one event"),)
            help = f"use at least two slices, {duration(int(2 * length.seconds))}, or shorten the slices"
            yield Diagnostic("E406", message, line.window.span, here, help)


def _against(line: t.AlertLine, slo: ResolvedSlo, target: t.PercentLike) -> Iterator[Diagnostic]:
    """Problems of an alert line for one target and the window of this SLO."""
    window = slo.tree.window
    if not isinstance(target, t.Percent) or not isinstance(window, t.Duration) or not 0 < target.ratio < 1:
        return
    highest, period = burn.highest(target.ratio), int(window.seconds)
    here = Label(target.span, f"the target of `{slo.called}`")
    match line:
        case t.BurnLine(share=t.Percent() as share, window=t.Duration() as window) if 0 < share.ratio <= 1:
            if window.seconds > period:
                yield _beyond(window.span.text, line, slo)
            else:
                yield from _burning(line, share, window, slo, highest, period, here)
        case t.ShareLine(bad=t.Percent() as bad, window=t.Duration() as window) if 0 < bad.ratio <= 1:
            if window.seconds > period:
                yield _beyond(window.span.text, line, slo)
            else:
                yield from _bad(line, bad, slo, target, period, here)
        case t.ExhaustedLine(within=t.Duration() as within):
            seconds = int(within.seconds)
            floor = burn.exhaustion_floor(seconds, period)
            if seconds >= period or burn.exhaustion_window(seconds) > period:
                yield _beyond(within.span.text, line, slo)
            elif floor >= highest:
                message = (
                    f"this alert can never fire: it needs a burn rate of at least {rounded(floor)}, "
                    f"but with every event bad it is {rounded(highest)}"
                )
                yield Diagnostic("E405", message, line.span, (here,), "use a longer time")
            else:
                yield from _urgency(line, slo, Fraction(seconds))
        case t.RemainingLine(below=t.Percent(ratio=below)) if 0 < below < 1:
            yield from _unhurried(line, slo, Fraction(below) * period)
        case t.NoDataLine(lasting=t.Duration() as lasting) | t.DownLine(lasting=t.Duration() as lasting) if (
            lasting.seconds > period
        ):
            yield _beyond(lasting.span.text, line, slo)


def _burning(
    line: t.BurnLine,
    share: t.Percent,
    window: t.Duration,
    slo: ResolvedSlo,
    highest: Fraction,
    period: int,
    here: Label,
) -> Iterator[Diagnostic]:
    """E404 at burn rate 1 and below, at which the SLO is met; E405 at `highest`, at which every event is bad."""
    seconds, text = int(window.seconds), window.span.text
    factor = burn.factor(share.ratio, seconds, period)
    rate = f"{share.span.text} in {text} is a burn rate of {rounded(factor)}"
    if factor <= 1:
        least = Fraction(seconds, period) * 100
        message = f"this alert fires while the SLO is met: {rate}"
        more = f"more than {rounded(least)}% in {text}" if least < 100 else "a shorter time"
        help = f"a burn rate of 1 spends exactly the budget by the end of the window: use {more}"
        yield Diagnostic("E404", message, line.span, (_window_label(slo),), help)
    elif factor >= highest:
        most = Fraction(seconds, period) * highest * 100
        message = f"this alert can never fire: {rate}, but with every event bad it is {rounded(highest)}"
        help = f"use less than {rounded(most)}% in {text}, or a longer alert window"
        yield Diagnostic("E405", message, line.span, (here,), help)
    else:
        yield from _urgency(line, slo, burn.lasts(factor, period))


def _bad(
    line: t.ShareLine, bad: t.Percent, slo: ResolvedSlo, target: t.Percent, period: int, here: Label
) -> Iterator[Diagnostic]:
    """E404 for a share of bad events that the target allows, E405 for all events: more than all are never bad."""
    allowed, factor = percent(burn.budget(target.ratio)), Fraction(bad.ratio) * burn.highest(target.ratio)
    if factor <= 1:
        message = f"this alert fires while the SLO is met: the target allows {allowed} bad events"
        yield Diagnostic("E404", message, line.span, (here,), f"use more than {allowed}")
    elif bad.ratio == 1:
        message = "this alert can never fire: no more than 100% of all events are bad"
        yield Diagnostic("E405", message, line.span, help="use less than 100%")
    else:
        yield from _urgency(line, slo, burn.lasts(factor, period), (here,))


def _beyond(time: str, line: t.AlertLine, slo: ResolvedSlo) -> Diagnostic:
    message = f"{time} is too long for an SLO over {slo.tree.window.span.text}"
    help = "an alert covers a part of the SLO's window: use a shorter time"
    return Diagnostic("E406", message, line.span, (_window_label(slo),), help)


def _window_label(slo: ResolvedSlo) -> Label:
    return Label(slo.tree.window.span, f"the window of `{slo.called}`")


def _urgency(
    line: t.AlertLine, slo: ResolvedSlo, lasts: Fraction, labels: tuple[Label, ...] = ()
) -> Iterator[Diagnostic]:
    """W302 for a page although the budget lasts for days, W303 for a ticket although it is gone within TOO_LATE.

    `lasts` is how long the whole budget lasts at the rate at which the line fires, in seconds.
    """
    if line.severity == "page" and lasts > WAITS:
        message = f"this page can wait: the budget lasts another {duration(int(lasts) // burn.HOUR * burn.HOUR)}"
        help = "use `ticket`: nobody has to wake up for it"
        yield Diagnostic("W302", message, line.span, labels, help, _severity(line, "ticket", slo))
    if line.severity == "ticket" and lasts <= TOO_LATE:
        message = f"this ticket comes too late: the budget is gone in {duration(int(lasts))}"
        help = "use `page`: someone has to act now"
        yield Diagnostic("W303", message, line.span, labels, help, _severity(line, "page", slo))


def _unhurried(line: t.RemainingLine, slo: ResolvedSlo, lasts: Fraction) -> Iterator[Diagnostic]:
    """W302 for a page at a budget that is left, `lasts` seconds of it at burn rate 1: it also comes at a slow burn."""
    if line.severity == "page" and lasts > WAITS:
        left = duration(int(lasts) // burn.HOUR * burn.HOUR)
        message = f"this page can wait: the budget may last another {left}"
        help = "use `ticket`: a page for a fast burn is a burn-rate alert, such as `page at 2% of budget in 1h`"
        yield Diagnostic("W302", message, line.span, help=help, fixes=_severity(line, "ticket", slo))


def _severity(line: t.AlertLine, severity: str, slo: ResolvedSlo) -> tuple[Fix, ...]:
    """Change the severity of a line, unless another line already has that severity and the same condition."""
    others = {_condition(other) for other in slo.alerts.lines} if slo.alerts else set()
    return () if _condition(line, severity) in others else edits(f"use `{severity}`", (line.span.word, severity))
