"""The dashboard of all SLOs: the least budget first, with owners, and the number of pages per shift."""

from __future__ import annotations

from slocompiler.ir import Program
from slocompiler.targets.grafana import deployments, layout, queries, tables
from slocompiler.targets.grafana.model import Dashboard, Link, Panel, Query, Section, Variable
from slocompiler.targets.grafana.panels import Axis, Steps, stat, timeseries
from slocompiler.targets.shared import Options, dashboard_uid, header

UID = "sloc"
"""Dashboards of services have a uid that starts with `sloc-`."""
SERVICES = 'service=~"$service"'
SHIFT = "12h"
INCIDENTS = 2
"""The most incidents a shift can follow up: "Being On-Call", Site Reliability Engineering, chapter 11."""


def overview(name: str, program: Program, options: Options) -> Dashboard:
    """All SLOs that Prometheus knows, from any build; the program adds only their windows and long names."""
    windows = set(queries.USUAL_WINDOWS) | {slo.window for slo in program.slos}
    table = tables.slos(_scope(options), _matchers(options), windows, options, _uids(program))
    stats = [(panel, 6) for panel in _stats(options)]
    return Dashboard(
        uid=UID,
        title="SLOs: overview",
        description=f"All SLOs, the least budget first. {header(name, 'all services')}",
        time_from="now-7d",
        sections=(
            Section("", "", tuple(layout.stacked([(stats, 4), ([(table, 24)], 16), ([(_pages(options), 24)], 8)]))),
        ),
        variables=_variables(options),
        links=(Link("Services", "Dashboards of all services", tag="slo"),),
    )


def _uids(program: Program) -> str:
    """`INFO` with the uid of its dashboard as a label: `sloc-` and the service, or a hash if that is too long."""
    asked = 'label_replace(INFO, "dashboard", "sloc-$1", "service", "(.*)")'
    for service in program.services:
        uid = dashboard_uid(service.name)
        if uid != f"sloc-{service.name}":
            asked = f'label_replace({asked}, "dashboard", "{uid}", "service", "{service.name}")'
    return asked


def _matchers(options: Options) -> str:
    """Matchers of the chosen services and deployments, for recorded series."""
    return SERVICES + deployments.matchers(options, "=~")


def _scope(options: Options) -> str:
    """Matchers of the chosen services, deployments and owners, for `slo:info`."""
    return f'{_matchers(options)},owner=~"$owner"'


def _variables(options: Options) -> tuple[Variable, ...]:
    owners = f"label_values(slo:info{{{_matchers(options)}}}, owner)"
    return (
        Variable("service", "Service", "Only SLOs of these services.", "label_values(slo:info, service)"),
        *deployments.variables(SERVICES, options, many=True),
        Variable("owner", "Owner", "Only SLOs of these owners.", owners),
    )


def _stats(options: Options) -> list[Panel]:
    matchers = _matchers(options)
    left, burning = f"slo:budget_left:ratio{{{matchers}}}", f"slo:burn_rate:ratio{{{matchers}}}"
    firing = queries.firing(matchers, queries.page(options), _scope(options), options)
    alarming: Steps = ((None, "green"), (1, "red"))
    warning: Steps = ((None, "green"), (1, "orange"))
    return [
        _count("slos", "SLOs", "SLOs of the chosen services and owners.",
               f"slo:info{{{_scope(options)}}}", ((None, "text"),), options),
        _count("exhausted", "Budgets exhausted", "SLOs whose error budget is below 0%.",
               f"{left} < 0", alarming, options),
        _count("burning", "Burning too fast", "SLOs with a burn rate above 1× over the last hour: at that rate, the budget does not last.",
               f"{burning} > 1", warning, options),
        _count("paging", "Pages firing", "SLOs with a page firing now, or with a page for a job of their service that is down.", firing, alarming, options),
    ]  # fmt: skip  # a table


def _count(name: str, title: str, description: str, expr: str, steps: Steps, options: Options) -> Panel:
    """The number of SLOs in the scope for which an expression returns a value."""
    key = deployments.key(options)
    counted = queries.among(f"count by ({key}) ({expr})", _scope(options), key)
    return Panel(
        name, title, description, stat("none", steps), (Query(f"count({counted}) or vector(0)", title, instant=True),)
    )


def _pages(options: Options) -> Panel:
    page = f"{queries.alerts(_scope(options))[:-1]},{queries.page(options)}}}"
    return Panel(
        "pages",
        f"Pages in each {SHIFT}, by owner",
        f"Pages that began in each shift of {SHIFT}. More than {INCIDENTS} incidents a shift leave no time to follow up on each.",
        timeseries("none", ((None, "green"), (INCIDENTS, "red")), Axis(high=INCIDENTS + 1, style="dashed", bars=True)),
        (Query(f"sum by (owner) ({queries.begun(page, SHIFT, '1m')})", "{{owner}}"),),
        interval=SHIFT,
    )
