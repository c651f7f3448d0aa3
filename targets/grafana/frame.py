"""What the dashboards of services and of SLOs have in common: name, time, marks of alerts, variables for `per` labels."""

from __future__ import annotations

from slocompiler import promql
from slocompiler.ir import Severity, Slo
from slocompiler.targets.grafana import deployments, queries, text
from slocompiler.targets.grafana.model import Annotation, Dashboard, Link, Section, Variable
from slocompiler.targets.grafana.thresholds import COLORS
from slocompiler.targets.shared import Options, dashboard_uid


def framed(
    key: str,
    options: Options,
    *,
    slos: tuple[Slo, ...],
    title: str,
    description: str,
    sections: tuple[Section, ...],
    variables: tuple[Variable, ...],
    annotations: tuple[Annotation, ...],
    links: tuple[Link, ...],
    tag: str,
) -> Dashboard:
    """The dashboard of a service or an SLO, whose name or id is `key`, for the deployment that readers choose.

    `slos` are on it.
    """
    scope = f'slo="{key}"' if "/" in key else f'service="{key}"'
    return Dashboard(
        uid=dashboard_uid(key),
        title=title,
        description=description,
        time_from="now-6h",
        sections=sections,
        variables=(*deployments.variables(scope, options, slos), *variables),
        constants=text.constants([one for each in sections for one in each.titles]),
        annotations=annotations,
        links=links,
        tags=(tag,),
    )


def annotation(severity: Severity, expr: str) -> Annotation:
    """Marks at the times at which alerts of a severity fired; the job tells which one is down."""
    return Annotation(f"{severity.capitalize()}s", expr, "{{alertname}} {{slo}} {{job}}", "1m", COLORS[severity])


def values(label: str, recorded: str) -> Variable:
    """The variable for a `per` label, with its values in a recorded series."""
    name, description = queries.variable(label), f"Only the budgets of these values of {label}."
    if promql.LABEL.match(label):
        return Variable(name, label, description, f"label_values({recorded}, {label})")
    # Not every Grafana can query the values of such a label; every Grafana can extract them from a result.
    quoted = text.query(promql.label_name(label))
    return Variable(
        name, label, description, f"query_result(count by ({quoted}) ({recorded}))", r'/^\{[^=]*="(.*)"\} /'
    )
