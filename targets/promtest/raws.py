"""Events in PromQL: which counters a good, a bad and an excluded event increase, found by evaluating the expressions.

A series is made for each set of selectors that can have one in common. An event increases up to three of them. In the end,
mixtures of events are counted: if the expressions return anything else, nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import isfinite

from slocompiler.ir import Filter, Raw, Stream
from slocompiler.promql import tree
from slocompiler.promql.strings import windowed
from slocompiler.targets.promtest import evaluate
from slocompiler.targets.promtest.kit import Carrier, Kit
from slocompiler.targets.promtest.labels import Impossible, Undecided, solve
from slocompiler.targets.promtest.streams import named
from slocompiler.targets.promtest.verdict import Sample

MOST_SELECTORS, MOST_SERIES, MOST_CARRIERS = 3, 10, 4
"""The most selectors of a metric, series, and kinds of good, bad or excluded events."""
TOGETHER = 3
"""The most series that an event increases."""
WEIGHTS = (1, 2, 3, 4, 5, 10, 100)
"""By how much an event can increase a series: by 2 if an expression takes half of what two replicas count."""
EXACT = 1e-9
"""The relative difference below which two numbers count as equal."""
OTHERS = ("irate", *evaluate.SAME)
"""Functions of a range that do not count its events."""
MARK = "1234s"
"""A duration that nobody writes."""
Counts = tuple[float, float]
"""Events a second, and those of the part that is good or bad."""


def kit(raw: Raw, fixed: Filter) -> Kit:
    """The carriers of events with these values of the `per` labels. Raises Impossible and Undecided."""
    for text in (raw.total, raw.part):
        _refuse(text)
    series = list(_series(dict.fromkeys((*evaluate.streams(raw.total), *evaluate.streams(raw.part))), fixed))
    if len(series) > MOST_SERIES:
        raise Undecided(f"its PromQL reads more than {MOST_SERIES} series")
    kinds: dict[str, list[Carrier]] = {"good": [], "bad": [], "excluded": []}
    for kind, carrier in _events(raw, series, fixed):
        if len(kinds[kind]) < MOST_CARRIERS:
            kinds[kind].append(carrier)
    for idle in (False, True):
        good, bad, excluded = (_filled(carriers, series if idle else ()) for carriers in kinds.values())
        found = Kit(good, bad, excluded)
        if not found.lacking() and _counts_right(raw, series, found, fixed):
            return found
    raise Undecided(
        "its PromQL does not count single events" if not found.lacking() else f"no event is {found.lacking()}"
    )


def _refuse(text: str) -> None:
    """Raise Undecided if an expression reads anything but rates of counters over the window."""
    other = next((n.name for n in tree.nodes(text) if n.kind == "call" and n.name in OTHERS), "")
    if other:
        raise Undecided(f"sloc generates no events for `{other}` in PromQL")
    if (kinds := evaluate.kinds(text)).moments or {one.metric for one in evaluate.streams(text)} - kinds.counters:
        raise Undecided("its PromQL reads gauges")
    if windowed(text, MARK).count(MARK) != sum(node.kind == "range" for node in tree.nodes(text)):
        raise Undecided("its PromQL reads a window of its own")


def _series(streams: Sequence[Stream] | dict[Stream, None], fixed: Filter) -> Iterator[Sample]:
    """A series for each set of selectors of a metric that has one, and one that no selector matches."""
    for metric in dict.fromkeys(stream.metric for stream in streams):
        own = [stream.all for stream in streams if stream.metric == metric]
        if len(own) > MOST_SELECTORS:
            raise Undecided(f"its PromQL has more than {MOST_SELECTORS} selectors of a metric")
        for number in range(len(own) + 1):
            for chosen in combinations(own, number):
                wanted = tuple(matcher for filter_ in chosen for matcher in filter_)
                try:
                    labels = solve((*wanted, *fixed), [filter_ for filter_ in own if filter_ not in chosen])
                except Impossible:
                    continue
                yield Sample(metric, labels, 0)


def _events(raw: Raw, series: Sequence[Sample], fixed: Filter) -> Iterator[tuple[str, Carrier]]:
    """The smallest sets of series that one event increases, with its kind."""
    alone = [_counted(raw, [one._replace(value=float(one is other)) for one in series], fixed) for other in series]
    found: list[tuple[str, set[int]]] = []
    for number in range(1, TOGETHER + 1):
        for chosen in combinations(range(len(series)), number):
            counts = sum(alone[n][0] for n in chosen), sum(alone[n][1] for n in chosen)
            weight = next((weight for weight in WEIGHTS if _kind(raw, counts, weight)), 1)
            kind = _kind(raw, counts, weight)
            if kind and not any(smaller.issubset(chosen) for of, smaller in found if of in (kind, "excluded")):
                found.append((kind, set(chosen)))
                yield kind, {named(series[n].metric, series[n].labels): weight for n in chosen}


def _kind(raw: Raw, counts: Counts, weight: int) -> str:
    """The kind of an event; "" if these counts are not those of one."""
    total, part = (round(one * weight, 9) for one in counts)
    if (total, part) == (0, 0):
        return "excluded"
    return (
        "" if (total, part) not in ((1, 0), (1, 1)) else raw.side if part else "bad" if raw.side == "good" else "good"
    )


def _filled(carriers: Sequence[Carrier], series: Sequence[Sample]) -> list[Carrier]:
    """Events beside which other series exist, without an increase."""
    return [{named(one.metric, one.labels): 0 for one in series} | carrier for carrier in carriers]


# Counting


def _counted(raw: Raw, world: Sequence[Sample], fixed: Filter, least: float = -float("inf")) -> Counts:
    """What the expressions return for some values of the `per` labels, from values that are at least so great."""
    found = []
    for text in (raw.total, raw.part):
        own = [value for key, value in evaluate.value(text, world).items() if _is_of(dict(key), fixed)]
        found.append(sum(value for value in own if isfinite(value) and value >= least))
    return found[0], found[1]


def _is_of(labels: dict[str, str], fixed: Filter) -> bool:
    return all(labels.get(m.label, "") == m.value for m in fixed)


def _counts_right(raw: Raw, series: Sequence[Sample], of: Kit, fixed: Filter) -> bool:
    """Whether mixtures of events are counted as what they are, whether series exist that do not increase or not."""
    every = [(1, 1, 0), (1, 1, 1), (10**6, 1, 0), (1, 10**6, 0), (7, 3, 50), (1, 0, 0), (0, 1, 0), (1, 0, 9), (0, 0, 1)]
    one_way = [of._replace(good=[], bad=[way], excluded=[]) for way in of.bad]
    return all(_is_right(raw, series, kit_, counts, fixed, idle)
               for kit_ in (of, *one_way) for counts in every for idle in (False, True))  # fmt: skip  # one expression


def _is_right(
    raw: Raw, series: Sequence[Sample], of: Kit, counts: tuple[int, int, int], fixed: Filter, idle: bool
) -> bool:
    """Whether these `counts` of good, bad and excluded events are counted as such. All series of the kit exist if they are `idle`."""
    rates: dict[str, float] = {}
    expected = [0.0, 0.0]
    for place, (carriers, count) in enumerate(zip((of.good, of.bad, of.excluded), counts, strict=True)):
        for carrier in carriers if count or idle else ():
            for name, weight in carrier.items():
                rates[name] = rates.get(name, 0) + weight * count
            if place < 2:
                expected[place] += count
    world = [one._replace(value=rates[name]) for one in series if (name := named(one.metric, one.labels)) in rates]
    total, part = _counted(raw, world, fixed, least=0)
    bad = part if raw.side == "bad" else max(total - part, 0)
    return all(abs(one - other) <= EXACT * max(1, *expected)
               for one, other in zip((total - bad, bad), expected, strict=True))  # fmt: skip  # one expression
