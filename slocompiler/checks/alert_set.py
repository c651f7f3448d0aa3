"""The alerts of an SLO together: none fits its window, nobody acts on them, or the budget can be spent in silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from slocompiler import burn, standard
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic
from slocompiler.fixes import add_statement, edits
from slocompiler.ir import Burn, Severity
from slocompiler.lower import alerts as lowered
from slocompiler.promql import duration, percent, rounded
from slocompiler.resolve import Resolved, ResolvedSlo
from slocompiler.syntax import tree as t

_SHORT_SHARE = Decimal("0.2")
"""The share of the budget in a suggested page for a short window. It is spent in a twelfth of the window."""


def alert_sets(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E409, W304, W316 and W351 of an SLO's alerts."""
    if slo.alerts is None and slo.intact:
        yield from _no_standard_alerts(slo, run)
    elif slo.alerts and slo.alerts.intact:
        yield from _exhaustion_alone(slo, slo.alerts, run)
        yield from _nobody(slo, slo.alerts, run)
        yield from _silence(slo, slo.alerts)


def _no_standard_alerts(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    period = slo.tree.window
    if isinstance(period, t.Duration) and burn.HOUR <= period.seconds < standard.SHORTEST and not slo.tree.draft:
        window = int(period.seconds) // 12 // burn.MINUTE * burn.MINUTE
        line = _suggested([("page", _SHORT_SHARE, window)], slo, run)
        own = [f"alerts {{ {line} }}"] if line else []
        such = f", such as `{own[0]}`" if own else ""
        fixes = (fix for text in (*own, "alerts none") for fix in add_statement(f"add `{text}`", slo.tree.span, text))
        message = "the standard alerts need a window of at least a day"
        help = f"write your own{such}, or `alerts none`"
        yield Diagnostic("E409", message, period.span, help=help, fixes=tuple(fixes))


def _nobody(slo: ResolvedSlo, alerts: t.Alerts, run: Run) -> Iterator[Diagnostic]:
    """W316, unless a syntax error may hide lines."""
    if slo.intact and not slo.tree.draft and not alerts.none and run.once(_named_alerts_intact, run.resolved):
        if all(line.severity == "notify" for line in alerts.lines):
            line = _standard("ticket", slo, run)
            such = f", such as `{line}`" if line else ""
            fixes = add_statement(f"add `{line}`", alerts.span, line) if line else ()
            if not alerts.lines:
                fixes += edits("write `alerts none`", (alerts.span, "alerts none"))
            message = "nobody has to act on these alerts: they have no page and no ticket"
            help = f"add an alert that someone acts on{such}, or write `alerts none`"
            yield Diagnostic("W316", message, alerts.span.word, help=help, fixes=fixes)


def _named_alerts_intact(resolved: Resolved) -> bool:
    declarations = (item for module in resolved.modules for item in module.file.declarations)
    return all(item.intact for item in declarations if isinstance(item, t.NamedAlerts))


def _exhaustion_alone(slo: ResolvedSlo, alerts: t.Alerts, run: Run) -> Iterator[Diagnostic]:
    lines = [line for line in alerts.lines if line.intact]
    alone = next((line for line in lines if isinstance(line, t.ExhaustedLine)), None)
    if alone and not any(isinstance(line, t.BurnLine | t.ShareLine) for line in lines):
        line = _standard("page", slo, run)
        fixes = add_statement(f"add `{line}`", alerts.span, line) if line else ()
        message = "an exhaustion alert alone fires late while most of the budget is left"
        help = "add a burn-rate alert" + (f", such as `{line}`" if line else "")
        yield Diagnostic("W304", message, alone.span, help=help, fixes=fixes)


def _silence(slo: ResolvedSlo, alerts: t.Alerts) -> Iterator[Diagnostic]:
    """W351 for burn rates above 1 at which no line fires: they spend the whole budget, and nothing alerts."""
    target, window = slo.tree.target, slo.tree.window
    notifies = any(step.notify for step in slo.policy.steps) if slo.policy else False
    if slo.tree.draft or notifies or not slo.intact or not alerts.lines or not all(map(_is_known, alerts.lines)):
        return
    if not isinstance(target, t.Percent) or not 0 < target.ratio < 1 or not isinstance(window, t.Duration):
        return
    period = int(window.seconds)
    least = burn.silent_below(lowered(slo, target), target.ratio, period, slo.whole_slice)
    if least is not None and not 1 < least <= burn.highest(target.ratio):
        return  # all burn rates alert, or none can, which E405 reports
    message = "the whole budget can be spent, and nothing alerts: no alert depends on errors"
    if least is not None:
        lasts = _coarse(int(period / least))
        message = f"a burn rate just below {rounded(least)} spends the whole budget in {lasts}, and nothing alerts"
    missing = "ticket when budget below 0%"
    help = f"add `{missing}`, which fires when the budget is spent"
    yield Diagnostic(
        "W351", message, alerts.span.word, help=help, fixes=add_statement(f"add `{missing}`", alerts.span, missing)
    )


def _is_known(line: t.AlertLine) -> bool:
    """Whether a line has all its values."""
    match line:
        case (
            t.BurnLine(share=t.Percent(), window=t.Duration())
            | t.ShareLine(bad=t.Percent(), window=t.Duration())
            | t.ExhaustedLine(within=t.Duration())
        ):
            return line.intact and not (line.needs and isinstance(line.needs.bad, t.Param))
        case t.RemainingLine(below=t.Percent()) | t.DownLine(lasting=t.Duration()):
            return line.intact
        case t.NoDataLine(lasting=t.Duration(), unless=None | t.Proof(value=t.Number())):
            return line.intact
    return False


def _coarse(seconds: int) -> str:
    """A time in whole hours if it is a day or longer."""
    return duration(seconds // burn.HOUR * burn.HOUR if seconds >= burn.DAY else seconds)


def _standard(severity: Severity, slo: ResolvedSlo, run: Run) -> str:
    """The first of the standard burn-rate alerts of a severity that fits the SLO; "" if there is none."""
    target, window = slo.tree.target, slo.tree.window
    if not isinstance(target, t.Percent) or not isinstance(window, t.Duration):
        return ""
    if not 0 < target.ratio < 1 or window.seconds < standard.SHORTEST:
        return ""
    lines = standard.alerts(target.ratio, int(window.seconds))
    burning = [line for line in lines if isinstance(line, Burn) and line.severity == severity]
    return _suggested(((severity, line.share, line.window) for line in burning if line.share), slo, run)


def _suggested(lines: Iterable[tuple[Severity, Decimal, int]], slo: ResolvedSlo, run: Run) -> str:
    """The first alert line (severity, share of the budget, window in seconds) without an error in this SLO; "" for none."""
    target, period = slo.tree.target, slo.tree.window
    length = slo.slices.length if slo.slices else None
    slice_seconds = int(length.seconds) if isinstance(length, t.Duration) else 0
    shortest = max(burn.shortest_window(run.project.scrape_interval), 2 * slice_seconds)
    if isinstance(target, t.Percent) and 0 < target.ratio < 1 and isinstance(period, t.Duration):
        for severity, share, window in lines:
            factor = burn.factor(share, window, int(period.seconds))
            if window >= shortest and 1 < factor < burn.highest(target.ratio):
                return f"{severity} at {percent(share)} of budget in {duration(window)}"
    return ""
