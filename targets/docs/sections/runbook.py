"""The sections for a person who was paged: links, first steps, queries that narrow down the cause, the rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from slocompiler import promql
from slocompiler.explain.phrases import Code
from slocompiler.ir import Gauge, Service, Slices, Slo, Threshold
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
from slocompiler.targets.prometheus import breakdown
from slocompiler.targets.prometheus.reading import rates, samples
from slocompiler.targets.prometheus.render import files_of, text_of
from slocompiler.targets.prometheus.rule import Groups
from slocompiler.targets.prometheus.series import series
from slocompiler.targets.prometheus.slices import compared
from slocompiler.targets.shared import Options, dashboard_url
from slocompiler.visible import shown

MOST_RULES = 32_000
"""Characters: a page prints rules up to this length, and names their file if they are longer."""
LABELS = 2
"""The number of labels by which a page breaks down bad events."""


def paged(slo: Slo, service: Service, options: Options) -> Section:
    """The section with links, first steps and queries."""
    return Section("paged", "If you were paged", tuple(_paged(slo, service, options)))


def _paged(slo: Slo, service: Service, options: Options) -> Iterator[Block]:
    links = tuple(_links(slo, options))
    if links:
        yield Items(links)
    if not slo.runbook:
        yield Paragraph(("There is no runbook yet.",), "note")
    yield _steps(service.owner, slo.stakeholders)
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
    return Shared((Items(steps, counted=True), Paragraph((Link("More on these steps", READING, "paged"),))))


def _links(slo: Slo, options: Options) -> Iterator[Phrase]:
    if slo.runbook:
        yield Strong("Runbook: "), Link(shown(slo.runbook), slo.runbook)
    if address := dashboard_url(slo, options):
        yield Strong("Dashboard: "), Link(address, address)
    for link in slo.links:
        yield Strong(f"{shown(link.title)}: "), Link(shown(link.url), link.url)


def queries(slo: Slo) -> Iterator[Listing]:
    """The queries of the dashboards that narrow down a cause, for all values of `per` labels together."""
    plain = replace(slo, per=())
    names = [*breakdown.mentioned(slo), *(name for name in ("instance",) if name not in breakdown.mentioned(slo))]
    for label in names[:LABELS]:
        asked = breakdown.bad(slo, rates(replace(slo, per=(label,)), "5m"))
        if asked:
            yield Listing(
                "\n\n".join(map(breakdown.top, asked)), "promql", ("Bad events per second, by ", Code(label), ":")
            )
    counted = breakdown.counted(slo.indicator)
    if isinstance(counted, Threshold):
        quantile = breakdown.quantile(counted, promql.number(slo.target), rates(plain, "5m"))
        yield Listing(quantile, "promql", (f"The value below which {promql.percent(slo.target)} of events stay:",))
    if isinstance(slo.indicator, Slices) and isinstance(slo.indicator.good_when, Gauge):
        checked = compared(slo.indicator.good_when, samples(plain))
        yield Listing(checked, "promql", ("The value that decides whether a slice is good:",))
    yield Listing(series("slo:burn_rate:ratio", slo), "promql", ("Burn rate:",))
    yield Listing(series("slo:budget_left:ratio", slo), "promql", ("Budget left:",))


def rules(slo: Slo, service: Service, groups: Groups, options: Options) -> Section:
    """The section with the Prometheus rules and their file; the rules of deployments are only in their files."""
    count = sum(len(group.rules) for group in groups)
    folders = [f"{one.name}/" for one in options.deployments] or [""]
    files: Phrase = tuple(
        part
        for name in folders
        for file in files_of(service, options)
        for part in (", ", Code(f"prometheus/{name}{file}"))
    )
    text = "" if options.deployments else text_of(slo, service, groups)
    block: Block = Folded(f"{count} rules", (Listing(text, "yaml", ("From ", *files[1:], ":")),))
    if not text or len(text) > MOST_RULES:
        block = Paragraph((f"{count} rules, in ", *files[1:], "."))
    return Section("rules", "Rules", (block,))
