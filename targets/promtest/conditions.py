"""What slices are good when, or in part: gauges, shares or PromQL, with data for good slices and for bad ones."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

from slocompiler.ir import Filter, RawCondition, Slices, Stream
from slocompiler.promql import duration
from slocompiler.targets.promtest import evaluate, gauges, states, verdict
from slocompiler.targets.promtest.kinds import Kinds, of_gauges
from slocompiler.targets.promtest.labels import Impossible
from slocompiler.targets.promtest.levels import names
from slocompiler.targets.promtest.verdict import Count, Known, World


def promql(slices: Slices) -> tuple[str, ...]:
    """The condition in PromQL, and then what says that there are data, if anything does; empty if it is in no PromQL."""
    of = slices.good_when
    return tuple(filter(None, (of.expr, of.of))) if isinstance(of, RawCondition) else ()


def kinds(slices: Slices) -> Kinds:
    """What the metrics are that a condition reads."""
    return evaluate.kinds(*promql(slices)) if promql(slices) else of_gauges(slices.gauges)


def streams(slices: Slices) -> Sequence[Stream]:
    """What a condition reads, each once."""
    return evaluate.streams(*promql(slices)) or slices.streams


def reads(slices: Slices, scrape: int) -> int:
    """How far back the verdict of a slice reads, in seconds; 0 for the newest values alone."""
    ranges = evaluate.longest(*promql(slices))
    rates = slices.seconds + scrape if any(gauge.rate for gauge in slices.gauges) else 0
    return max(rates, ranges + scrape if ranges else 0) + (slices.seconds if slices.at_least is not None else 0)


def worlds(slices: Slices, fixed: Filter) -> tuple[World, Sequence[World]]:
    """Data of a good slice, and others. `fixed` are the values of the `per` labels. Raises Impossible and Undecided."""
    if not promql(slices):
        return gauges.worlds(slices, fixed)
    good, bad, others = states.states(*promql(slices), fixed=fixed)
    return good, (bad, *others)


def refuse_mixed(slices: Slices, fixed: Filter, other: Filter) -> None:
    """Raise Undecided if PromQL does not judge some values of the `per` labels alone, beside other values."""
    for text in promql(slices):
        good, others = worlds(slices, fixed)
        states.refuse_mixed(text, fixed, [good, *others], worlds(slices, other)[0])


def opposites(slices: Slices, fixed: Filter) -> tuple[World, World]:
    """Data of a good slice and of a bad one, in which as many events are bad, because the condition does not hold.

    They are of the same series if there are such. Raises Impossible and Undecided.
    """
    good, others = worlds(slices, fixed)
    every = [world for world in others if _are_opposite(slices, good, world)]
    if not every:
        raise Impossible("sloc found no values for which a slice is bad")
    return good, next((world for world in every if names(world) == names(good)), every[0])


def _are_opposite(slices: Slices, good: World, bad: World) -> bool:
    found, failed = judged(slices, good), judged(slices, bad)
    is_failed = slices.each or holds(slices, bad) is False
    return found is not None and is_failed and failed == Count(found.events, found.events)


def lacking(slices: Slices, good: World) -> list[World]:
    """Data without the series of one condition."""
    return [gauges.without(gauge, good) for gauge in slices.gauges] or [[]]


def holds(slices: Slices, world: World) -> Known:
    """Whether the condition holds, or no part of the slice is bad; None without data."""
    return states.holds(world, *promql(slices)) if promql(slices) else verdict.verdict(slices, world)


def judged(slices: Slices, world: World) -> Count | None:
    """How a slice counts in which the data stay the same; None if it does not."""
    return verdict.counted(holds(slices, world), slices.missing) if promql(slices) else verdict.judged(slices, world)


def worded(slices: Slices, world: World) -> str:
    """The values that a condition reads, in words."""
    found: dict[str, list[str]] = {}
    moments = kinds(slices).moments
    for stream in streams(slices):
        values = [_value(one.value, one.metric in moments) for one in world if verdict.selects(stream, one)]
        found.setdefault(stream.metric, []).extend(values)
    parts = [f"{metric} at {' and '.join(values)}" if values else f"no {metric}" for metric, values in found.items()]
    return f"with {', '.join(parts)}"


def _value(value: float, is_moment: bool) -> str:
    if not is_moment or isnan(value):
        return f"{value:.6g}"
    return f"{duration(round(abs(value)))} {'ago' if value < 0 else 'ahead'}"
