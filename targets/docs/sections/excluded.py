"""The section on what is excluded: events and times that count as neither good nor bad."""

from __future__ import annotations

from slocompiler.explain import phrases, words
from slocompiler.explain.nouns import events, unit
from slocompiler.explain.phrases import Code
from slocompiler.ir import (
    Events,
    Excepted,
    Filter,
    Indicator,
    Maintenance,
    Ratio,
    RatioSlices,
    Slices,
    Slo,
    Threshold,
)
from slocompiler.targets.docs.page import Block, Items, Link, Listing, Paragraph, Phrase, Section, Strong, shown_lines
from slocompiler.visible import shown


def excluded(slo: Slo, source: Link | Code) -> Section:
    """The section on events and times that count as neither good nor bad; `source` is the file that excludes them."""
    blocks: list[Block] = []
    groups = _exclusions(slo.counting)
    if groups or slo.excludes_times or slo.without or slo.exceptions:
        why = "These count as neither good nor bad. To question an exclusion, see "
        blocks.append(Paragraph((why, source, ": it is agreed like a target.")))
    noun = "Series" if isinstance(slo.indicator, Slices) else unit(slo).capitalize()
    reasons = {one.filter: one.reason for one in slo.exclusions}
    for metrics, filters in groups:
        of: Phrase = () if len(groups) == 1 else (" of ", Code(", ".join(metrics)))
        blocks.append(
            Items(
                tuple(
                    (noun, *of, " whose ", *phrases.filtered(choice), ": ", _reason(reasons.get(choice, "")))
                    for choice in filters
                )
            )
        )
    if slo.without:
        counted = f"{noun if not isinstance(slo.indicator, RatioSlices) else 'Events'} counted by "
        items = ((counted, phrases.stream(one.counter), ": ", _reason(one.reason)) for one in slo.without)
        blocks.append(Items(tuple(items)))
    if slo.exclude_when:
        title = "Times at which this query returned a result within the last 5 minutes: "
        blocks.append(Listing(shown_lines(slo.exclude_when), "promql", (title, _reason(slo.exclude_when_reason))))
    if slo.maintenance:
        blocks.append(Items(tuple(map(_planned, slo.maintenance))))
    if slo.exceptions:
        blocks.append(Items(tuple(map(_left_out, slo.exceptions))))
    if isinstance(slo.counting, Threshold) and slo.counting.bounded:
        blocks.append(Paragraph((f"{events(slo.counting, slo.title).capitalize()} without a bound do not count.",)))
    if not blocks:
        blocks.append(Paragraph(("Nothing is excluded.",)))
    return Section("excluded", "What is excluded", tuple(blocks))


def _planned(of: Maintenance) -> Phrase:
    """When a maintenance is, and why it affects no user."""
    return f"Maintenance “{shown(of.text)}”, ", Strong(words.planned(of)), f": {_reason(of.because)}"


def _left_out(of: Excepted) -> Phrase:
    """An incident that does not count, and why."""
    return (
        "By agreement, the incident of ",
        *incident(of),
        f", {words.in_full(of.end - of.begin)}: {_reason(of.because)}",
    )


def incident(of: Excepted) -> Phrase:
    """When an incident was that does not count, in UTC, and what of it."""
    when = words.excepted(of)
    return when, *phrases.where(of.filter)


def _reason(given: str) -> str:
    """Why the excluded events affect no user."""
    return shown(given) or "no reason given."


def _exclusions(indicator: Indicator) -> list[tuple[list[str], tuple[Filter, ...]]]:
    """The filters of exclusions, each with the metrics to which they apply."""
    streams: Events = ()
    if isinstance(indicator, Ratio):
        streams = indicator.total
    elif isinstance(indicator, Threshold):
        streams = (indicator.histogram,)
    elif isinstance(indicator, Slices):
        streams = indicator.streams
    found: dict[tuple[Filter, ...], list[str]] = {}
    for stream in streams:
        if stream.none:
            found.setdefault(stream.none, []).append(stream.metric)
    return [(metrics, filters) for filters, metrics in found.items()]
