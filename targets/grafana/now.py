"""The panels with the current state of an SLO. Nothing that is missing looks good."""

from __future__ import annotations

from slocompiler import promql
from slocompiler.explain.words import counted
from slocompiler.ir import SEVERITIES, Slo
from slocompiler.targets.grafana import queries, states
from slocompiler.targets.grafana.model import Panel, Query
from slocompiler.targets.grafana.panels import PLAIN, Shown, stat
from slocompiler.targets.grafana.thresholds import COLORS, SOON, decimals, of_policy
from slocompiler.targets.prometheus.series import series
from slocompiler.targets.shared import Options

GONE = Shown(str(queries.GONE), "gone", "red")
LASTS = Shown(str(queries.LASTS), "", "text")


def panels(slo: Slo, options: Options) -> list[Panel]:
    """The panels, the budget first."""
    return [_left(slo), _exhausted(slo), _state(slo), _indicator(slo), _coverage(slo), _firing(slo, options)]


def _left(slo: Slo) -> Panel:
    least = " It is that of the value with the least." if slo.per else ""
    return Panel(
        "budget",
        "Budget left",
        f"The error budget left; below 0%, it is overspent.{least} The time before the first data counts as good. "
        "Colors change at the steps of the policy.",
        stat("percentunit", PLAIN if slo.draft else of_policy(slo), decimals=1),
        (Query(queries.least(slo), queries.legend(slo) or "budget left", instant=True),),
    )


def _exhausted(slo: Slo) -> Panel:
    soon = PLAIN if slo.draft else SOON
    gone = GONE._replace(color="text") if slo.draft else GONE
    return Panel(
        "exhausted",
        "Exhausted in",
        "The time until the budget is exhausted at the rate of the last hour. Empty while the burn rate is 1× or less.",
        stat("dtdurations", soon, decimals=1, shown=(gone, LASTS)),
        (Query(queries.exhausted_in(slo), "exhausted in", instant=True),),
    )


def _state(slo: Slo) -> Panel:
    known = states.number(series("", slo)[1:-1], "")
    return Panel(
        "state",
        "State",
        "In this order: the rules are not evaluated any more; there is no data; the budget is exhausted; it does not last "
        "at the rate of the last hour; there are no events; data do not fill the window yet; none of these.",
        stat("none", nothing=states.NOWHERE, shown=states.shown()),
        (Query(f"{states.DRAFT} + ({known})" if slo.draft else known, "state", instant=True),),
    )


def _indicator(slo: Slo) -> Panel:
    worst = ", of the value with the least budget" if slo.per else ""
    name = f" {queries.legend(slo)}" if slo.per and queries.legend(slo) != "__auto" else ""
    return Panel(
        "sli",
        f"Good over {promql.duration(slo.window)}",
        f"The share of good {counted(slo.indicator)} over the window and the target{worst}.",
        stat("percentunit", decimals=decimals(slo)),
        (
            Query(queries.good(slo), f"good{name}", instant=True),
            Query(queries.target(slo), "target", instant=True),
        ),
    )


def _coverage(slo: Slo) -> Panel:
    return Panel(
        "coverage",
        "Coverage",
        "The share of the window that has data.",
        stat("percentunit", decimals=1),
        (Query(queries.coverage(slo), "coverage", instant=True),),
    )


def _firing(slo: Slo, options: Options) -> Panel:
    colors = [(name, COLORS[severity]) for severity in SEVERITIES for name in queries.names(severity, options)]
    return Panel(
        "firing",
        "Alerts firing",
        "A draft has no alerts." if slo.draft else "Alerts of this SLO and of its job that fire now, by severity.",
        stat("short", shown=(Shown("0", "none"),), colors=tuple(colors)),
        (Query(queries.firing(slo), "{{severity}}", instant=True),),
    )
