"""What counts and what is left out, in words, for every shape of an indicator."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler import promql
from slocompiler.explain import language, phrases, words
from slocompiler.explain.classification import sorting
from slocompiler.explain.phrases import Code
from slocompiler.explain.promise import unit
from slocompiler.ir import (
    Events,
    Filter,
    Gauge,
    Indicator,
    Ratio,
    RatioSlices,
    Raw,
    RawCondition,
    Slices,
    Slo,
    Threshold,
)
from slocompiler.targets.docs.page import Block, Items, Link, Listing, Paragraph, Phrase, Section, shown_lines

MISSING = {
    "bad": "A slice without data is bad: what nobody sees may be broken.",
    "good": "A slice without data is good.",
    "ignored": "A slice without data does not count.",
}


def counts(slo: Slo) -> Section:
    """What is counted, and what makes it good or bad."""
    blocks = list(_measured(slo.indicator, unit(slo)))
    if slo.per:
        labels = ", ".join(slo.per)
        blocks.append(
            Paragraph(
                ("Every value of ", Code(labels), " has a budget of its own: none hides behind a busier one.")
                if len(slo.per) == 1
                else (
                    "Every combination of ",
                    Code(labels),
                    " has a budget of its own: none hides behind a busier one.",
                )
            )
        )
    return Section("counts", "What counts", tuple(blocks))


def _measured(indicator: Indicator, unit: str) -> Iterator[Block]:
    if isinstance(indicator, Ratio):
        yield from _ratio(indicator, unit)
    elif isinstance(indicator, Threshold):
        yield from _threshold(indicator)
    elif isinstance(indicator, Raw):
        yield Listing(shown_lines(indicator.total), "promql", ("Counted is what this gives, as a rate over a window:",))
        yield Listing(shown_lines(indicator.part), "promql", (f"Of these are {indicator.side}:",))
    elif isinstance(indicator, RatioSlices):
        length, share = words.in_full(indicator.seconds), promql.percent(indicator.at_least)
        yield Paragraph(
            (
                f"Time is cut into slices of {length}. A slice is good while at least {share} of its events are; ",
                "one without events does not count.",
            )
        )
        yield from _measured(indicator.of, "events")
    else:
        yield Paragraph(
            (f"Time is cut into slices of {words.in_full(indicator.seconds)}; each is looked at once, at its end.",)
        )
        yield from _condition(indicator)


# Events


def _ratio(ratio: Ratio, unit: str) -> Iterator[Block]:
    noun = "" if unit == "events" else f" These are the {unit}."
    yield Paragraph(("Counted is every event of ", *phrases.streams(ratio.total), f".{noun}"))
    sorted_by = sorting(ratio)
    if sorted_by is None:
        rest = "" if ratio.side == "bad" else "; all others are bad"
        yield Paragraph((f"{ratio.side.capitalize()} are the events of ", *phrases.streams(ratio.part), f"{rest}."))
        return
    side, filters = sorted_by
    choices = tuple(sorted(filters, key=repr))
    rest = "the rest is good" if side == "bad" else "the rest is bad"
    if len(choices) == 1:
        yield Paragraph((f"{side.capitalize()} are those whose ", *phrases.filtered(choices[0]), f"; {rest}."))
    else:
        yield Paragraph((f"{side.capitalize()} are those to which one of these applies; {rest}:",))
        yield Items(tuple(phrases.filtered(choice) for choice in choices))


def _threshold(threshold: Threshold) -> Iterator[Block]:
    is_time = threshold.unit in ("s", "ms", "us", "m")
    yield Paragraph(("Counted is everything that the histogram ", phrases.stream(threshold.histogram), " measures."))
    verb = (
        ("took at most" if is_time else "is at most")
        if threshold.good == "le"
        else ("took more than" if is_time else "is more than")
    )
    if threshold.only:
        also: Phrase = (
            f"Good is what {verb} {language.limit(threshold)} and whose ",
            *phrases.one_of(threshold.only),
            ".",
        )
        yield Paragraph(
            (*also, " What fails fast is bad all the same." if threshold.good == "le" else " The rest is bad.")
        )
    else:
        yield Paragraph((f"Good is what {verb} {language.limit(threshold)}; the rest is bad.",))


# Conditions


def _condition(slices: Slices) -> Iterator[Block]:
    condition = slices.good_when
    if isinstance(condition, RawCondition):
        yield Listing(shown_lines(condition.expr), "promql", ("A slice is good while this returns anything:",))
    else:
        yield Paragraph(("A slice is good while ", *phrases.compared(condition), "."))
    yield Paragraph((MISSING[slices.missing],))


# What is left out


def excluded(slo: Slo, source: Link | Code) -> Section:
    """What does not count, on either side; `source` is where to ask why."""
    blocks: list[Block] = []
    groups = _left_out(slo.indicator)
    if groups or slo.exclude_when:
        blocks.append(
            Paragraph(
                (
                    "This counts on neither side, for whatever becomes of it, no user is hurt. Who doubts that looks into ",
                    source,
                    ": an exclusion is agreed to like a target.",
                )
            )
        )
    for metrics, filters in groups:
        of: Phrase = () if len(groups) == 1 else (" of ", Code(", ".join(metrics)))
        blocks.append(Items(tuple(("Events", *of, " whose ", *phrases.filtered(choice)) for choice in filters)))
    if slo.exclude_when:
        said = (
            "Moments at which this returned something in the last five minutes: what was announced surprises nobody.",
        )
        blocks.append(Listing(shown_lines(slo.exclude_when), "promql", said))
    if not blocks:
        blocks.append(Paragraph(("Nothing is left out.",)))
    return Section("excluded", "What is left out", tuple(blocks))


def _left_out(indicator: Indicator) -> list[tuple[list[str], tuple[Filter, ...]]]:
    """The filters that are excluded, each with the metrics of which they are."""
    if isinstance(indicator, RatioSlices):
        return _left_out(indicator.of)
    streams: Events = ()
    if isinstance(indicator, Ratio):
        streams = indicator.total
    elif isinstance(indicator, Threshold):
        streams = (indicator.histogram,)
    elif isinstance(indicator, Slices) and isinstance(indicator.good_when, Gauge):
        streams = (indicator.good_when.stream,)
    found: dict[tuple[Filter, ...], list[str]] = {}
    for stream in streams:
        if stream.none:
            found.setdefault(stream.none, []).append(stream.metric)
    return [(metrics, filters) for filters, metrics in found.items()]
