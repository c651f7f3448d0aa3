"""Slices of time: how long they are, what they look at, what happens where nothing is seen."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.burn import HOUR
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.lower import units
from slocompiler.lower.indicator import FOLDS, is_condition, level
from slocompiler.promql import duration
from slocompiler.resolve import Part, ResolvedSlo
from slocompiler.suggest import did_you_mean
from slocompiler.syntax import tree as t


def slices(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """E214, E216, E407, E417 and W320."""
    if slo.slices and slo.slices.intact:
        yield from _length(slo.slices, run)
    part = slo.good or slo.bad
    condition = part if part and is_condition(part) else None
    yield from _missing(slo, condition)
    if condition and slo.intact:
        yield from _looks(condition)
        if slo.per and isinstance(condition.tree.other, t.When) and isinstance(condition.tree.other.operand, t.Promql):
            here = (Label(condition.tree.span, "the condition"),)
            help = "name the metric instead: `good when max(queue_length{}) < 100`"
            yield Diagnostic("E216", "a condition in raw PromQL has no `per`", slo.per.span.word, here, help)


def _length(node: t.Slices, run: Run) -> Iterator[Diagnostic]:
    length, scrape, evaluation = node.length, run.project.scrape_interval, run.project.evaluation_interval
    if isinstance(length, t.Duration):
        if length.seconds < evaluation:
            message = f"slices of {length.span.text}, but rules are evaluated every {duration(evaluation)}"
            yield Diagnostic("E417", message, length.span, help="a minute is usual")
        elif length.seconds > HOUR:
            help = "a short outage must not spoil a day, nor hide in it: a minute is usual"
            yield Diagnostic("E417", f"slices of {length.span.text} are too long: at most 1h", length.span, help=help)
        elif length.seconds < scrape:
            message = f"slices of {length.span.text}, but values come every {duration(scrape)}"
            yield Diagnostic("W320", message, length.span, help="several slices see one value: a minute is usual")
    if isinstance(node.at_least, t.Percent) and not 0 < node.at_least.ratio <= 1:
        help = "more than 0% and at most 100%"
        yield Diagnostic("E407", f"{node.at_least.span.text} is no share of events", node.at_least.span, help=help)


def _missing(slo: ResolvedSlo, condition: Part | None) -> Iterator[Diagnostic]:
    """`no data is …` belongs to conditions on a metric."""
    said = slo.no_data
    if said is None or not slo.intact:
        return
    if condition is None:
        why = "a slice without events does not count" if slo.slices else "an idle service breaks no promise"
        yield Diagnostic(
            "E216", "`no data is` belongs to slices with a condition", said.span, help=f"leave it out: {why}"
        )
    elif isinstance(condition.tree.other, t.When) and isinstance(condition.tree.other.operand, t.Promql):
        help = "raw PromQL that returns nothing is bad; say it in the expression: `… or vector(1)`"
        yield Diagnostic("E216", "`no data is` does not go with raw PromQL", said.span, help=help)
    elif slo.per and said.verdict != "ignored":
        here = (Label(slo.per.span, "every value has a budget of its own"),)
        help = "a value that is gone is not known: with `per` there is `no data is ignored` only"
        yield Diagnostic("E216", f"`no data is {said.verdict}` does not go with `per`", said.span, here, help)


def _looks(part: Part) -> Iterator[Diagnostic]:
    """What a condition folds and compares."""
    when = part.tree.other
    assert isinstance(when, t.When)
    if isinstance(when.operand, t.Fold) and when.operand.function.text not in FOLDS:
        name, known = when.operand.function, (*FOLDS[:-1],)
        help = did_you_mean(name.text, known) or f"there are {', '.join(f'`{fold}`' for fold in known)}"
        yield Diagnostic("E205", f"there is no fold `{name.text}`", name.span, help=help)
        return
    if len(part.looked_at) > 1:
        here = (Label(part.looked_at[1].span, "a second one"),)
        help = "make an SLO of each, or write raw PromQL"
        yield Diagnostic("E216", "a condition looks at one metric", part.looked_at[0].span, here, help)
    elif part.looked_at and when.value and level(when, part.looked_at[0]) is None:
        yield _incomparable(when, part.looked_at[0].metric)


def _incomparable(when: t.When, metric: str) -> Diagnostic:
    value, unit = when.value, units.unit_of(metric, "")
    assert value
    if isinstance(when.operand, t.Fold) and when.operand.function.text == "age":
        help = "an age is a time, such as `15m`"
    elif isinstance(when.operand, t.Fold) and when.operand.function.text == "count":
        help = "a count is a plain number"
    elif unit:
        help = f"`{metric}` is measured in {unit.words}"
    else:
        help = f"the name `{metric}` tells no unit: give a plain number"
    return Diagnostic("E214", f"`{value.span.text}` cannot be compared with this", value.span, help=help)
