"""The sections for a person who received an alert: links, first steps, queries that narrow down the cause, the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from slocompiler import promql
from slocompiler.explain import language, phrases
from slocompiler.explain.phrases import Code
from slocompiler.ir import SEVERITIES, Service, Severity, Share, Slices, Slo, Threshold, Through
from slocompiler.record import replace
from slocompiler.targets.docs.page import (
    READING,
    Block,
    Folded,
    Items,
    Link,
    Listing,
    Paragraph,
    Phrase,
    Section,
    Shared,
    Strong,
)
from slocompiler.targets.prometheus import breakdown, journey, stencil
from slocompiler.targets.prometheus.reading import rates, samples
from slocompiler.targets.prometheus.render import files_of, text_of
from slocompiler.targets.prometheus.rule import Groups
from slocompiler.targets.prometheus.series import series
from slocompiler.targets.prometheus.slices import bad_share, compared
from slocompiler.targets.shared import Options, dashboard_url
from slocompiler.visible import shown

MOST_RULES = 12_000
"""Characters of PromQL: a page prints rules up to this length, and names their file if they are longer."""
_SHORT = re.compile(rf'"[^"]{{0,{stencil.SHORT + 2}}}"')
"""Strings that are not measured, because pages are filled in."""
LABELS = 2
"""The number of queries that break down bad events by labels."""
TITLES: dict[Severity | None, str] = {
    "page": "If you were paged",
    "ticket": "If you got a ticket",
    "notify": "If you were notified",
    None: "Find a cause",
}
"""The title of the section, by the most urgent alert of the SLO."""


def response(slo: Slo, service: Service, options: Options) -> Section:
    """The section with links, first steps and queries."""
    return Section("respond", TITLES[urgency(slo)], tuple(_response(slo, service, options)))


def urgency(slo: Slo) -> Severity | None:
    """The severity of the most urgent alert; None without alerts."""
    found = {line.severity for one in slo.everywhere for line in one.every_alert}
    return next((severity for severity in SEVERITIES if severity in found), None)


def _response(slo: Slo, service: Service, options: Options) -> Iterator[Block]:
    links = tuple(_links(slo, options))
    if links:
        yield Items(links)
    if not slo.runbook and not slo.draft:
        yield Paragraph(("There is no runbook yet.",), "note")
    if urgency(slo) == "page":
        yield _steps(service.owner, slo.stakeholders)
    else:
        yield Paragraph((f"The owner is {shown(service.owner)}. The queries below narrow down a cause.",))
    yield from queries(slo)


@lru_cache(maxsize=64)
def _steps(owner: str, stakeholders: tuple[str, ...]) -> Shared:
    """The first steps, in order."""
    contacts = f": {', '.join(map(shown, stakeholders))}." if stakeholders else "."
    steps: tuple[Phrase, ...] = (
        (Strong("Stop the damage."), " Roll back the latest change, fail over or shed load."),
        (Strong("Get help."), f" The owner is {shown(owner)}."),
        (Strong("Tell the people users will contact"), contacts),
        (Strong("Find the cause"), " with the queries below."),
    )
    more = Link("more on these steps", READING, "paged")
    return Shared((Paragraph(("In this order (", more, "):")), Items(steps, counted=True)))


def _links(slo: Slo, options: Options) -> Iterator[Phrase]:
    if slo.runbook:
        yield Strong("Runbook: "), Link(shown(slo.runbook), slo.runbook)
    if address := dashboard_url(slo, options):
        yield Strong("Dashboard: "), Link(address, address)
    for link in slo.links:
        yield Strong(f"{shown(link.title)}: "), Link(shown(link.url), link.url)


def queries(slo: Slo) -> Iterator[Listing]:
    """The queries that narrow down a cause, each for every value of the `per` labels."""
    for labels in _broken_down(slo):
        asked = breakdown.bad(slo, rates(replace(slo, per=labels, renamed=()), "5m"))
        if asked:
            title: Phrase = ("Bad events per second, by ", *_all(labels), ":")
            yield Listing("\n\n".join(map(breakdown.top, asked)), "promql", title)
    by: Phrase = (", by ", *_all(slo.event_labels)) if slo.per else ()
    counted = breakdown.counted(slo.indicator)
    if isinstance(counted, Threshold):
        stay = f"The value below which {promql.percent(slo.target)} of events"
        for one in counted.parts:
            quantile = breakdown.quantile(one, promql.number(slo.target), rates(slo, "5m"), slo.event_labels)
            which: Phrase = (" with ", Code(language.filters(one.histogram.any))) if counted.bounded else ()
            yield Listing(quantile, "promql", (stay, *which, " stay", *by, ":"))
    if isinstance(slo.indicator, Through):
        for number, step in enumerate(slo.indicator.steps):
            title = ("The share of journeys that fail at ", Code(language.step(step)), ":")
            yield Listing(journey.contribution(slo, slo.indicator, number), "promql", title)
    for gauge in slo.indicator.gauges if isinstance(slo.indicator, Slices) else ():
        checked = compared(gauge, rates(slo, "5m") if gauge.rate else samples(slo))
        yield Listing(checked, "promql", ("The value that decides whether a slice is good", *by, ":"))
    if isinstance(slo.indicator, Slices) and isinstance(slo.indicator.good_when, Share):
        yield Listing(
            bad_share(slo.indicator.good_when, "avg", samples(slo)), "promql", ("The bad share now", *by, ":")
        )
    yield Listing(series("slo:burn_rate:ratio", slo), "promql", ("Burn rate:",))
    yield Listing(series("slo:budget_left:ratio", slo), "promql", ("Budget left:",))


def _broken_down(slo: Slo) -> list[tuple[str, ...]]:
    """The labels of each break-down: the `per` labels, then one label more."""
    own = slo.event_labels
    names = [name for name in (*breakdown.mentioned(slo), "instance") if name not in own]
    found = [own] if own else []
    return [*found, *((*own, name) for name in dict.fromkeys(names))][:LABELS]


def _all(labels: tuple[str, ...]) -> Phrase:
    return phrases.listing(((Code(shown(label)),) for label in labels), "and")


def rules(slo: Slo, service: Service, groups: Groups, options: Options) -> Section:
    """The section with the Prometheus rules and their file; the rules of deployments are only in their files."""
    count = sum(len(group.rules) for group in groups)
    folders = [f"{one.name}/" for one in options.having(slo)] or [""]
    files: Phrase = tuple(
        part
        for name in folders
        for file in files_of(service, options)
        for part in (", ", Code(f"prometheus/{name}{file}"))
    )
    text = "" if options.deployments else text_of(slo, service, groups)
    length = sum(len(_SHORT.sub("", rule.expr)) for group in groups for rule in group.rules)
    block: Block = Folded(f"{count} rules", (Listing(text, "yaml", ("From ", *files[1:], ":")),))
    if not text or length > MOST_RULES:
        block = Paragraph((f"{count} rules, in ", *files[1:], "."))
    return Section("rules", "Rules", (block,))
