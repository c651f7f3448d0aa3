"""For whoever was paged: make it stop, then look; where to read on; the queries that narrow it down; the exact rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from slocompiler import promql
from slocompiler.explain.phrases import Code
from slocompiler.ir import Gauge, Service, Slices, Slo, Threshold
from slocompiler.targets.docs.page import (
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
from slocompiler.targets.prometheus.render import file_of, text_of
from slocompiler.targets.prometheus.rule import Groups
from slocompiler.targets.prometheus.series import series
from slocompiler.targets.prometheus.slices import looked_at
from slocompiler.targets.shared import Options, dashboard_url
from slocompiler.visible import shown

MOST_RULES = 24_000
"""Characters of rules that a page shows; of more it says where they are."""
LABELS = 2
"""So many labels bad events are broken down by."""


def paged(slo: Slo, service: Service, options: Options) -> Section:
    """The skeleton of a runbook."""
    return Section("paged", "If you were paged", tuple(_paged(slo, service, options)))


def _paged(slo: Slo, service: Service, options: Options) -> Iterator[Block]:
    links = tuple(_links(slo, options))
    if links:
        yield Items(links)
    if not slo.runbook:
        yield Paragraph(("There is no runbook yet. What follows is where one begins.",), "note")
    yield _steps(service.owner, slo.stakeholders)
    yield from queries(slo)


@lru_cache(maxsize=64)
def _steps(owner: str, stakeholders: tuple[str, ...]) -> Shared:
    """What to do, in this order."""
    asked = f": {', '.join(map(shown, stakeholders))}" if stakeholders else ""
    steps: tuple[tuple[str, str], ...] = (
        (
            "Make it stop.",
            "Roll back the latest change, fail over, shed load, switch off what is new. Why it helps can wait.",
        ),
        ("Call for help", f"before you need it: two see more than one. The owner is {shown(owner)}."),
        ("Say so", f"to those who are asked by users{asked}."),
        ("Then look:", "what do the bad events have in common, and since when? Only now it is worth to know why."),
        (
            "Write down",
            "afterwards how long it lasted and how many it hit. If it can come again, it is a risk with a place above; "
            "if nobody noticed, the target is too strict.",
        ),
    )
    return Shared((Items(tuple((Strong(what), f" {how}") for what, how in steps), counted=True),))


def _links(slo: Slo, options: Options) -> Iterator[Phrase]:
    if slo.runbook:
        yield Strong("Runbook: "), Link(shown(slo.runbook), slo.runbook)
    if address := dashboard_url(slo, options):
        yield Strong("Dashboard: "), Link(address, address)
    for link in slo.links:
        yield Strong(f"{shown(link.title)}: "), Link(shown(link.url), link.url)


def queries(slo: Slo) -> Iterator[Listing]:
    """Queries to narrow it down with, as dashboards ask them, of all values of `per` labels."""
    plain = replace(slo, per=())
    names = [*breakdown.mentioned(slo), *(name for name in ("instance",) if name not in breakdown.mentioned(slo))]
    for label in names[:LABELS]:
        asked = breakdown.bad(slo, rates(replace(slo, per=(label,)), "5m"))
        if asked:
            yield Listing(
                "\n\n".join(map(breakdown.top, asked)), "promql", ("Bad events a second, by ", Code(label), ":")
            )
    counted = breakdown.counted(slo.indicator)
    if isinstance(counted, Threshold):
        quantile = breakdown.quantile(counted, promql.number(slo.target), rates(plain, "5m"))
        yield Listing(quantile, "promql", (f"What {promql.percent(slo.target)} of events stay below:",))
    if isinstance(slo.indicator, Slices) and isinstance(slo.indicator.good_when, Gauge):
        yield Listing(looked_at(slo.indicator.good_when, samples(plain)), "promql", ("What slices are judged by:",))
    yield Listing(series("slo:burn_rate:ratio", slo), "promql", ("How many times too fast the budget goes:",))
    yield Listing(series("slo:budget_remaining:ratio", slo), "promql", ("How much of it is left:",))


def rules(slo: Slo, service: Service, groups: Groups, options: Options) -> Section:
    """The rules of the Prometheus target, and where they stand; those of deployments are there alone."""
    count = sum(len(group.rules) for group in groups)
    folders = [f"{one.name}/" for one in options.deployments] or [""]
    files: Phrase = tuple(
        part for name in folders for part in (", ", Code(f"prometheus/{name}{file_of(service, options)}"))
    )
    text = "" if options.deployments else text_of(slo, service, groups)
    block: Block = Folded(f"{count} rules", (Listing(text, "yaml", ("From ", *files[1:], ":")),))
    if not text or len(text) > MOST_RULES:
        block = Paragraph((f"There are {count}; they stand in ", *files[1:], "."))
    return Section("rules", "The exact rules", (block,))
