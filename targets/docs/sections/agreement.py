"""What people agreed: what happens when the budget runs low, what may go wrong, when it is looked at again."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from slocompiler import burn
from slocompiler.explain import language, words
from slocompiler.explain.phrases import Code
from slocompiler.explain.promise import next_review
from slocompiler.ir import PolicyStep, Risk, Service, Slo
from slocompiler.targets.docs.charts import budget
from slocompiler.targets.docs.page import (
    Block,
    Drawing,
    Facts,
    Items,
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


DECIDES = Paragraph(
    (
        "The budget decides: while there is some, it is there to be spent. When it bleeds, reliability comes before features.",
    )
)
UNAGREED = Paragraph(
    ("Nothing was agreed yet for the day on which the budget runs low. Agree before that day: on it, nobody is calm.",),
    "note",
)


@lru_cache(maxsize=64)
def policy(steps: tuple[PolicyStep, ...]) -> Section:
    """The ladder of what was agreed for the day on which the budget runs low."""
    if not steps:
        return Section("policy", "When the budget runs low", (Shared((DECIDES, UNAGREED)),))
    rows = tuple(
        (
            (language.left(step.below),),
            (shown(step.action),),
            ("yes" if step.notify else "no",),
        )
        for step in sorted(steps, key=lambda step: step.below, reverse=True)
    )
    table = Table(("Budget left", "What we do", "Notifies"), rows, "What was agreed for a low budget")
    drawing = Drawing(budget.ladder("policy-chart", steps), ("What was agreed, from a full budget down.",), table)
    return Section("policy", "When the budget runs low", (Shared((DECIDES, drawing)),))


# Risks


def costs(slo: Slo, risks: tuple[Risk, ...]) -> list[tuple[Risk, Fraction]]:
    """The risks that burden an SLO, each with the share of the budget that it takes, the costliest first."""
    budget = burn.budget(slo.target)
    found = [
        (risk, burn.risk(risk.every, risk.lasting, risk.hitting) / budget) for risk in risks if slo.name in risk.on
    ]
    return sorted(found, key=lambda pair: -pair[1])


def risks(slo: Slo, service: Service) -> Section:
    """What may go wrong, ranked against the budget."""
    return Section("risks", "What may go wrong", tuple(_risks(slo, service)))


def _risks(slo: Slo, service: Service) -> Iterator[Block]:
    found = costs(slo, service.risks)
    if not found:
        yield Paragraph(
            (
                "No risk is written down. Each counts by how often it comes, for how long, and how many users it hits: ",
                Code('risk "A bad deploy" every 30d lasting 10m hitting 80%'),
                ".",
            )
        )
        return
    outage = int(burn.budget(slo.target) * slo.window)
    total = sum((cost for _, cost in found), Fraction(0))
    if total > 1:
        yield Paragraph(
            (
                Strong("They do not fit. "),
                f"Together they cost {words.percent(total)} of the budget: make one rarer, shorter or "
                "smaller, or ask whether users would miss so much, and loosen the target.",
            ),
            "note",
        )
    else:
        yield Paragraph(
            (f"Together they take {words.percent(total)} of the budget; the rest is for what nobody thought of.",)
        )
    rows, left = [], Fraction(1)
    for risk, cost in found:
        left -= cost
        fits = "yes" if left >= 0 else "no"
        rows.append(
            ((shown(risk.text),), (language.risk(risk),), (words.percent(cost),), (words.time(cost * outage),), (fits,))
        )
    table = Table(
        ("Risk", "How often, how long, how many", "Of the budget", "As full outage", "Fits"),
        tuple(rows),
        "Risks, the costliest first",
    )
    drawn = tuple((risk.text, cost) for risk, cost in found)
    yield Drawing(
        budget.bars("risks-chart", drawn, outage),
        ("Frequency × impact × users hit, in the long run, against the budget.",),
        table,
    )


# Calibration

FITS = Shared(
    (
        Paragraph(("A good target barely keeps users happy. It is found by trying, and never for good.",)),
        Items(
            (
                (
                    Strong("Loosen it"),
                    " when the budget was exhausted and nobody complained. Too strict is a defect too: it wakes people for "
                    "nothing, and holds back what would have hurt nobody.",
                ),
                (
                    Strong("Tighten it"),
                    " when users complain while there is budget left: they suffer from something that this does not see, or "
                    "sooner than it thinks.",
                ),
                (Strong("Leave it"), " when complaints come about as the budget ends."),
            )
        ),
    )
)


def calibration(slo: Slo, service: Service, options: Options) -> Section:
    """When to loosen, when to tighten, when to look at it again and with whom."""
    people = ", ".join(dict.fromkeys(map(shown, (service.owner, *slo.stakeholders))))
    rows: list[tuple[str, Phrase]] = [("Next review", (next_review(slo.review),)), ("With", (people,))]
    if slo.review:
        last = f", last on {slo.review.last.isoformat()}" if slo.review.last else ""
        rows.insert(1, ("Every", (f"{words.in_full(slo.review.every)}{last}",)))
    return Section("calibration", "Is the target right?", (FITS, Facts(tuple(rows)), *history(slo, options)))
