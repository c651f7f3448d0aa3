"""The sections on what people agreed: the budget policy, the risks, the review of the target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache

from slocompiler import burn
from slocompiler.explain import language, words
from slocompiler.explain.promise import next_review
from slocompiler.explain.simulation import sentences, simulated
from slocompiler.ir import PolicyStep, Risk, Service, Slo
from slocompiler.targets.docs.charts import budget
from slocompiler.targets.docs.page import (
    READING,
    Block,
    Drawing,
    Facts,
    Link,
    Paragraph,
    Phrase,
    Section,
    Shared,
    Strong,
    Table,
)
from slocompiler.targets.docs.sections.history import history
from slocompiler.targets.shared import Options
from slocompiler.visible import shown

# The policy


POLICY = "When the budget runs low"
NO_POLICY = Paragraph(("No budget policy is agreed yet.",), "note")


@lru_cache(maxsize=64)
def policy(steps: tuple[PolicyStep, ...], alerts: bool) -> Section:
    """The section with the ladder of agreed actions; without alerts, no step notifies anybody."""
    if not steps:
        return Section("policy", POLICY, (NO_POLICY,))
    drawing = Drawing(
        budget.ladder("policy-chart", steps, budget.WIDE),
        budget.ladder("policy-chart-narrow", steps, budget.NARROW),
        (Link("How the budget decides", READING, "decides"),),
        steps_of(steps, alerts),
    )
    return Section("policy", POLICY, (Shared((drawing,)),))


def steps_of(steps: tuple[PolicyStep, ...], alerts: bool) -> Table:
    """The steps of a policy, the first to apply first; whether deployments wait if it says so of one."""
    gated = any(step.gate for step in steps)
    rows = tuple(
        (
            (language.left(step.below),),
            (shown(step.action),),
            ("yes" if step.notify and alerts else "no",),
            *([("yes" if step.gate or not step.below else "no",)] if gated else []),
        )
        for step in sorted(steps, key=lambda step: step.below, reverse=True)
    )
    head = ("Budget left", "Action", "Notifies", *(["Deployments wait"] if gated else []))
    return Table(head, rows, "The budget policy")


# Risks


def costs(slo: Slo, risks: tuple[Risk, ...]) -> list[tuple[Risk, Fraction]]:
    """The risks to an SLO, each with the share of the budget that it costs, the costliest first."""
    budget = burn.budget(slo.target)
    found = [
        (risk, burn.risk(risk.every, risk.lasting, risk.hitting) / budget) for risk in risks if slo.name in risk.on
    ]
    return sorted(found, key=lambda pair: -pair[1])


def ranked(slo: Slo, found: Iterable[tuple[Risk, Fraction]]) -> Table:
    """The risks to an SLO with their costs, and whether the budget has room for each, and for those before it."""
    outage, left = int(burn.budget(slo.target) * slo.window), Fraction(1)
    rows: list[tuple[Phrase, ...]] = []
    for risk, cost in found:
        left -= cost
        fits = "yes" if left >= 0 else "no"
        rows.append(
            ((shown(risk.text),), (language.risk(risk),), (words.percent(cost),), (words.time(cost * outage),), (fits,))
        )
    heads = ("Risk", "Frequency, duration, users", "Share of budget", "As full outage", "Fits")
    return Table(heads, tuple(rows), "Risks, the costliest first")


def risks(slo: Slo, service: Service) -> Section:
    """The section that ranks the risks by their share of the budget."""
    return Section("risks", "Risks", tuple(_risks(slo, service)))


def _risks(slo: Slo, service: Service) -> Iterator[Block]:
    found = costs(slo, service.risks)
    if not found:
        yield Paragraph(("None are recorded. ", Link("How to record one", READING, "risks")))
        return
    outage = int(burn.budget(slo.target) * slo.window)
    total = sum((cost for _, cost in found), Fraction(0))
    if total > 1:
        text = (
            f" Together, they cost {words.percent(total)} of it. Make one rarer, shorter or smaller, "
            "or agree on a looser target."
        )
        yield Paragraph((Strong("The risks exceed the budget."), text), "note")
    else:
        yield Paragraph((f"Together, the risks cost {words.percent(total)} of the budget.",))
    drawn = tuple((risk.text, cost) for risk, cost in found)
    yield Drawing(
        budget.bars("risks-chart", drawn, outage, budget.WIDE),
        budget.bars("risks-chart-narrow", drawn, outage, budget.NARROW),
        ("The long-term cost of each risk, as a share of the budget. ", Link("How risks count", READING, "risks")),
        ranked(slo, found),
    )
    if simulation := simulated(slo, service):
        yield Paragraph((" ".join(map(shown, sentences(simulation))),))


# Review


def review(slo: Slo, service: Service, options: Options) -> Section:
    """The section on when the target is reviewed and with whom, and how it changed so far."""
    people = ", ".join(map(shown, dict.fromkeys((service.owner, *slo.stakeholders))))
    rows: list[tuple[str, Phrase]] = [("Next review", (next_review(slo.review),)), ("With", (people,))]
    if slo.review:
        last = f", last on {slo.review.last.isoformat()}" if slo.review.last else ""
        rows.insert(1, ("Every", (f"{words.in_full(slo.review.every)}{last}",)))
    criteria = Paragraph((Link("Is the target right?", READING, "right"),))
    return Section("review", "Review", (Facts(tuple(rows)), criteria, *history(slo, options)))
