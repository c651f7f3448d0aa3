"""The catalogue of all SLOs, and the page of each service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from slocompiler import promql
from slocompiler.explain import language, words
from slocompiler.explain.phrases import Code
from slocompiler.explain.promise import budget, name, next_review, promise
from slocompiler.ir import PolicyStep, Program, Service, Slo
from slocompiler.targets.docs.page import (
    CATALOGUE,
    GLOSSARY,
    READING,
    Block,
    Entry,
    Facts,
    Group,
    Groups,
    Link,
    Page,
    Paragraph,
    Phrase,
    Section,
    State,
    Strong,
    Table,
)
from slocompiler.targets.docs.sections import now
from slocompiler.targets.docs.sections.agreement import NO_POLICY, POLICY, costs, steps_of
from slocompiler.targets.docs.sections.calendar import calendar, left_out
from slocompiler.targets.docs.slo import source_of
from slocompiler.targets.shared import Options, Reading
from slocompiler.visible import shown

TITLE = "Service level objectives"
MOST_OPEN = 60
"""The number of SLOs of a catalogue that shows all of them; of more, it shows the services."""


def catalogue(program: Program, options: Options) -> Page:
    """The page of all SLOs by service: target, budget, next review and state."""
    drafts = sum(slo.draft for slo in program.slos)
    services = [service for service in program.services if service.slos]
    live = len(program.slos) - drafts
    counted = f"{words.plural(live, 'SLO')} of {words.plural(len(services), 'service')}"
    also = f", and {words.plural(drafts, 'draft')}" if drafts else ""
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
    sections, few = [], len(program.slos) <= MOST_OPEN
    groups = Groups(tuple(map(_group, services)), few)
    if options.reading:
        lead = (*now.lead(options.reading, program.slos), *lead)
        sections.append(now.attention(options.reading, program))
        groups = Groups(tuple(_group_now(one, options.reading) for one in services), few, "now")
    return Page(
        key=CATALOGUE,
        title=TITLE,
        above=(),
        lead=lead,
        sections=(*sections, Section("catalogue", "All SLOs", (groups,)), *calendar(program), *left_out(program)),
        source="all services",
    )


def _group(service: Service) -> Group:
    title = shown(service.title) or service.name
    rows: list[tuple[Phrase, ...]] = [
        (
            (Link(name(slo), (service.name, slo.name)),),
            _target(slo),
            (budget(slo),),
            (next_review(slo.review),),
            (State("draft" if slo.draft else "live"),),
        )
        for slo in service.slos
    ]
    return _titled(
        service, Table(("SLO", "Target", "Budget", "Next review", "State"), tuple(rows), f"The SLOs of {title}")
    )


def _group_now(service: Service, reading: Reading) -> Group:
    title = shown(service.title) or service.name
    return _titled(service, now.table(service.slos, reading, f"The SLOs of {title}"))


def _titled(service: Service, table: Table) -> Group:
    link = Link(shown(service.title) or service.name, (service.name,))
    return Group(link, f"{shown(service.owner)} · {words.plural(len(service.slos), 'SLO')}", table)


def _target(slo: Slo) -> Phrase:
    return Strong(promql.percent(slo.target)), language.objectives(slo).removeprefix(promql.percent(slo.target))


# A service


def service_page(service: Service, options: Options) -> Page:
    """The page with the promises of a service, the people and documents behind them, its policies, its risks and what users said."""
    rows: list[tuple[Phrase, ...]] = [
        (
            (Link(name(slo), (service.name, slo.name)),),
            promise(slo),
            (next_review(slo.review),),
            (State("draft" if slo.draft else "live"),),
        )
        for slo in service.slos
    ]
    title = shown(service.title) or service.name
    table = Table(("SLO", "Promise", "Next review", "State"), tuple(rows), f"The SLOs of {title}")
    sections = [Section("slos", "SLOs", (table,)), _policies(service)]
    if reading := options.reading:
        as_of = Paragraph((f"As of {words.moment(reading.at)}, {reading.source}.",))
        sections.insert(0, Section("now", now.TITLE, (now.table(service.slos, reading, f"{title} now"), as_of)))
    if service.risks:
        sections.append(_risks(service))
    if service.feedback:
        sections.append(_feedback(service))
    return Page(
        key=(service.name,),
        title=title,
        above=(Link("All SLOs", CATALOGUE),),
        lead=(Facts(tuple(_facts(service, options))),),
        sections=tuple(sections),
        source=service.source,
    )


def _facts(service: Service, options: Options) -> Iterator[tuple[str, Phrase]]:
    people = dict.fromkeys(shown(one) for slo in service.slos for one in slo.stakeholders)
    runbooks = dict.fromkeys(slo.runbook for slo in service.slos if slo.runbook)
    links = dict.fromkeys(link for slo in service.slos for link in slo.links)
    yield "Service", (Code(service.name),)
    yield "Owner", (Strong(shown(service.owner)),)
    yield "Agreed with", (", ".join(people),) if people else ("nobody yet (", Link("whom to ask", READING, "ask"), ")")
    if len(runbooks) == 1:
        yield "Runbook", tuple(Link(shown(address), address) for address in runbooks)
    elif runbooks:
        yield "Runbooks", _commas(Link(name(slo), slo.runbook) for slo in service.slos if slo.runbook)
    if links:
        yield "Links", _commas(Link(shown(link.title), link.url) for link in links)
    yield "Source", (source_of(service.source, options),)


def _commas(links: Iterable[Link]) -> Phrase:
    return tuple(part for link in links for part in (", ", link))[1:]


def _policies(service: Service) -> Section:
    """The section with each budget policy, and the SLOs that have it."""
    found: dict[tuple[PolicyStep, ...], list[Slo]] = {}
    for slo in service.slos:
        found.setdefault(slo.policy, []).append(slo)
    blocks: list[Block] = []
    for steps, slos in found.items():
        if len(found) > 1:
            blocks.append(Paragraph((*_commas(Link(name(slo), (service.name, slo.name)) for slo in slos), ":")))
        blocks.append(steps_of(steps, any(slo.alerts for slo in slos)) if steps else NO_POLICY)
    return Section("policy", POLICY, tuple(blocks))


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


def _feedback(service: Service) -> Section:
    """The section on what users said, the latest first."""
    rows: list[tuple[Phrase, ...]] = []
    for one in reversed(service.feedback):
        is_all = len(one.on) == len(service.slos)
        about = ("all SLOs",) if is_all else _commas(Link(slo, (service.name, slo)) for slo in one.on)
        rows.append(((one.day.isoformat(),), (shown(one.text),), about))
    return Section("feedback", "Feedback", (Table(("Day", "What users said", "About"), tuple(rows), "Feedback"),))
