"""Gauges for conditions of slices, on both sides of each bound, and for shares: their extremes, mean and sum differ.

Which of them make a slice good is no matter here: `verdict.py` says it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain, islice, product
from math import nan
from typing import NamedTuple

from slocompiler import promql
from slocompiler.ir import TIMES, Filter, Gauge, Matcher, Share, Slices
from slocompiler.targets.promtest.labels import Impossible, Labels, Undecided, solve
from slocompiler.targets.promtest.verdict import Sample, World, fixes, holds, selects, verdict

NEAR = 0.05
"""The relative distance of values from a bound."""
MOST_SERIES, MOST_WORLDS = 20, 1000
"""The most series of a condition, and the most combinations of values of several conditions that are tried."""
UNIT = 4
"""The divisor of quotients: a power of two, by which a division is exact."""

Values = tuple[float | None, ...]
"""A value for each series; None for one that is absent."""
PARTS: tuple[Values, ...] = (
    (1, 1), (0, 0), (0.25, 1), (-1, 0.5), (2, 0.5), (nan, 0.5), (nan, nan), (0.25, None), (None, nan)
)  # fmt: skip  # one line
"""Shares for which a slice is good, bad or both in part, or has no data. Their means are exact."""


class Member(NamedTuple):
    """A series of a condition, with the one by which it is divided."""

    labels: Labels
    divisor: Labels | None


def worlds(slices: Slices, fixed: Filter) -> tuple[World, list[World]]:
    """A world in which every condition holds, and for each condition others that differ in it alone.

    `fixed` are the values of the `per` labels. Raises Impossible and Undecided if no good one is found.
    """
    if isinstance(slices.good_when, Share):  # its series are those of a condition
        read = Gauge(fold="avg", stream=slices.good_when.stream, cmp="==", value=Decimal(1))
        every = list(_of(read, fixed, _free(slices, fixed), PARTS))
        return next(world for world in every if verdict(slices, world)), every
    gauges = sorted(slices.gauges, key=lambda gauge: gauge.fold != "count")
    _refuse_two_meanings(gauges)
    found = [list(_of(gauge, fixed, _free(slices, fixed), _values(gauge))) for gauge in gauges]
    likely = ([world for world in own if holds(gauge, world)] for gauge, own in zip(gauges, found, strict=True))
    together = (_merged(*chosen) for chosen in islice(product(*likely), MOST_WORLDS))
    good = next((world for world in together if verdict(slices, world)), None)
    if good is None:
        raise Impossible("sloc found no values for which its condition holds")
    changed = ((gauge, world) for gauge, own in zip(gauges, found, strict=True) for world in own)
    return good, [_merged(without(gauge, good), _counted(gauge, world, good)) for gauge, world in changed]


def _counted(gauge: Gauge, world: World, good: World) -> World:
    """The series whose number matters, with a value that is good for what else reads them."""
    usual = {one.metric: one.value for one in good if selects(gauge.stream, one)}
    return [one._replace(value=usual.get(one.metric, one.value)) for one in world] if gauge.fold == "count" else world


def without(gauge: Gauge, world: World) -> World:
    """A world without the series of one condition."""
    return [one for one in world if not any(selects(stream, one) for stream in gauge.streams)]


def _refuse_two_meanings(gauges: Sequence[Gauge]) -> None:
    """Raise Undecided if a metric would have to be two things at once, such as a moment and a number."""
    kinds: dict[str, tuple[bool, bool]] = {}
    for gauge in (one for one in gauges if one.fold != "count"):
        kind = gauge.fold in TIMES, gauge.rate
        if any(kinds.setdefault(stream.metric, kind) != kind for stream in gauge.streams):
            raise Undecided("its conditions read a metric in two ways")


def _merged(*parts: World) -> World:
    """The series of all worlds; of equal ones the last."""
    return list({(one.metric, *sorted(one.labels.items())): one for one in chain.from_iterable(parts)}.values())


# Series


def _free(slices: Slices, fixed: Filter) -> str:
    """A label on which nothing depends, to tell series apart."""
    used = {m.label for stream in slices.streams for m in chain(stream.all, *stream.any, *stream.none)}
    used |= {m.label for m in fixed}
    return next(name for name in ("replica", *(f"replica_{n}" for n in range(len(used) + 1))) if name not in used)


def _members(gauge: Gauge, fixed: Filter, free: str, number: int) -> list[Member]:
    """Series of a condition: at least `number`, and one for each choice of its filters."""
    stream, found, reason = gauge.stream, list[Member](), Impossible("")
    for choice in stream.any or ((),):
        try:
            labels = solve((*stream.all, *choice, *fixed), stream.none)
        except Impossible as impossible:
            reason = impossible
            continue
        found.append(Member(labels, _divisor(gauge, labels)))
    if not found:
        raise reason
    rounds = range(1, -(-number // len(found)) + 1)
    return [
        Member(_tagged(one.labels, free, n), None if one.divisor is None else _tagged(one.divisor, free, n))
        for n in rounds
        for one in found
    ]


def _tagged(labels: Labels, free: str, number: int) -> Labels:
    return {**labels, free: str(number)}


def _divisor(gauge: Gauge, labels: Labels) -> Labels | None:
    """The labels of the series by which one with these labels is divided: those that no selector fixes are equal."""
    if gauge.divisor is None:
        return None
    fixed = {label for stream in gauge.streams for label in fixes(stream)}
    same = tuple(Matcher(label, "=", value) for label, value in labels.items() if label not in fixed)
    return solve((*gauge.divisor.all, *same), gauge.divisor.none)


def _ignored(gauge: Gauge, fixed: Filter, sign: int) -> Iterator[Sample]:
    """Series that the condition does not read, with values that would decide: an exclusion or a matcher removes each."""
    stream, far = gauge.stream, 10 * (abs(float(gauge.value)) + 1)
    others = [(*stream.all, *removed) for removed in stream.none]
    others += [(*stream.all[:n], promql.opposite(m), *stream.all[n + 1 :]) for n, m in enumerate(stream.all)]
    for wanted in others:
        try:
            labels = solve((*wanted, *fixed))
        except Impossible:
            continue
        yield Sample(stream.metric, labels, sign * far)


# Values


def _of(gauge: Gauge, fixed: Filter, free: str, every: Iterable[Values]) -> Iterator[World]:
    """Worlds with the series of one condition, which have these values."""
    values = list(every)
    members = _members(gauge, fixed, free, max(map(len, values)))
    for number, chosen in enumerate(values):
        present = [(member, value) for member, value in zip(members, chosen, strict=False) if value is not None]
        own = [
            Sample(gauge.stream.metric, one.labels, value * (UNIT if gauge.divisor else 1)) for one, value in present
        ]
        yield [
            *_ignored(gauge, fixed, -1 if number % 2 and not gauge.rate else 1),
            *own,
            *_divisors(gauge, present, UNIT),
        ]
        if gauge.divisor and number in (0, len(values) - 1):
            yield [*own, *_divisors(gauge, present, 0)]
            yield [*own, *_divisors(gauge, present[:1], 0), *_divisors(gauge, present[1:], UNIT)]


def _divisors(gauge: Gauge, present: Sequence[tuple[Member, float]], value: float) -> Iterator[Sample]:
    for member, _ in present:
        if gauge.divisor and member.divisor is not None:
            yield Sample(gauge.divisor.metric, member.divisor, value)


def _counts(gauge: Gauge) -> Iterator[Values]:
    """Numbers of series on both sides of the bound."""
    least = int(gauge.value)
    numbers = [number for number in range(least - 1, least + 3) if 0 < number <= MOST_SERIES]
    if not numbers:
        raise Impossible(f"sloc makes at most {MOST_SERIES} series of a metric")
    for number in numbers:
        yield (0,) * number


def _values(gauge: Gauge) -> Iterator[Values]:
    """Values of two series, and of one, whose aggregation is just below the bound, at it and just above it."""
    if gauge.fold == "count":
        yield from _counts(gauge)
        return
    bound = float(gauge.value)
    near = NEAR * abs(bound) or 1
    exact = [] if gauge.rate and bound else [bound]  # a rate is an estimate
    for target in (bound - near, *exact, bound + near):
        pairs = list(_pairs(gauge, target))
        yield from (pair for pair in pairs if not gauge.rate or min(pair) >= 0)
        if target >= 0 or not gauge.rate:
            yield (-target if gauge.fold == "age" else target), None
    if gauge.fold == "each":
        yield bound - near, bound + near
    if not gauge.rate and gauge.cmp != "!=":
        yield nan, nan
    yield bound + near, bound + near


def _pairs(gauge: Gauge, target: float) -> Iterator[tuple[float, float]]:
    """Values of two series with an aggregation."""
    apart = abs(target) or 1
    if gauge.fold == "age":
        yield -target, -target - apart
        yield -target - apart, -target
    elif gauge.fold in ("max", "min", "until"):
        other = target - apart if gauge.fold == "max" else target + apart
        yield target, other
        yield other, target
    elif gauge.fold == "avg":
        yield target - apart, target + apart
    elif gauge.fold == "sum":
        yield (target / 4, 3 * target / 4) if gauge.rate else (-apart, target + apart)
    else:
        yield target, target
