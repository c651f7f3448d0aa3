"""The dashboard of a service: a table of its SLOs, then a row of panels for each."""

from __future__ import annotations

import re

from slocompiler import promql
from slocompiler.ir import Service
from slocompiler.targets.grafana import deployments, layout, queries, raw, tables, text
from slocompiler.targets.grafana.model import Annotation, Dashboard, Link, Section, Variable
from slocompiler.targets.grafana.overview import UID
from slocompiler.targets.grafana.row import row
from slocompiler.targets.prometheus import breakdown
from slocompiler.targets.shared import Options, dashboard_uid, header

UNHELPFUL = ("__name__", "le")
"""Labels that do not tell bad events apart."""
LONGEST = 100
"""Characters of a service's title: Grafana limits the length of a dashboard's title."""


def dashboard(name: str, service: Service, options: Options) -> Dashboard:
    """The dashboard of a service."""
    scope = f'service="{service.name}"{deployments.matchers(options)}'
    uid = dashboard_uid(service.name)
    named = f'label_replace(INFO, "dashboard", "{uid}", "", "")'
    table = tables.slos(scope, scope, {slo.window for slo in service.slos}, options, named)
    glance = Section("", "", tuple(layout.stacked([([(table, 24)], min(4 + len(service.slos), 12))])))
    sections = (glance, *(row(slo, service, options) for slo in service.slos))
    titles = [title for s in sections for title in (s.title, *(placed.panel.title for placed in s.panels))]
    title = f"{service.title[:LONGEST]} ({service.name})" if service.title else service.name
    return Dashboard(
        uid=uid,
        title=f"SLOs: {title}",
        description=f"The SLOs of {service.name}. {header(name, service.source)}",
        time_from="now-6h",
        sections=sections,
        variables=(
            *deployments.variables(f'service="{service.name}"', options),
            *_per(service, options),
            *_by(service),
        ),
        constants=text.constants(titles),
        annotations=(
            Annotation("Alerts", queries.alerts(scope), "{{alertname}} {{slo}} {{job}} ({{severity}})", "1m"),
        ),
        links=(
            Link("All SLOs", "The overview", url=f"/d/{UID}"),
            Link("Services", "Dashboards of all services", tag="slo"),
        ),
    )


def _per(service: Service, options: Options) -> list[Variable]:
    """A variable for each `per` label."""
    labels = {label: [slo.id for slo in service.slos if label in slo.per] for slo in service.slos for label in slo.per}
    return [_values(label, f'slo=~"{"|".join(ids)}"{deployments.matchers(options)}') for label, ids in labels.items()]


def _values(label: str, scope: str) -> Variable:
    name, description = queries.variable(label), f"Only the budgets of these values of {label}."
    series = f"slo:events:rate5m{{{scope}}}"
    if promql.LABEL.match(label):
        return Variable(name, label, description, f"label_values({series}, {label})")
    # Not every Grafana can query the values of such a label; every Grafana can extract them from a result.
    quoted = text.query(promql.label_name(label))
    return Variable(name, label, description, f"query_result(count by ({quoted}) ({series}))", r'/^\{[^=]*="(.*)"\} /')


def _by(service: Service) -> list[Variable]:
    """The variable with the labels of the metrics of bad events, without labels that always have one value."""
    counted = [slo for slo in service.slos if breakdown.metrics(slo)]
    if not counted:
        return []
    names = dict.fromkeys(metric for slo in counted for metric in breakdown.metrics(slo))
    dull = sorted(set.intersection(*(breakdown.fixed(slo) for slo in counted))) + list(UNHELPFUL)
    first = next((label for slo in counted for label in breakdown.mentioned(slo)), "instance")
    return [
        Variable(
            raw.BY,
            "Break down by",
            "The label by which bad events are broken down.",
            f"label_names(({'|'.join(re.sub('[^a-zA-Z0-9_:]', '.', name) for name in names)}))",
            f"/^(?!(?:{'|'.join(map(re.escape, dull))})$).*/",
            many=False,
            chosen=first,
        )
    ]
