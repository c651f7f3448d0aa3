"""The dashboard of one SLO: the promise, the state, the budget, and panels that narrow down a cause."""

from __future__ import annotations

import re

from slocompiler.explain import language
from slocompiler.ir import Service, Slo
from slocompiler.targets.grafana import drilldown, layout, left_out, now, over_time, panels, queries, raw
from slocompiler.targets.grafana.frame import annotation, framed, values
from slocompiler.targets.grafana.model import Dashboard, Link, Section, Variable
from slocompiler.targets.grafana.overview import UID
from slocompiler.targets.grafana.promise import promise
from slocompiler.targets.prometheus import breakdown
from slocompiler.targets.prometheus.series import series
from slocompiler.targets.shared import LONGEST, Options, dashboard_uid, header

UNHELPFUL = ("__name__", "le")
"""Labels that do not tell bad events apart."""


def dashboard(name: str, slo: Slo, service: Service, options: Options) -> Dashboard:
    """The dashboard of an SLO."""
    title = f"{slo.id}: {slo.title[:LONGEST]}" if slo.title else slo.id
    title = f"{title}{' · draft' if slo.draft else ''}"
    return framed(
        slo.id,
        options,
        slos=(slo,),
        title=f"SLO: {title}",
        description=f"{language.objectives(slo)}{', a draft' if slo.draft else ''}. {header(name, slo.source)}",
        sections=(_section(slo, service, options),),
        variables=(*(values(label, series("slo:events:rate5m", slo)) for label in slo.per), *_by(slo)),
        annotations=(
            annotation("page", queries.of_slo(slo, queries.of_severity("page", options))),
            annotation("ticket", queries.of_slo(slo, queries.of_severity("ticket", options))),
            *left_out.marks(slo),
        ),
        links=(
            Link("Service", f"The SLOs of {service.name}", url=f"/d/{dashboard_uid(service.name)}"),
            Link("All SLOs", "The overview", url=f"/d/{UID}"),
        ),
        tag="slo-details",
    )


def _section(slo: Slo, service: Service, options: Options) -> Section:
    description = "The target, its reason, and the people who agreed to it."
    agreed = panels.text("promise", "Promise", description, promise(slo, service, options))
    head: layout.Line = [(over_time.share(slo, options), 16), (agreed, 8)]
    left, exhausted, *others = [(panel, 4) for panel in now.panels(slo, options)]
    beside = [([left, exhausted, others[0]], 4), (others[1:], 4)]
    blocks = (
        layout.line(head, 9),
        layout.beside(over_time.burn_down(slo), 12, beside),
        layout.stacked(drilldown.lines(slo, over_time.rates(slo, options), options)),
    )
    return Section("", "", layout.below(blocks))


# Variables


def _by(slo: Slo) -> list[Variable]:
    """The variable with the labels of the metrics of bad events, without labels that always have one value."""
    metrics = breakdown.metrics(slo)
    if not metrics:
        return []
    # Grafana asks for metrics whose names have this in them: a word boundary excludes longer names.
    names = "|".join(re.sub("[^a-zA-Z0-9_:]", ".", name) for name in dict.fromkeys(metrics))
    dull = (*sorted(breakdown.fixed(slo)), *UNHELPFUL)
    return [
        Variable(
            raw.BY,
            "Break down by",
            "The label by which bad events are broken down.",
            f"label_names(\\\\b({names})\\\\b)",
            f"/^(?!(?:{'|'.join(map(re.escape, dull))})$).*/",
            many=False,
            chosen=next(iter(breakdown.mentioned(slo)), "instance"),
        )
    ]
