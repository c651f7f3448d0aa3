"""Series of events: which counters one good, one bad and one excluded event increases, derived from the IR."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from slocompiler import promql
from slocompiler.ir import Events, Filter, Matcher, Ratio, Slo, Stream, Threshold, Through
from slocompiler.record import replace
from slocompiler.targets.promtest.histogram import observation
from slocompiler.targets.promtest.journey import GOOD, Funnel
from slocompiler.targets.promtest.labels import Impossible, Labels, matches, solve

Step = Any
"""What an event adds to a series: a number to a counter, a `Histogram` to a native histogram. No series mixes them."""
Carrier = dict[str, Step]
"""The series that an event belongs to. A counter increases by 1, or by 0 if it only has to exist."""


class Kit(NamedTuple):
    """The carriers of each kind of event; the events of a kind are spread over its carriers."""

    good: list[Carrier]
    bad: list[Carrier]
    excluded: list[Carrier]
    journey: Funnel | None = None
    """The journey whose attempts these are; then a carrier says how an attempt ends, and the steps have the series."""

    def lacking(self) -> str:
        """The kind of event that has no carrier; "" if every kind has one."""
        return next((kind for kind, carriers in (("good", self.good), ("bad", self.bad)) if not carriers), "")


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
    raise Impossible(f"no events are generated for an SLO of {type(indicator).__name__}")


def jobs(slo: Slo) -> list[str]:
    """The jobs to which the counters of all events are fixed; none if one counter is not fixed to a job."""
    total = (slo.indicator.histogram,) if isinstance(slo.indicator, Threshold) else _total(slo)
    found = [next((m.value for m in stream.all if m.label == "job" and m.op == "="), "") for stream in total]
    return list(dict.fromkeys(found)) if all(found) else []


def values(slo: Slo) -> tuple[list[Labels], list[Labels]]:
    """Two values of the `per` labels with the SLO's own target, then one for each of its overrides."""
    if not slo.per:
        return [{}], []
    stream = slo.indicator.histogram if isinstance(slo.indicator, Threshold) else _total(slo)[0]
    part = slo.indicator.part[0] if isinstance(slo.indicator, Ratio) else None
    both = _both(stream, part) if part and part.metric == stream.metric else stream
    present = tuple(Matcher(label, "!=", "") for label in slo.event_labels)
    if next(_members(both), None) is None:  # nothing is in the part, which is said elsewhere
        both = stream
    earlier: list[Filter] = []
    others = []
    for filter_ in (slo.of_events(override.filter) for override in slo.overrides):
        others.append(_value(slo, both, (*present, *filter_), earlier))
        earlier.append(filter_)
    first = _value(slo, both, present, earlier)
    second = _value(
        slo, both, present, [*earlier, slo.of_events(tuple(Matcher(label, "=", text) for label, text in first.items()))]
    )
    return [first, second], others


def _value(slo: Slo, stream: Stream, wanted: Filter, avoid: Sequence[Filter]) -> Labels:
    """A value that has good and bad events, if one has both: `bad {path="/x"} or {code="500"}` makes all of `/x` bad."""
    found = [
        {name: one[label] for label, name in zip(slo.event_labels, slo.per, strict=True)}
        for one in _members(stream, wanted, avoid)
    ]
    if not found:
        raise Impossible(f"no value of {', '.join(slo.per)} fits the events of {stream.metric}")
    return next((value for value in found if not kit(slo, value).lacking()), found[0])


def _total(slo: Slo) -> Events:
    return slo.indicator.total if isinstance(slo.indicator, Ratio) else ()


def _both(one: Stream, other: Stream) -> Stream:
    """The series that both streams select."""
    return Stream(
        metric=one.metric,
        all=one.all + other.all,
        any=tuple(mine + theirs for mine in one.any or ((),) for theirs in other.any or ((),)),
        none=tuple(dict.fromkeys(one.none + other.none)),
    )


# Series of a stream


def _members(stream: Stream, more: Filter = (), avoid: Sequence[Filter] = ()) -> Iterator[dict[str, str]]:
    """A series for each choice of a stream that has one."""
    for choice in stream.any or ((),):
        try:
            yield solve((*stream.all, *choice, *more), (*stream.none, *avoid))
        except Impossible:
            continue


def _holds(stream: Stream, labels: Labels) -> bool:
    chosen = not stream.any or any(matches(labels, choice) for choice in stream.any)
    return matches(labels, stream.all) and chosen and not any(matches(labels, removed) for removed in stream.none)


def _excluded(stream: Stream, bad: Stream | None, fixed: Filter) -> Iterator[dict[str, str]]:
    """A series for each exclusion that has one; it would be bad if it counted."""
    for removed in stream.none:
        for choice in (*(bad.any if bad else ()), *stream.any, ()):
            try:
                yield solve((*stream.all, *fixed, *removed, *choice))
                break
            except Impossible:
                continue


def _name(metric: str, labels: Labels) -> str:
    return promql.selector(metric, tuple(Matcher(label, "=", text) for label, text in sorted(labels.items())))


# Counters


def _counters(ratio: Ratio, fixed: Filter) -> Kit:
    """Carriers of counters. A counter that is not a total comes with one of a total."""
    own = {stream.metric: stream for stream in ratio.part}
    totals = {stream.metric for stream in ratio.total}
    rest: list[Carrier] = []
    part: list[Carrier] = []
    excluded: list[Carrier] = []
    for stream in ratio.total:
        inside = own.get(stream.metric)
        rest += _carriers(stream, _outside(stream, inside, fixed))
        if inside:
            part += _carriers(stream, (labels for labels in _each(inside, fixed) if _holds(stream, labels)))
        excluded += _carriers(stream, _excluded(stream, inside, fixed))
    for stream in (stream for stream in ratio.part if stream.metric not in totals):
        if not rest:
            raise Impossible(f"no event exists that {stream.metric} does not count")
        part += [rest[0] | carrier for carrier in _carriers(stream, _each(stream, fixed))]
        excluded += _carriers(stream, _excluded(stream, None, fixed))
    return Kit(part, rest, excluded) if ratio.side == "good" else Kit(rest, part, excluded)


def _carriers(stream: Stream, found: Iterable[Labels]) -> list[Carrier]:
    return [{name: 1} for name in dict.fromkeys(_name(stream.metric, labels) for labels in found)]


def _each(stream: Stream, fixed: Filter) -> Iterator[dict[str, str]]:
    """A series for each choice, and one for all choices at once, which must not count twice."""
    yield from _members(stream, fixed)
    if len(stream.any) > 1:
        joined = tuple(matcher for choice in stream.any for matcher in choice)
        yield from _members(Stream(metric=stream.metric, all=stream.all + joined, none=stream.none), fixed)


def _outside(stream: Stream, part: Stream | None, fixed: Filter) -> Iterator[dict[str, str]]:
    """Series outside the part: they match one of its exclusions, or none of its choices."""
    if part is None:
        yield from _members(stream, fixed)
        return
    for removed in part.none:
        if removed not in stream.none:
            yield from _members(stream, (*fixed, *removed))
    choices = [(*part.all, *choice) for choice in part.any or ((),)]
    avoid = [tuple(matcher for matcher in choice if matcher not in stream.all) for choice in choices]
    if all(avoid):
        yield from _members(stream, fixed, avoid)


# Histograms


def _histogram(threshold: Threshold, fixed: Filter) -> Kit:
    """Carriers of a histogram: those of each bound, and of the events that have none."""
    kits = [_bounded(one, fixed) for one in threshold.parts]
    every, filters = replace(threshold.histogram, any=()), threshold.histogram.any
    unbounded = _members(every, fixed, filters) if threshold.bounded else ()
    return Kit(
        [one for kit in kits for one in kit.good],
        [one for kit in kits for one in kit.bad],
        [one for kit in kits for one in kit.excluded] + [_observed(threshold, one, False) for one in unbounded],
    )


def _bounded(threshold: Threshold, fixed: Filter) -> Kit:
    """Carriers for one bound. Beyond it an event is bad; within it too, if no filter matches."""
    stream, keeps = threshold.histogram, threshold.good == "le"
    inside = [labels for choice in threshold.only or ((),) for labels in _members(stream, (*fixed, *choice))]
    outside = list(_members(stream, fixed, threshold.only)) if threshold.only else []
    good = [_observed(threshold, labels, keeps) for labels in inside]
    bad = [_observed(threshold, labels, not keeps) for labels in inside]
    bad += [_observed(threshold, labels, keeps) for labels in outside]
    excluded = [_observed(threshold, labels, not keeps) for labels in _excluded(stream, None, fixed)]
    return Kit(good, bad, excluded)


def _observed(threshold: Threshold, labels: Labels, below: bool) -> Carrier:
    """An observation at or below the bound, or above it."""
    metric = threshold.histogram.metric
    if threshold.native:
        return {_name(metric, labels): observation(threshold, below)}
    return {
        _name(f"{metric}_count", labels): 1,
        _name(f"{metric}_bucket", {**labels, "le": promql.number(threshold.bound)}): int(below),
        _name(f"{metric}_bucket", {**labels, "le": "+Inf"}): 1,
    }
