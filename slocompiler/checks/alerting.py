"""Alerts and policy steps: an alert must be able to fire, and must be worth acting on."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from slocompiler import burn
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.project import Project
from slocompiler.promql import duration, rounded
from slocompiler.resolve import ResolvedSlo
from slocompiler.syntax import tree as t


def alert_lines(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E404 to E411, W302 to W304 and W316 of an SLO's alerts, against each of its targets and its window."""
    whole = run.resolved.is_whole
    if slo.alerts is None and slo.whole:
        yield from _no_standard_policy(slo)
    lines = tuple(filter(whole, slo.alerts.lines if slo.alerts else ()))
    targets = [slo.tree.target, *(override.target for override, _ in slo.targets)]
    judged = [x for x in targets if whole(x) and whole(slo.tree.window)]
    yield from _repeated(lines)
    for line in lines:
        yield from _own_limits(line, run.project)
        if not slo.tree.draft:  # a draft has no alerts: inherited ones are judged for the other SLOs
            yield from _slices(line, slo)
            for target in judged:
                yield from _against(line, slo, target)
    if slo.alerts and whole(slo.alerts):
        yield from _exhaustion_alone(lines)
        yield from _nobody(slo, slo.alerts, run)


def policy_steps(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E407 and E410 of an SLO's policy."""
    seen: dict[object, t.Step] = {}
    for step in filter(run.resolved.is_whole, slo.policy.steps if slo.policy else ()):
        if isinstance(step.below, t.Param):  # reported where the argument is given
            continue
        below = step.below.ratio if step.below else 0
        if isinstance(step.below, t.Percent) and not 0 < below < 1:
            message = f"`below {step.below.span.text}` is not a share of the budget"
            help = "use more than 0% and less than 100%; for a spent budget, write `exhausted`"
            yield Diagnostic("E407", message, step.below.span, help=help)
        if seen.setdefault(below, step) is not step:
            here = (Label(seen[below].span, "the first is here"),)
            yield Diagnostic(
                "E410", "a second step for the same remaining budget", step.span, here, "remove one of them"
            )


def _no_standard_policy(slo: ResolvedSlo) -> Iterator[Diagnostic]:
    period = slo.tree.window
    if isinstance(period, t.Duration) and burn.HOUR <= period.seconds < burn.SHORTEST_STANDARD:
        if not slo.tree.draft:
            message = "the standard alerts need a window of at least a day"
            minutes = int(period.seconds) // 12 // burn.MINUTE * burn.MINUTE
            help = (
                f"write your own, such as `alerts {{ page at 20% of budget in {duration(minutes)} }}`, or `alerts none`"
            )
            yield Diagnostic("E409", message, period.span, help=help)


def _repeated(lines: tuple[t.AlertLine, ...]) -> Iterator[Diagnostic]:
    seen: dict[object, t.AlertLine] = {}
    for line in lines:
        match line:
            case t.BurnLine(window=t.Duration(seconds=window)):
                key: tuple[object, ...] = ("burn", window)
            case t.ExhaustedLine(within=t.Duration(seconds=within)):
                key = ("exhausted", within)
            case t.RemainingLine(below=t.Percent(ratio=below)):
                key = ("remaining", below)
            case t.NoDataLine():
                key = ("no data",)
            case _:
                continue
        first = seen.setdefault((line.severity, *key), line)
        if first is not line:
            yield Diagnostic(
                "E410",
                f"a second `{line.severity}` for the same condition",
                line.span,
                (Label(first.span, "the first is here"),),
                "remove one of them: one incident should alert once",
            )


def _own_limits(line: t.AlertLine, project: Project) -> Iterator[Diagnostic]:
    """Problems of an alert line that do not depend on the SLO."""
    match line:
        case t.BurnLine(share=t.Percent() as share, window=t.Duration() as window):
            if not 0 < share.ratio <= 1:
                yield Diagnostic(
                    "E407",
                    f"{share.span.text} is not a share of the budget",
                    share.span,
                    help="use more than 0% and at most 100%",
                )
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
            )
    needs = line.needs if isinstance(line, t.BurnLine | t.ExhaustedLine) else None
    if isinstance(needs, t.Number) and (needs.value < 1 or needs.value % 1):
        message = f"{needs.span.text} is not a number of bad events"
        yield Diagnostic("E411", message, needs.span, help="use a whole number, 1 or more")


def _slices(line: t.AlertLine, slo: ResolvedSlo) -> Iterator[Diagnostic]:
    """E406 for an alert window of less than two time slices: its short window must hold at least one of them."""
    length = slo.slices.length if slo.slices else None
    if isinstance(line, t.BurnLine) and isinstance(line.window, t.Duration) and isinstance(length, t.Duration):
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
    here = Label(target.span, f"the target of `{slo.tree.name.text}`")
    match line:
        case t.BurnLine(share=t.Percent() as share, window=t.Duration() as window) if 0 < share.ratio <= 1:
            if window.seconds > period:
                yield _beyond(window.span.text, line, slo)
            else:
                yield from _burning(line, share, window, slo, highest, period, here)
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
                yield from _urgency(line, Fraction(seconds))


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
        yield from _urgency(line, burn.lasts(share.ratio, seconds))


def _beyond(time: str, line: t.AlertLine, slo: ResolvedSlo) -> Diagnostic:
    message = f"{time} is too long for an SLO over {slo.tree.window.span.text}"
    help = "an alert covers a part of the SLO's window: use a shorter time"
    return Diagnostic("E406", message, line.span, (_window_label(slo),), help)


def _window_label(slo: ResolvedSlo) -> Label:
    return Label(slo.tree.window.span, f"the window of `{slo.tree.name.text}`")


def _urgency(line: t.AlertLine, lasts: Fraction) -> Iterator[Diagnostic]:
    """W302 and W303: a budget gone within an hour needs a page, one that lasts for days does not. `lasts` is in seconds."""
    if line.severity == "page" and lasts > 5 * burn.DAY:
        message = f"this page can wait: the budget lasts another {duration(int(lasts) // burn.HOUR * burn.HOUR)}"
        yield Diagnostic("W302", message, line.span, help="use `ticket`: nobody has to wake up for it")
    if line.severity == "ticket" and lasts <= burn.HOUR:
        message = f"this ticket comes too late: the budget is gone in {duration(int(lasts))}"
        yield Diagnostic("W303", message, line.span, help="use `page`: someone has to act now")


def _nobody(slo: ResolvedSlo, alerts: t.Alerts, run: Run) -> Iterator[Diagnostic]:
    """W316, unless a syntax error may hide lines."""
    torn = any(
        isinstance(item, t.NamedAlerts) and not file.is_whole(item)
        for file in run.resolved.broken.values()
        for item in file.declarations
    )
    if slo.whole and not slo.tree.draft and not alerts.none and not torn:
        if all(line.severity == "notify" for line in alerts.lines):
            message = "nobody has to act on these alerts: they have no page and no ticket"
            help = "add an alert that someone acts on, such as `ticket at 10% of budget in 1d`, or write `alerts none`"
            yield Diagnostic("W316", message, alerts.span.word, help=help)


def _exhaustion_alone(lines: tuple[t.AlertLine, ...]) -> Iterator[Diagnostic]:
    alone = next((line for line in lines if isinstance(line, t.ExhaustedLine)), None)
    if alone and not any(isinstance(line, t.BurnLine) for line in lines):
        message = "an exhaustion alert alone fires late while most of the budget is left"
        help = "add a burn-rate alert, such as `page at 2% of budget in 1h`"
        yield Diagnostic("W304", message, alone.span, help=help)
