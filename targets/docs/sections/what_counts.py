"""The section on what counts, for every kind of indicator."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler import promql
from slocompiler.explain import phrases, words
from slocompiler.explain.classification import classified
from slocompiler.explain.nouns import article, events, single
from slocompiler.ir import (
    Events,
    Indicator,
    Ratio,
    RatioSlices,
    Raw,
    RawCondition,
    Share,
    Slices,
    Slo,
    Threshold,
    Through,
)
from slocompiler.record import replace
from slocompiler.targets.docs.page import Block, Items, Listing, Paragraph, Phrase, Section, shown_lines
from slocompiler.targets.docs.sections.journey import journey

MISSING = {
    "bad": "A slice without data is bad.",
    "good": "A slice without data is good.",
    "ignored": "A slice without data does not count.",
}


def counts(slo: Slo) -> Section:
    """The section on which events or slices count, and which of them are good."""
    blocks = list(_measured(slo.indicator, slo.title))
    if slo.per:
        blocks.append(Paragraph(phrases.budgets(slo)))
    return Section("counts", "What counts", tuple(blocks))


def _measured(indicator: Indicator, title: str) -> Iterator[Block]:
    if isinstance(indicator, Ratio):
        yield from _ratio(indicator, events(indicator, title))
    elif isinstance(indicator, Threshold):
        yield from _threshold(indicator, events(indicator, title))
    elif isinstance(indicator, Through):
        yield from journey(indicator)
    elif isinstance(indicator, Raw):
        yield Listing(shown_lines(indicator.total), "promql", ("This query returns the rate of events over a window:",))
        part = f"This query returns the rate of {indicator.side} events over a window:"
        yield Listing(shown_lines(indicator.part), "promql", (part,))
    elif isinstance(indicator, RatioSlices):
        length, share = words.in_full(indicator.seconds), promql.percent(indicator.at_least)
        noun = events(indicator.of, title)
        good = f"A slice is good if at least {share} of its {noun} are good."
        yield Paragraph((f"Time is divided into slices of {length}. {good} A slice without {noun} does not count.",))
        yield from _measured(indicator.of, title)
    else:
        length = words.in_full(indicator.seconds)
        checked = "Each slice is checked once, at its end."
        if indicator.at_least is not None:
            share = promql.percent(indicator.at_least)
            checked = f"Each slice is checked at every evaluation of its rules. It is good if at least {share} of the checks are."
        yield Paragraph((f"Time is divided into slices of {length}. {checked}",))
        yield from _condition(indicator)


# Events


def _ratio(ratio: Ratio, unit: str) -> Iterator[Block]:
    yield _every(unit, "counted by", ratio.total)
    found = classified(ratio)
    if found is None:
        others = " All others are bad." if ratio.side == "good" else ""
        part = phrases.streams(ratio.part, " and ")
        yield Paragraph((f"The {ratio.side} {unit} are counted by ", *part, f".{others}"))
        return
    side, filters = found
    others = f"All others are {'good' if side == 'bad' else 'bad'}."
    subject = f"{_one(single(unit))} is {side}"
    choices = tuple(sorted(filters, key=repr))
    if len(choices) == 1:
        yield Paragraph((f"{subject} if its ", *phrases.filtered(choices[0]), f". {others}"))
    else:
        yield Paragraph((f"{subject} if one of these applies. {others}",))
        yield Items(tuple(phrases.filtered(choice) for choice in choices))


def _threshold(threshold: Threshold, unit: str) -> Iterator[Block]:
    noun, is_time = single(unit), threshold.unit in words.TIMES
    verb = "it took" if is_time else "its value is"
    limits = [
        f"{'at most' if one.good == 'le' else 'more than'} {words.bound(one.bound, one.unit)}"
        for one in threshold.parts
    ]
    if threshold.bounded:
        every = (replace(threshold.histogram, any=()),)
        yield _every(unit, "measured by the histogram", every, " if one of these applies. All others do not count")
        each = zip(limits, threshold.parts, strict=True)
        yield Items(tuple((*_its(one), f": it is good if {verb} {limit}") for limit, one in each))
        return
    yield _every(unit, "measured by the histogram", (threshold.histogram,))
    good = f"{_one(noun)} is good if {verb} {limits[0]}"
    if not threshold.only:
        yield Paragraph((f"{good}. All others are bad.",))
        return
    fast = ", even fast ones" if is_time and threshold.good == "le" else ""
    yield Paragraph((f"{good} and its ", *phrases.one_of(threshold.only), f". All others are bad{fast}."))


def _its(of: Threshold) -> Phrase:
    """Which of the events have a bound."""
    return "its ", *phrases.one_of(of.histogram.any)


def _every(unit: str, how: str, events: Events, condition: str = "") -> Paragraph:
    if unit == "events":
        return Paragraph((f"The events are {how} ", *phrases.streams(events, " and "), f"{condition}."))
    return Paragraph((f"Every {single(unit)} {how} ", *phrases.streams(events, " or "), f" is an event{condition}."))


def _one(noun: str) -> str:
    """`A request`, `An event`."""
    return f"{article(noun).capitalize()} {noun}"


# Conditions


def _condition(slices: Slices) -> Iterator[Block]:
    condition, what = slices.good_when, "A slice" if slices.at_least is None else "A check"
    if isinstance(condition, Share):
        yield from _share(condition, slices.each)
    elif isinstance(condition, RawCondition):
        yield Listing(shown_lines(condition.expr), "promql", (f"{what} is good if this query returns a result:",))
        if condition.of:
            yield Listing(shown_lines(condition.of), "promql", ("There is data while this query returns a result:",))
    else:
        compared = [phrases.compared(one, phrases.stream) for one in slices.gauges]
        if slices.each:
            each = (
                "In each slice, every series of ",
                compared[0][1],
                " is judged by itself. It is good if its value",
                compared[0][-1],
            )
            yield Paragraph((*each, ". A series that is absent does not count."))
            return
        yield Paragraph((f"{what} is good if ", *phrases.joined(compared, ", and "), "."))
        if any(one.divisor for one in slices.gauges):
            yield Paragraph(("Series are divided if they have the same labels. A division by 0 has no result.",))
    lacking = "for all of this" if len(slices.gauges) > 1 else ""
    missing = MISSING[slices.missing].replace("A slice", what)
    yield Paragraph((missing.replace("data", f"data {lacking}".rstrip()),))


def _share(of: Share, each: bool) -> Iterator[Block]:
    value = "1 minus the value" if of.side == "good" else "the value"
    several = "Every series is judged by itself." if each else "Of several series, the average counts."
    yield Paragraph((f"The bad share of a slice is {value} of ", phrases.stream(of.stream), f" at its end. {several}"))
    yield Paragraph(
        (
            "A value below 0 counts as 0, and one above 1 as 1. This counts time, not events: a quiet slice weighs as much as "
            "a busy one.",
        )
    )
