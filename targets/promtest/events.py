"""Series of events: which counters one good, one bad and one excluded event increases, derived from the IR."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from slocompiler import promql
from slocompiler.ir import (
    Events,
    Filter,
    Matcher,
    Ratio,
    RatioSlices,
    Raw,
    Slices,
    Slo,
    Stream,
    Threshold,
    Through,
)
from slocompiler.record import replace
from slocompiler.targets.promtest import conditions, evaluate, raws
from slocompiler.targets.promtest.histogram import observation
from slocompiler.targets.promtest.journey import GOOD, Funnel
from slocompiler.targets.promtest.kit import Carrier, Kit
from slocompiler.targets.promtest.labels import Impossible, Labels, Undecided
from slocompiler.targets.promtest.streams import both, excluded, holds, members, named

RECORDED = ("slo:events:rate5m", "slo:errors:rate5m", "slo:slice_errors:increase")
"""What an SLO of slices records of each: that there is one, whether it is bad, and its bad events."""
INSIDE = 1000
"""The bad events of a bad slice: enough for every line."""


def kit(slo: Slo, value: Labels) -> Kit:
    """The carriers of an SLO's events with these values of its `per` labels."""
    fixed = slo.of_events(tuple(Matcher(label, "=", text) for label, text in value.items()))
    indicator = slo.indicator
    if isinstance(indicator, Threshold):
        return _histogram(indicator, fixed)
    if isinstance(indicator, Ratio):
        return _counters(indicator, fixed)
    if isinstance(indicator, Through):
        labels = {label.name: label.value for label in slo.deployment.labels} if slo.deployment else {}
        funnel = Funnel(indicator, labels)
        return Kit([{GOOD: 1}], [{way: 1} for way in funnel.ways()], [], funnel)
    if isinstance(indicator, Raw):
        return raws.kit(indicator, fixed)
    if isinstance(indicator, Slices | RatioSlices):
        return _slices(slo, value)
    raise Impossible(f"no events are generated for an SLO of {type(indicator).__name__}")


def _slices(slo: Slo, value: Labels) -> Kit:
    """What an SLO records of its slices."""
    deployment = {label.name: label.value for label in slo.deployment.labels} if slo.deployment else {}
    labels = {"slo": slo.id, "service": slo.service, **deployment, **value}
    events, errors, inside = (named(name, labels) for name in RECORDED)
    found: dict[int, Carrier] = {bad: {events: 1, errors: bad} for bad in (0, 1)}
    if isinstance(slo.indicator, RatioSlices):
        found = {bad: carrier | {inside: bad * INSIDE} for bad, carrier in found.items()}
    return Kit([found[0]], [found[1]], [], recorded=True)


def jobs(slo: Slo) -> list[str]:
    """The jobs to which the counters of all events, or the gauges, are fixed; none if one series is not fixed to a job."""
    of = slo.counting
    is_promql = isinstance(of, Raw) or (isinstance(of, Slices) and conditions.promql(of))
    total = () if is_promql else _total(slo)
    found = [next((m.value for m in stream.all if m.label == "job" and m.op == "="), "") for stream in total]
    return list(dict.fromkeys(found)) if all(found) else []


def values(slo: Slo) -> tuple[list[Labels], list[Labels]]:
    """Two values of the `per` labels with the SLO's own target, then one for each of its overrides."""
    if not slo.per:
        return [{}], []
    stream, of = next(iter(_total(slo)), None), slo.counting
    if stream is None:
        raise Undecided("its PromQL reads no series")
    part = of.part[0] if isinstance(of, Ratio) else None
    shared = both(stream, part) if part and part.metric == stream.metric else stream
    present = tuple(Matcher(label, "!=", "") for label in slo.event_labels)
    if next(members(shared), None) is None:  # nothing is in the part, which is said elsewhere
        shared = stream
    earlier: list[Filter] = []
    others = []
    for filter_ in (slo.of_events(override.filter) for override in slo.overrides):
        others.append(_value(slo, shared, (*present, *filter_), earlier))
        earlier.append(filter_)
    first = _value(slo, shared, present, earlier)
    second = _value(
        slo,
        shared,
        present,
        [*earlier, slo.of_events(tuple(Matcher(label, "=", text) for label, text in first.items()))],
    )
    return [first, second], others


def _value(slo: Slo, stream: Stream, wanted: Filter, avoid: Sequence[Filter]) -> Labels:
    """A value that has good and bad events, if one has both: `bad {path="/x"} or {code="500"}` makes all of `/x` bad."""
    found = [
        {name: one[label] for label, name in zip(slo.event_labels, slo.per, strict=True)}
        for one in members(stream, wanted, avoid)
    ]
    if not found:
        raise Impossible(f"no value of {', '.join(slo.per)} fits the events of {stream.metric}")
    inner = replace(slo, indicator=slo.counting)
    return next((value for value in found if not kit(inner, value).lacking()), found[0])


def _total(slo: Slo) -> Events:
    """The counters of all events, or what a condition reads."""
    of = slo.counting
    if isinstance(of, Raw):
        return evaluate.streams(of.total)
    if isinstance(of, Slices):
        return tuple(conditions.streams(of))
    return (of.histogram,) if isinstance(of, Threshold) else of.total if isinstance(of, Ratio) else ()


def metrics(slo: Slo) -> set[str]:
    """The metrics that an SLO reads; none for a journey."""
    of = slo.counting
    part = of.part if isinstance(of, Ratio) else evaluate.streams(of.part) if isinstance(of, Raw) else ()
    return {stream.metric for stream in (*_total(slo), *part, *(one.counter for one in slo.without))}


# Counters


def _counters(ratio: Ratio, fixed: Filter) -> Kit:
    """Carriers of counters. A counter that is not a total comes with one of a total."""
    own = {stream.metric: stream for stream in ratio.part}
    totals = {stream.metric for stream in ratio.total}
    rest: list[Carrier] = []
    part: list[Carrier] = []
    removed: list[Carrier] = []
    for stream in ratio.total:
        inside = own.get(stream.metric)
        rest += _carriers(stream, _outside(stream, inside, fixed))
        if inside:
            part += _carriers(stream, (labels for labels in _each(inside, fixed) if holds(stream, labels)))
        removed += _carriers(stream, excluded(stream, inside, fixed))
    for stream in (stream for stream in ratio.part if stream.metric not in totals):
        if not rest:
            raise Impossible(f"no event exists that {stream.metric} does not count")
        part += [rest[0] | carrier for carrier in _carriers(stream, _each(stream, fixed))]
        removed += _carriers(stream, excluded(stream, None, fixed))
    for stream in ratio.without:
        if not rest or stream.metric in totals:
            raise Impossible(f"no event exists that {stream.metric} excludes")
        removed += [rest[0] | carrier for carrier in _carriers(stream, members(stream, fixed))]
    return Kit(part, rest, removed) if ratio.side == "good" else Kit(rest, part, removed)


def _carriers(stream: Stream, found: Iterable[Labels]) -> list[Carrier]:
    return [{name: 1} for name in dict.fromkeys(named(stream.metric, labels) for labels in found)]


def _each(stream: Stream, fixed: Filter) -> Iterator[dict[str, str]]:
    """A series for each choice, and one for all choices at once, which must not count twice."""
    yield from members(stream, fixed)
    if len(stream.any) > 1:
        joined = tuple(matcher for choice in stream.any for matcher in choice)
        yield from members(Stream(metric=stream.metric, all=stream.all + joined, none=stream.none), fixed)


def _outside(stream: Stream, part: Stream | None, fixed: Filter) -> Iterator[dict[str, str]]:
    """Series outside the part: they match one of its exclusions, or none of its choices."""
    if part is None:
        yield from members(stream, fixed)
        return
    for removed in part.none:
        if removed not in stream.none:
            yield from members(stream, (*fixed, *removed))
    choices = [(*part.all, *choice) for choice in part.any or ((),)]
    avoid = [tuple(matcher for matcher in choice if matcher not in stream.all) for choice in choices]
    if all(avoid):
        yield from members(stream, fixed, avoid)


# Histograms


def _histogram(threshold: Threshold, fixed: Filter) -> Kit:
    """Carriers of a histogram: those of each bound, and of the events that have none."""
    kits = [_bounded(one, fixed) for one in threshold.parts]
    every, filters = replace(threshold.histogram, any=()), threshold.histogram.any
    unbounded = members(every, fixed, filters) if threshold.bounded else ()
    return Kit(
        [one for kit in kits for one in kit.good],
        [one for kit in kits for one in kit.bad],
        [one for kit in kits for one in kit.excluded] + [_observed(threshold, one, False) for one in unbounded],
    )


def _bounded(threshold: Threshold, fixed: Filter) -> Kit:
    """Carriers for one bound. Beyond it an event is bad; within it too, if no filter matches."""
    stream, keeps = threshold.histogram, threshold.good == "le"
    inside = [labels for choice in threshold.only or ((),) for labels in members(stream, (*fixed, *choice))]
    outside = list(members(stream, fixed, threshold.only)) if threshold.only else []
    good = [_observed(threshold, labels, keeps) for labels in inside]
    bad = [_observed(threshold, labels, not keeps) for labels in inside]
    bad += [_observed(threshold, labels, keeps) for labels in outside]
    removed = [_observed(threshold, labels, not keeps) for labels in excluded(stream, None, fixed)]
    return Kit(good, bad, removed)


def _observed(threshold: Threshold, labels: Labels, below: bool) -> Carrier:
    """An observation at or below the bound, or above it."""
    metric = threshold.histogram.metric
    if threshold.native:
        return {named(metric, labels): observation(threshold, below)}
    return {
        named(f"{metric}_count", labels): 1,
        named(f"{metric}_bucket", {**labels, "le": promql.number(threshold.bound)}): int(below),
        named(f"{metric}_bucket", {**labels, "le": "+Inf"}): 1,
    }
