"""The dashboard of a service: a table of its SLOs, their budgets and burn rates, and a row for each if the project wants."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler import promql
from slocompiler.explain import language
from slocompiler.ir import Service, Slo
from slocompiler.targets.grafana import deployments, layout, now, over_time, queries, tables, text
from slocompiler.targets.grafana.frame import annotation, framed, values
from slocompiler.targets.grafana.model import COLUMNS, Dashboard, Link, Panel, Query, Section, Variable
from slocompiler.targets.grafana.options import chosen
from slocompiler.targets.grafana.overview import UID
from slocompiler.targets.grafana.panels import Axis, timeseries
from slocompiler.targets.grafana.thresholds import BURNING, LEFT, above
from slocompiler.targets.shared import LONGEST, Options, header


def dashboard(name: str, service: Service, options: Options) -> Dashboard:
    """The dashboard of a service."""
    scope = f'service="{service.name}"{deployments.matchers(options)}'
    fleet = tables.Fleet(scope, scope, options)
    table = tables.slos(fleet, {slo.window for slo in service.slos}, service.slos)
    lines: list[tuple[layout.Line, int]] = [
        ([(table, COLUMNS)], min(3 + len(service.slos), 12)),
        ([(panel, 12) for panel in _over_time(fleet, service)], 8),
    ]
    rows = [_row(slo, options) for slo in service.slos] if chosen(options).rows else []
    title = f"{service.title[:LONGEST]} ({service.name})" if service.title else service.name
    return framed(
        service.name,
        options,
        slos=service.slos,
        title=f"SLOs: {title}",
        description=f"The SLOs of {service.name}. {header(name, service.source)}",
        sections=(Section("", "", tuple(layout.stacked(lines))), *rows),
        variables=tuple(_per(service, options) if rows else ()),
        annotations=(annotation("page", queries.alerts(scope, queries.of_severity("page", options))),),
        links=(
            Link("All SLOs", "The overview", url=f"/d/{UID}"),
            Link("Services", "Dashboards of all services", tag="slo"),
        ),
        tag="slo",
    )


def _over_time(fleet: tables.Fleet, service: Service) -> Iterator[Panel]:
    yield Panel(
        "/left",
        "Budget left",
        f"The {queries.MOST} SLOs with the least budget, without drafts.",
        timeseries("percentunit", above(LEFT), Axis(high=1, style="dashed", fill=0)),
        (Query(fleet.worst("slo:budget_left:ratio", "min", "bottomk"), "{{slo}}"),),
        time_from=promql.duration(max(slo.window for slo in service.slos)),
    )
    yield Panel(
        "/burn",
        "Burn rate over the last hour",
        f"The {queries.MOST} SLOs that burn fastest, without drafts. At 1×, the budget lasts exactly the window.",
        timeseries("suffix:×", BURNING, Axis(high=2, style="dashed", linear=float(over_time.LINEAR), fill=0)),
        (Query(fleet.worst("slo:burn_rate:ratio", "max", "topk"), "{{slo}}"),),
    )


# Rows


def _row(slo: Slo, options: Options) -> Section:
    """A row of an SLO, as high as a line of text and a chart."""
    title = f"{slo.name}: {slo.title}" if slo.title else slo.name
    title = f"{title} · {language.objectives(slo)}{' · draft' if slo.draft else ''}"
    left, exhausted, state, *_ = now.panels(slo, options)
    line: layout.Line = [
        (state, 3),
        (left, 3),
        (exhausted, 3),
        (over_time.burn_down(slo), 7),
        (over_time.share(slo, options), 8),
    ]
    return Section(slo.name, text.heading(title), tuple(layout.line(line, 5)))


def _per(service: Service, options: Options) -> list[Variable]:
    """A variable for each `per` label."""
    labels = {label: [slo.id for slo in service.slos if label in slo.per] for slo in service.slos for label in slo.per}
    return [
        values(label, f'slo:events:rate5m{{slo=~"{"|".join(ids)}"{deployments.matchers(options)}}}')
        for label, ids in labels.items()
    ]
