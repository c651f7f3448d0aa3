"""What a journey counts: its steps as boxes, what they promise together, and what the product of their shares means."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.burn import allowed, promised
from slocompiler.explain import words
from slocompiler.explain.journey import targets, weakest
from slocompiler.explain.phrases import Code
from slocompiler.ir import Passed, Step, Through
from slocompiler.targets.docs.charts.steps import NARROW, WIDE, steps
from slocompiler.targets.docs.page import Block, Drawing, Link, Paragraph, Phrase, Table
from slocompiler.visible import shown


def journey(through: Through) -> Iterator[Block]:
    """The blocks for a journey."""
    weak = weakest(through)
    yield Paragraph(
        (
            "A journey takes these steps, and fails if one of them fails. Attempts are the events of ",
            Code(through.by),
            ".",
        )
    )
    rows = tuple((_alternatives(step), (str(step.times),), (targets(step),)) for step in through.steps)
    yield Drawing(
        steps("steps-chart", through.steps, WIDE),
        steps("steps-chart-narrow", through.steps, NARROW),
        ("Each step has the target of its own SLO.",),
        Table(("Step", "Times", "Target"), rows, "The steps of the journey"),
    )
    yield Paragraph(
        (
            f"If each step fails as often as its target allows, {words.percent(promised(through))} of journeys succeed. ",
            "The weakest step is ",
            *_alternatives(weak),
            f", where {words.percent(allowed(weak))} may fail.",
        )
    )
    yield Paragraph(
        (
            "A step's share of good events is measured among those who reach it, so the product of all shares is the share "
            "of journeys that succeed. It is less exact where others use a step too, and where people try again.",
        )
    )


def _alternatives(step: Step) -> Phrase:
    """Links to the SLOs of a step."""
    first, *others = map(_link, step.any)
    return first, *(part for other in others for part in (" or ", other))


def _link(of: Passed) -> Link:
    return Link(shown(of.title) or of.id, tuple(of.id.split("/")))
