"""Journeys: users go through the steps one after the other, and each step records who reaches it and who fails there.

A user who fails goes no further. Of alternatives, the next one is tried by those who failed at the one before. Users are
counted at each step; no formula of the rules is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import accumulate, groupby
from math import isnan, nan

from slocompiler import promql
from slocompiler.ir import Matcher, Through
from slocompiler.targets.promtest.labels import Labels

GOOD = "good"
"""What counts the journeys that succeed; those that fail are counted by the number of their step, from 0."""
RATE = 300
"""The seconds of events in a recorded rate."""
Recorded = tuple[float, float]
"""Events and bad events."""


class Funnel:
    """A journey, and the labels of its deployment."""

    def __init__(self, through: Through, deployment: Labels) -> None:
        self._through, self._deployment = through, deployment

    def ways(self) -> list[str]:
        """The steps at which a journey can fail so that the attempts still count: not before the one that counts them."""
        steps = [[one.id for one in step.any] for step in self._through.steps]
        first = next((number for number, ids in enumerate(steps) if self._through.by in ids), 0)
        return [str(number) for number in range(first, len(steps))]

    def recorded(
        self, lengths: Sequence[int], counts: Mapping[str, Sequence[int]], samples: int, interval: int
    ) -> dict[str, str]:
        """What the steps record, in promtool's notation.

        `lengths` are the ticks of each phase, and `counts` its journeys between two samples, by how they end. A tick has
        `samples`, which are `interval` seconds apart.
        """
        phases = [self._passed({how: of[number] for how, of in counts.items()}) for number in range(len(lengths))]
        per_sample = [phase for phase, ticks in zip(phases, lengths, strict=True) for _ in range(ticks * samples)]
        lately = max(1, round(RATE / interval))
        ends = {ticks * samples - 1 for ticks in accumulate(lengths[:-1])}
        passed, found = self._through.passed, {}
        sliced = {one.id for one in passed if one.slices}
        for id in dict.fromkeys((*(one.id for one in passed), self._through.by)):
            own = [phase[id] for phase in per_sample]
            judged = _slices(own, ends) if id in sliced else _rates(own, lately, interval)
            for name, values in zip(("events", "errors"), zip((0.0, 0.0), *judged, strict=True), strict=True):
                found[self._name(f"slo:{name}:rate5m", id)] = _written(values)
        return found

    def _name(self, metric: str, id: str) -> str:
        labels = {"slo": id, "service": id.partition("/")[0], **self._deployment}
        return promql.selector(metric, tuple(Matcher(label, "=", text) for label, text in labels.items()))

    def _passed(self, ends: Mapping[str, int]) -> dict[str, Recorded]:
        """The events and the bad events of each SLO. `ends` are the counted attempts, by how they end."""
        wanted = reach = float(sum(ends.values()))
        found: dict[str, Recorded] = {}
        for number, step in enumerate(self._through.steps):
            lost = float(ends.get(str(number), 0))
            each = 1 - (1 - lost / reach) ** (1 / step.times) if reach else 0.0  # who fails, of those who take it once
            tried = sum(reach * (1 - each) ** time for time in range(step.times))
            share = each ** (1 / len(step.any))  # who fails at an alternative, of those who try it
            for one in step.any:
                found[one.id] = tried, tried * share
                tried *= share
            reach -= lost
        counted = found.setdefault(self._through.by, (wanted, 0.0))[0]
        scale = wanted / counted if counted else 0.0
        return {id: (events * scale, bad * scale) for id, (events, bad) in found.items()}


def _slices(counts: Sequence[Recorded], ends: Set[int]) -> Iterator[Recorded]:
    """A slice of time counts as one event, which is bad to the extent that its events are.

    It is absent at the end of a phase: in Prometheus 2, a range that begins there has that sample, too.
    """
    for number, (events, bad) in enumerate(counts):
        yield (nan, nan) if number in ends else (1.0, bad / events if events else 0.0)


def _rates(counts: Sequence[Recorded], lately: int, interval: int) -> Iterator[Recorded]:
    """The events per second of the last samples; there were none before the first."""
    for number in range(len(counts)):
        window = counts[max(0, number + 1 - lately) : number + 1]
        yield sum(of[0] for of in window) / (lately * interval), sum(of[1] for of in window) / (lately * interval)


def _written(values: Sequence[float]) -> str:
    texts = ("_" if isnan(one) else f"{one:.12g}" for one in values)
    return " ".join(f"{value}x{len([*same]) - (value != '_')}" for value, same in groupby(texts))
