"""The page of an SLO: the promise first, the exact rules last."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler import promql
from slocompiler.explain import words
from slocompiler.explain.phrases import Code
from slocompiler.explain.promise import name, next_review, outage, promise
from slocompiler.ir import Deployment, Events, Service, Slices, Slo
from slocompiler.targets.docs.page import (
    CATALOGUE,
    READING,
    Block,
    Entry,
    Facts,
    Hero,
    Link,
    Page,
    Paragraph,
    Phrase,
    Strong,
)
from slocompiler.targets.docs.sections.agreement import policy, review, risks
from slocompiler.targets.docs.sections.alerts import alerting
from slocompiler.targets.docs.sections.excluded import excluded
from slocompiler.targets.docs.sections.now import numbers
from slocompiler.targets.docs.sections.runbook import TITLES, response, rules, urgency
from slocompiler.targets.docs.sections.what_counts import counts
from slocompiler.targets.prometheus import breakdown, measured
from slocompiler.targets.prometheus.render import groups_of
from slocompiler.targets.shared import Options, source_link
from slocompiler.visible import shown


def slo_page(slo: Slo, service: Service, options: Options, counting: bool) -> Page:
    """Everything about one SLO. `counting` says whether an SLO of the service that is about its jobs counts events.

    Of the service, the page has the names and the risks.
    """
    source = source_of(slo.source, options)
    groups = groups_of(slo, service, options)
    badge = "draft" if slo.draft else "live"
    sections = (
        *((numbers(slo, options.reading),) if options.reading else ()),
        counts(slo),
        excluded(slo, source),
        alerting(slo, counting, options),
        policy(slo.policy, bool(slo.alerts)),
        risks(slo, service),
        review(slo, service, options),
        response(slo, service, options),
        rules(slo, service, groups, options),
    )
    return Page(
        key=(service.name, slo.name),
        title=name(slo),
        above=(Link("All SLOs", CATALOGUE), Link(shown(service.title) or service.name, (service.name,))),
        lead=tuple(_lead(slo, service, source, options.having(slo))),
        sections=sections,
        source=slo.source,
        hero=Hero(
            target=promql.percent(slo.target),
            over=f"over any {words.in_full(slo.window)}",
            promise=promise(slo),
            budget=outage(slo),
            badge=badge,
            start=f"{TITLES[alert]}, start here" if (alert := urgency(slo)) else "",
        ),
    )


def source_of(path: str, options: Options) -> Link | Code:
    """A source file, as a link if its address is known."""
    address = source_link(path, options)
    return Link(shown(path), address) if address else Code(shown(path))


def _lead(slo: Slo, service: Service, source: Link | Code, deployments: tuple[Deployment, ...]) -> Iterator[Block]:
    """Who agreed to the target, why, and where it is written; exceptions from it."""
    if slo.draft:
        yield Paragraph(("This SLO is a draft: it is measured and shown, but it promises nothing yet.",), "note")
    if deployments:
        names = ", ".join(one.name for one in deployments)
        silent = ", ".join(one.name for one in deployments if one.alerts == "none")
        without = f" Deployments without alerts: {silent}." if silent else ""
        replaced = {one.name for one in deployments if one.alerts not in ("all", "none")}
        other = ", ".join(one.deployment for one in slo.variants if one.deployment in replaced)
        without += f" Deployments with other alerts: {other}." if other else ""
        targets = ((one.deployment, one.target) for one in slo.variants if one.target != slo.target)
        promised = ", ".join(f"{promql.percent(target)} in {name}" for name, target in targets)
        without += f" Other targets: {promised}." if promised else ""
        yield Paragraph((f"Each deployment has its own budget: {names}.{without}",))
    if slo.because:
        yield Paragraph((shown(slo.because),), "quote")
    agreed: Phrase = (", ".join(map(shown, slo.stakeholders)),)
    if not slo.stakeholders:
        agreed = ("nobody yet (", Link("whom to ask", READING, "ask"), ")")
    rows: list[tuple[str, Phrase]] = [
        ("SLO", (Code(slo.id),)),
        ("Owner", (Strong(shown(service.owner)),)),
        ("Agreed with", agreed),
        ("Next review", (next_review(slo.review),)),
        ("Source", (source, f", used at {shown(slo.used_at)}" if slo.used_at else "")),
    ]
    if not slo.because:
        rows.insert(3, ("Reason", ("none given",)))
    if slo.formerly:
        rows.insert(1, ("Formerly", (Code(", ".join(slo.formerly)),)))
    yield Facts(tuple(rows))


def entry(slo: Slo, service: Service) -> Entry:
    """The entry of the search index: title, identity, owner, metrics, the service's title."""
    metrics = dict.fromkeys((*(stream.metric for stream in _streams(slo)), *breakdown.metrics(slo)))
    return Entry(
        name(slo), f"{slo.id} · {shown(service.owner)}", " ".join((*map(shown, metrics), shown(service.title)))
    )


def _streams(slo: Slo) -> Events:
    return measured.streams(slo.indicator) if isinstance(slo.indicator, Slices) else breakdown.streams(slo)
