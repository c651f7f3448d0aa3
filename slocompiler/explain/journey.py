"""Sentences about a journey: what its steps promise together, and which of them is the weakest."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler import promql
from slocompiler.burn import allowed, promised
from slocompiler.explain import language, words
from slocompiler.ir import Step, Through


def weakest(of: Through) -> Step:
    """The step at which the most journeys may fail; of several, the first."""
    return max(of.steps, key=allowed)


def in_words(of: Through) -> Iterator[str]:
    """The steps with their targets, what they promise together, and the weakest."""
    for number, step in enumerate(of.steps, 1):
        yield f"Step {number}: {language.step(step)} ({targets(step)})"
    yield f"Attempts: the events of {of.by}"
    yield (
        f"If each step fails as often as its target allows, {words.percent(promised(of))} of journeys succeed. "
        f"The weakest step is {language.step(weakest(of))}, where {words.percent(allowed(weakest(of)))} may fail."
    )


def targets(step: Step) -> str:
    """`99.9%`, or `99% or 98%` for alternatives."""
    return " or ".join(promql.percent(one.target) for one in step.any)
