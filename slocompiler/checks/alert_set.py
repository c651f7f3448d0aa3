"""The alerts of an SLO together: none that fits its window, none that anyone acts on, or only an exhaustion alert."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from slocompiler import burn
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic
from slocompiler.fixes import add_statement, edits
from slocompiler.ir import Burn, Severity
from slocompiler.promql import duration, percent
from slocompiler.resolve import Resolved, ResolvedSlo
from slocompiler.syntax import tree as t


def alert_sets(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E409, W304 and W316 of an SLO's alerts."""
    if slo.alerts is None and slo.intact:
        yield from _no_standard_alerts(slo)
    elif slo.alerts and slo.alerts.intact:
        lines = tuple(line for line in slo.alerts.lines if line.intact)
        yield from _exhaustion_alone(lines, slo)
        yield from _nobody(slo, slo.alerts, run)


def _no_standard_alerts(slo: ResolvedSlo) -> Iterator[Diagnostic]:
    period = slo.tree.window
    if isinstance(period, t.Duration) and burn.HOUR <= period.seconds < burn.SHORTEST_STANDARD and not slo.tree.draft:
        message = "the standard alerts need a window of at least a day"
        minutes = int(period.seconds) // 12 // burn.MINUTE * burn.MINUTE
        own = f"alerts {{ page at 20% of budget in {duration(minutes)} }}"
        help = f"write your own, such as `{own}`, or `alerts none`"
        fixes = [add_statement(f"add `{text}`", slo.tree.span, text) for text in (own, "alerts none")]
        yield Diagnostic("E409", message, period.span, help=help, fixes=sum(fixes, ()))


def _nobody(slo: ResolvedSlo, alerts: t.Alerts, run: Run) -> Iterator[Diagnostic]:
    """W316, unless a syntax error may hide lines."""
    if slo.intact and not slo.tree.draft and not alerts.none and run.once(_named_alerts_intact, run.resolved):
        if all(line.severity == "notify" for line in alerts.lines):
            message = "nobody has to act on these alerts: they have no page and no ticket"
            line = _standard(slo, "ticket")
            such = f", such as `{line}`" if line else ""
            help = f"add an alert that someone acts on{such}, or write `alerts none`"
            fixes = add_statement(f"add `{line}`", alerts.span, line) if line else ()
            if not alerts.lines and not alerts.name:
                fixes += edits("write `alerts none`", (alerts.span, "alerts none"))
            yield Diagnostic("W316", message, alerts.span.word, help=help, fixes=fixes)


def _named_alerts_intact(resolved: Resolved) -> bool:
    declarations = (item for module in resolved.modules for item in module.file.declarations)
    return all(item.intact for item in declarations if isinstance(item, t.NamedAlerts))


def _exhaustion_alone(lines: tuple[t.AlertLine, ...], slo: ResolvedSlo) -> Iterator[Diagnostic]:
    alone = next((line for line in lines if isinstance(line, t.ExhaustedLine)), None)
    if alone and slo.alerts and not any(isinstance(line, t.BurnLine) for line in lines):
        message = "an exhaustion alert alone fires late while most of the budget is left"
        line = _standard(slo, "page")
        help = "add a burn-rate alert" + (f", such as `{line}`" if line else "")
        fixes = add_statement(f"add `{line}`", slo.alerts.span, line) if line else ()
        yield Diagnostic("W304", message, alone.span, help=help, fixes=fixes)


def _standard(slo: ResolvedSlo, severity: Severity) -> str:
    """The first burn-rate alert of the standard policy that has this severity and fits the SLO; "" if there is none."""
    target, window = slo.tree.target, slo.tree.window
    if not isinstance(target, t.Percent) or not 0 < target.ratio < 1 or not isinstance(window, t.Duration):
        return ""
    if window.seconds < burn.SHORTEST_STANDARD:
        return ""
    period = int(window.seconds)
    for line in burn.standard_policy(Decimal(target.ratio), period):
        if isinstance(line, Burn) and line.severity == severity and not burn.is_capped(line, target.ratio, period):
            return f"{severity} at {percent(line.share)} of budget in {duration(line.window)}"
    return ""
