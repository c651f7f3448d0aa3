"""Series for which a condition in PromQL holds, because its expression returns something, and others for which it fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, product

from slocompiler.ir import Filter, Stream
from slocompiler.promql import tree
from slocompiler.targets.promtest import evaluate
from slocompiler.targets.promtest.labels import Impossible, Labels, Undecided, solve
from slocompiler.targets.promtest.verdict import Known, Sample, World

MOST, MOST_SERIES = 2000, 5
"""The most combinations of values that are tried, and the most series."""
NEAR = 0.05
"""The relative distance of values from a number in the expression."""


@lru_cache(maxsize=64)
def states(*texts: str, fixed: Filter = ()) -> tuple[World, World, tuple[World, ...]]:
    """A world for which a condition holds, one for which it does not, and others that differ little.

    All series exist in the first two, if that is possible, and have the labels `fixed`. The condition is `texts`, as `holds`
    takes them. Raises Impossible and Undecided.
    """
    kinds = evaluate.kinds(*texts)
    reason: Exception = Impossible("no series")
    for series in _series(evaluate.streams(*texts), fixed):
        try:
            found = _found(texts, series, [_values(texts, metric in kinds.counters) for metric, _ in series])
        except Impossible as impossible:
            reason = impossible
            continue
        return found
    raise reason


def holds(world: World, text: str, of: str = "") -> Known:
    """Whether an expression returns something; None, which is no data, if `of` is another one that returns nothing."""
    return None if of and not evaluate.value(of, world) else bool(evaluate.value(text, world))


def refuse_mixed(text: str, fixed: Filter, worlds: Sequence[World], beside: World) -> None:
    """Raise Undecided if results for the data of some values of labels do not have these, or depend on the data `beside`."""
    others = set(evaluate.value(text, beside))
    for world in worlds:
        own = set(evaluate.value(text, world))
        is_kept = all((m.label, m.value) in key for key in own for m in fixed)
        if not is_kept or set(evaluate.value(text, [*beside, *world])) != own | others:
            raise Undecided("its PromQL does not keep the values of `per` apart")


def _found(
    texts: Sequence[str], series: Sequence[tuple[str, Labels]], values: Sequence[Sequence[float]]
) -> tuple[World, World, tuple[World, ...]]:
    most = int(MOST ** (1 / len(series)))
    every = [_world(series, chosen) for chosen in product(*([*some[:most], None] for some in values))]
    every.sort(key=len, reverse=True)  # with all series first
    yes = next((world for world in every if holds(world, *texts)), None)
    no = next((world for world in every if holds(world, *texts) is False), None)
    if yes is None or no is None:
        returned = ("something" if yes is None else "nothing") + (" while there is data" if texts[1:] else "")
        raise Impossible(f"sloc found no series for which its PromQL returns {returned}")
    return yes, no, tuple(_changed(yes, series, values)) + tuple(_changed(no, series, values))


def _changed(world: World, series: Sequence[tuple[str, Labels]], values: Sequence[Sequence[float]]) -> Iterator[World]:
    """Worlds in which one series has another value, or is absent."""
    for (metric, labels), some in zip(series, values, strict=True):
        others = [one for one in world if (one.metric, one.labels) != (metric, labels)]
        yield from ([*others, Sample(metric, labels, value)] for value in some)
        yield others


def _world(series: Sequence[tuple[str, Labels]], values: Sequence[float | None]) -> World:
    pairs = zip(series, values, strict=True)
    return [Sample(metric, labels, value) for (metric, labels), value in pairs if value is not None]


def _series(streams: Sequence[Stream], fixed: Filter) -> Iterator[list[tuple[str, Labels]]]:
    """A series for each selector: with its own labels only, then with those of the others too, which operators match."""
    if not streams:
        raise Undecided("its PromQL reads no series")
    if len(streams) > MOST_SERIES:
        raise Undecided(f"its PromQL reads more than {MOST_SERIES} series")
    shared = {m.label: m for stream in streams for m in stream.all if m.op == "="}
    for more in ((), tuple(shared.values())):
        found = []
        for stream in streams:
            own = {m.label for m in stream.all}
            found.append((stream.metric, solve((*stream.all, *fixed, *(m for m in more if m.label not in own)))))
        yield list({(metric, *sorted(labels.items())): (metric, labels) for metric, labels in found}.values())


def _values(texts: Sequence[str], counts: bool) -> list[float]:
    """Values on both sides of each number in expressions."""
    nodes = chain.from_iterable(map(tree.nodes, texts))
    numbers = dict.fromkeys(node.number for node in nodes if node.kind == "number")
    found = [1.0, 0.0]
    for number in numbers:
        near = NEAR * abs(number) or 1.0
        found += [number + near, number - near, *([] if counts else [number]), -number - near, -number + near]
    return [value for value in dict.fromkeys(found) if value >= 0 or not counts]
