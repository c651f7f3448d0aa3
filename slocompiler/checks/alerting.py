"""Alert lines and policy steps: what fires must be able to, and must be worth it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from slocompiler import burn
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.project import Project
from slocompiler.promql import duration, rounded
from slocompiler.resolve import Resolved, ResolvedSlo
from slocompiler.syntax import tree as t


def alert_lines(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """E404 to E411, W302 to W304 and W316, against the target and the window of the SLO."""
    if slo.alerts is None and slo.intact:
        yield from _no_standard_policy(slo)
    lines = tuple(line for line in (slo.alerts.lines if slo.alerts else ()) if line.intact)
    targets = [slo.tree.target, *(override.target for override, _ in slo.targets)]
    judged = [x for x in targets if x.intact and slo.tree.window.intact]
    yield from _repeated(lines)
    for line in lines:
        yield from _own_limits(line, run.project)
        if not slo.tree.draft:  # it has no alerts: these may be for others, or for the day when it is promised
            yield from _slices(line, slo)
            for target in judged:
                yield from _against(line, slo, target)
    if slo.alerts and slo.alerts.intact:
        yield from _exhaustion_alone(lines)
        yield from _nobody(slo, slo.alerts, run)


def policy_steps(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """E407 and E410."""
    seen: dict[object, t.Step] = {}
    for step in slo.policy.steps if slo.policy else ():
        if not step.intact or isinstance(step.below, t.Param):  # told: what was given does not fit
            continue
        below = step.below.ratio if step.below else 0
        if isinstance(step.below, t.Percent) and not 0 < below < 1:
            message = f"`below {step.below.span.text}` is no part of a budget"
            help = "more than 0% and less than 100%; a spent budget is `exhausted`"
            yield Diagnostic("E407", message, step.below.span, help=help)
        if seen.setdefault(below, step) is not step:
            here = (Label(seen[below].span, "the first is here"),)
            yield Diagnostic("E410", "a second step for the same remaining budget", step.span, here, "keep one of them")


def _no_standard_policy(slo: ResolvedSlo) -> Iterator[Diagnostic]:
    period = slo.tree.window
    if isinstance(period, t.Duration) and burn.HOUR <= period.seconds < burn.SHORTEST_STANDARD:
        if not slo.tree.draft:
            message = "the standard policy has no alerts for a window under a day"
            minutes = int(period.seconds) // 12 // burn.MINUTE * burn.MINUTE
            help = f"say when to page: `alerts {{ page at 20% of budget in {duration(minutes)} }}`, or `alerts none`"
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
                f"a second {line.severity} of this kind",
                line.span,
                (Label(first.span, "the first is here"),),
                "keep one of them: an incident alerts once",
            )


def _own_limits(line: t.AlertLine, project: Project) -> Iterator[Diagnostic]:
    """What is wrong with a line whatever the SLO."""
    match line:
        case t.BurnLine(share=t.Percent() as share, window=t.Duration() as window):
            if not 0 < share.ratio <= 1:
                yield Diagnostic(
                    "E407",
                    f"{share.span.text} of a budget is no share of it",
                    share.span,
                    help="more than 0% and at most 100%",
                )
            shortest = burn.shortest_window(project.scrape_interval)
            if window.seconds < shortest:
                yield Diagnostic(
                    "E406",
                    f"{window.span.text} is too short to measure a rate twice",
                    window.span,
                    help=f"scraped every {duration(project.scrape_interval)}, at least {duration(shortest)}",
                )
        case t.RemainingLine(below=t.Percent() as below) if not 0 <= below.ratio < 1:
            yield Diagnostic(
                "E407",
                f"`below {below.span.text}` would always fire",
                below.span,
                help="at least 0% (the budget is exhausted) and less than 100%",
            )
        case t.NoDataLine(lasting=t.Duration() as lasting) if lasting.seconds < 5 * burn.MINUTE:
            yield Diagnostic(
                "E408",
                f"{lasting.span.text} without data cannot be told from a late scrape",
                lasting.span,
                help="rates look back five minutes: at least 5m",
            )
    needs = line.needs if isinstance(line, t.BurnLine | t.ExhaustedLine) else None
    if isinstance(needs, t.Number) and (needs.value < 1 or needs.value % 1):
        yield Diagnostic(
            "E411", f"{needs.span.text} is no count of bad events", needs.span, help="a whole number from 1 on"
        )


def _slices(line: t.AlertLine, slo: ResolvedSlo) -> Iterator[Diagnostic]:
    """E406 for a window that holds too few slices of time: it and the shorter one beside it are made of slices."""
    length = slo.slices.length if slo.slices else None
    if isinstance(line, t.BurnLine) and isinstance(line.window, t.Duration) and isinstance(length, t.Duration):
        if line.window.seconds < 2 * length.seconds:
            message = f"{line.window.span.text} is too short for slices of {length.span.text}"
            here = (Label(length.span, "a slice is one event"),)
            help = f"at least two slices, {duration(int(2 * length.seconds))}: longer alert windows, or shorter slices"
            yield Diagnostic("E406", message, line.window.span, here, help)


def _against(line: t.AlertLine, slo: ResolvedSlo, target: t.PercentLike) -> Iterator[Diagnostic]:
    """What is wrong with a line for one target and the window of this SLO."""
    window = slo.tree.window
    if not isinstance(target, t.Percent) or not isinstance(window, t.Duration) or not 0 < target.ratio < 1:
        return
    highest, period = burn.highest(target.ratio), int(window.seconds)
    here = Label(target.span, f"{slo.tree.name.text} promises this")
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
                    f"this cannot fire: it needs a burn rate of {rounded(floor)} at least, "
                    f"and with every event bad it is {rounded(highest)}"
                )
                yield Diagnostic("E405", message, line.span, (here,), "name a longer time")
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
    """Between burn rate 1, which keeps the promise, and the `highest`, at which every event is bad."""
    seconds, text = int(window.seconds), window.span.text
    factor = burn.factor(share.ratio, seconds, period)
    said = f"{share.span.text} in {text} is a burn rate of {rounded(factor)}"
    if factor <= 1:
        least = Fraction(seconds, period) * 100
        message = f"{said}: it would fire on a service that keeps its promise"
        more = f"more than {rounded(least)}% in {text}" if least < 100 else "name a shorter time"
        help = f"at burn rate 1 the budget lasts exactly the window: {more}"
        yield Diagnostic("E404", message, line.span, (Label(slo.tree.window.span, "over this window"),), help)
    elif factor >= highest:
        most = Fraction(seconds, period) * highest * 100
        message = f"this cannot fire: {said}, and with every event bad it is {rounded(highest)}"
        help = f"less than {rounded(most)}% in {text}, or a longer window"
        yield Diagnostic("E405", message, line.span, (here,), help)
    else:
        yield from _urgency(line, burn.lasts(share.ratio, seconds))


def _beyond(window: str, line: t.AlertLine, slo: ResolvedSlo) -> Diagnostic:
    return Diagnostic(
        "E406",
        f"{window} is longer than the SLO's window allows",
        line.span,
        (Label(slo.tree.window.span, f"{slo.tree.name.text} looks back so far"),),
        "an alert looks at a part of the window: name a shorter time",
    )


def _urgency(line: t.AlertLine, lasts: Fraction) -> Iterator[Diagnostic]:
    """Budget gone in minutes: wake someone. In days: let them sleep. `lasts` is in seconds."""
    if line.severity == "page" and lasts > 5 * burn.DAY:
        yield Diagnostic(
            "W302",
            f"a page although the budget lasts another {duration(int(lasts) // burn.HOUR * burn.HOUR)}",
            line.span,
            help="let them sleep: a ticket will do",
        )
    if line.severity == "ticket" and lasts <= burn.HOUR:
        yield Diagnostic(
            "W303",
            f"a ticket although the budget is gone in {duration(int(lasts))}",
            line.span,
            help="by the time it is read the budget is gone: wake someone, with a page",
        )


def _nobody(slo: ResolvedSlo, alerts: t.Alerts, run: Run) -> Iterator[Diagnostic]:
    """W316, unless lines may have been lost in a syntax error."""
    if slo.intact and not slo.tree.draft and not alerts.none and run.once(_named_alerts_intact, run.resolved):
        if all(line.severity == "notify" for line in alerts.lines):
            message = "nobody has to answer these alerts: they have no page and no ticket"
            help = (
                "add what someone acts on, such as `ticket at 10% of budget in 1d`; if nobody is to, say `alerts none`"
            )
            yield Diagnostic("W316", message, alerts.span.word, help=help)


def _named_alerts_intact(resolved: Resolved) -> bool:
    declarations = (item for module in resolved.modules for item in module.file.declarations)
    return all(item.intact for item in declarations if isinstance(item, t.NamedAlerts))


def _exhaustion_alone(lines: tuple[t.AlertLine, ...]) -> Iterator[Diagnostic]:
    alone = next((line for line in lines if isinstance(line, t.ExhaustedLine)), None)
    if alone and not any(isinstance(line, t.BurnLine) for line in lines):
        yield Diagnostic(
            "W304",
            "an exhaustion alert alone is late while the budget is fresh",
            alone.span,
            help="it accelerates a burn alert: add `page at 2% of budget in 1h`",
        )
