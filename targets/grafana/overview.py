"""The dashboard of all SLOs: what pages now, then the least budget, and the number of pages by owner."""

from __future__ import annotations

from slocompiler import burn
from slocompiler.ir import Program
from slocompiler.targets.grafana import deployments, layout, states, tables
from slocompiler.targets.grafana.model import Dashboard, Link, Panel, Query, Section, TextVariable, Variable
from slocompiler.targets.grafana.panels import Color, Shown, Steps, stat
from slocompiler.targets.shared import Options, header

UID = "sloc"
"""Dashboards of services and SLOs have a uid that starts with `sloc-`."""
USUAL_WINDOWS = (7 * burn.DAY, 28 * burn.DAY, 30 * burn.DAY, 90 * burn.DAY)
"""Windows that the overview always knows, so that it is the same if only part of the program is built."""
STALE = Shown("-1", "stale rules", "orange")
"""Shown instead of a number if no rule is evaluated any more."""
SERVICES = 'service=~"$service"'
SEARCHED = 'slo=~"(?i).*$search.*"'


def overview(name: str, program: Program, options: Options) -> Dashboard:
    """All SLOs that Prometheus knows, from any build; the program adds only their windows and long names."""
    windows = set(USUAL_WINDOWS) | {slo.window for slo in program.slos}
    matchers = f"{SERVICES}{deployments.matchers(options, '=~')}"
    owned = f'{matchers},owner=~"$owner"'
    fleet = tables.Fleet(f"{owned},{SEARCHED}", matchers, options)
    counts = [(panel, 4) for panel in _counts(fleet)]
    lines: list[tuple[layout.Line, int]] = [
        (counts, 4),
        ([(tables.slos(fleet, windows, program.slos), 24)], 16),
        ([(tables.pages(owned, options), 24)], 6),
    ]
    return Dashboard(
        uid=UID,
        title="SLOs: overview",
        description=f"All SLOs: what pages now, then the least budget. {header(name, 'all services')}",
        time_from="now-7d",
        sections=(Section("", "", tuple(layout.stacked(lines))),),
        variables=_variables(options),
        links=(Link("Services", "Dashboards of all services", tag="slo"),),
    )


def _variables(options: Options) -> tuple[Variable | TextVariable, ...]:
    scope = SERVICES + deployments.matchers(options, "=~")
    return (
        TextVariable("search", "Search", "Only SLOs whose name, such as checkout/availability, has this text."),
        Variable("service", "Service", "Only SLOs of these services.", "label_values(slo:info, service)"),
        *deployments.variables(SERVICES, options),
        Variable("owner", "Owner", "Only SLOs of these owners.", f"label_values(slo:info{{{scope}}}, owner)"),
    )


def _counts(fleet: tables.Fleet) -> list[Panel]:
    """Numbers of SLOs; drafts are only in the first."""
    stale = states.of("stale rules", f'{fleet.scope},draft="false"', fleet.key)
    blind = f"{fleet.final(fleet.of('no data'))} or {stale}"
    counts: tuple[tuple[str, str, str, str, Color], ...] = (
        ("slos", "SLOs", "SLOs of the chosen services and owners, also drafts.", fleet.known(), "text"),
        ("paging", "Paging", "SLOs with a page that fires now. A job that is down counts for the SLOs about it.",
         fleet.final(fleet.firing("page")), "red"),
        ("exhausted", "Budgets exhausted", "SLOs that have no error budget left.",
         fleet.final(fleet.of("exhausted")), "red"),
        ("burning", "Burning too fast", "SLOs with a burn rate above 1× over the last hour: at that rate, the budget does not last.",
         fleet.final(fleet.of("burning")), "orange"),
        ("blind", "Without data", "SLOs without events to judge, or whose rules are not evaluated any more.",
         blind, "orange"),
        ("idle", "Idle", "SLOs whose service is there and has no events.", fleet.final(fleet.of("idle")), "text"),
    )  # fmt: skip  # a table
    return [_count(*count, fleet) for count in counts]


def _count(name: str, title: str, description: str, expr: str, color: Color, fleet: tables.Fleet) -> Panel:
    """The number of SLOs for which an expression returns a value; no number if no SLO is known, or the rules of all are stale."""
    steps: Steps = ((None, "text"), (1, color))
    counted = f"count({expr}) or 0 * count({fleet.info()}) or 0 * count({fleet.lately()}) + {STALE.value}"
    return Panel(
        f"/count/{name}",
        title,
        description,
        stat("none", steps, states.NOWHERE, shown=(STALE,)),
        (Query(counted, title, instant=True),),
    )
