"""The catalogue of all SLOs, and the page of each service."""

from __future__ import annotations

from fractions import Fraction

from slocompiler import promql
from slocompiler.explain import language, words
from slocompiler.explain.phrases import Code
from slocompiler.explain.promise import budget, name, next_review
from slocompiler.ir import Program, Service, Slo
from slocompiler.targets.docs.page import (
    CATALOGUE,
    GLOSSARY,
    READING,
    Block,
    Entry,
    Facts,
    Link,
    Page,
    Paragraph,
    Phrase,
    Section,
    State,
    Strong,
    Table,
)
from slocompiler.targets.docs.sections.agreement import costs
from slocompiler.targets.docs.slo import source_of
from slocompiler.targets.shared import Options
from slocompiler.visible import shown

TITLE = "Service level objectives"


def catalogue(program: Program) -> Page:
    """The page with a row for each SLO: its target, budget, owner, next review and state."""
    rows = tuple(_row(slo, service) for service in program.services for slo in service.slos)
    drafts = sum(slo.draft for slo in program.slos)
    services = sum(bool(service.slos) for service in program.services)
    counted = f"{words.plural(len(rows) - drafts, 'SLO')} of {words.plural(services, 'service')}"
    also = f", and {words.plural(drafts, 'draft')}" if drafts else ""
    heads = ("SLO", "Service", "Target", "Budget", "Owner", "Next review", "State")
    lead: tuple[Block, ...] = (
        Paragraph(
            (
                f"{counted}{also}. Each page says how many events may be bad, who agreed to that, and what happens when "
                "the budget runs low. New here? ",
                Link("How to read this", READING),
                " takes three minutes. The ",
                Link("glossary", GLOSSARY),
                " explains the terms.",
            ),
            "lead",
        ),
    )
    return Page(
        key=CATALOGUE,
        title=TITLE,
        above=(),
        lead=lead,
        sections=(Section("catalogue", "All SLOs", (Table(heads, rows, "All SLOs", filtered=True),)),),
        source="all services",
    )


def _row(slo: Slo, service: Service) -> tuple[Phrase, ...]:
    return (
        (Link(name(slo), (service.name, slo.name)),),
        (Link(shown(service.title) or service.name, (service.name,)),),
        (Strong(promql.percent(slo.target)), f" over {promql.duration(slo.window)}"),
        (budget(slo),),
        (shown(service.owner),),
        (next_review(slo.review),),
        (State("draft" if slo.draft else "live"),),
    )


# A service


def service_page(service: Service, options: Options) -> Page:
    """The page with the SLOs of a service and its risks."""
    rows: list[tuple[Phrase, ...]] = []
    for slo in service.slos:
        rows.append(
            (
                (Link(name(slo), (service.name, slo.name)),),
                (Strong(promql.percent(slo.target)), f" over {promql.duration(slo.window)}"),
                (budget(slo),),
                (next_review(slo.review),),
                (State("draft" if slo.draft else "live"),),
            )
        )
    title = shown(service.title) or service.name
    facts: tuple[tuple[str, Phrase], ...] = (
        ("Service", (Code(service.name),)),
        ("Owner", (Strong(shown(service.owner)),)),
        ("Source", (source_of(service.source, options),)),
    )
    table = Table(("SLO", "Target", "Budget", "Next review", "State"), tuple(rows), f"The SLOs of {title}")
    sections = [Section("slos", "SLOs", (table,))]
    if service.risks:
        sections.append(_risks(service))
    return Page(
        key=(service.name,),
        title=title,
        above=(Link("All SLOs", CATALOGUE),),
        lead=(Facts(facts),),
        sections=tuple(sections),
        source=service.source,
    )


def entry(service: Service) -> Entry:
    """The entry of the search index: title, identity, owner."""
    return Entry(shown(service.title) or service.name, f"{service.name} · {shown(service.owner)}", "service")


def _risks(service: Service) -> Section:
    """The section on risks, each with its share of every budget that it affects."""
    shares: dict[int, list[tuple[Slo, Fraction]]] = {}
    for slo in service.slos:
        for risk, cost in costs(slo, service.risks):
            shares.setdefault(id(risk), []).append((slo, cost))
    rows: list[tuple[Phrase, ...]] = []
    for risk in service.risks:
        takes: Phrase = ()
        for slo, cost in shares.get(id(risk), []):
            takes += (
                ", " if takes else "",
                f"{words.percent(cost)} of ",
                Link(slo.name, (service.name, slo.name), "risks"),
            )
        rows.append(((shown(risk.text),), (language.risk(risk),), takes or ("no budget",)))
    heads = ("Risk", "Frequency, duration, users", "Costs")
    table = Table(heads, tuple(rows), "Risks")
    return Section("risks", "Risks", (table, Paragraph((Link("How risks count", READING, "risks"),))))
