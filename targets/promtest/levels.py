"""Writes gauges, moments and counters whose values, ages or rates stay the same for some samples, in promtool's notation."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import isnan
from typing import NamedTuple

from slocompiler.targets.promtest import streams
from slocompiler.targets.promtest.kinds import Kinds
from slocompiler.targets.promtest.verdict import Sample, World

FULL = 10**6
"""The value at which a counter starts: `rate` does not extrapolate one to below zero."""


class Stage(NamedTuple):
    """The series of some samples."""

    world: World
    samples: int
    lost: bool = False
    """Whether the last scrape fails. A moment is then as far away as it should be at that scrape."""


def written(kinds: Kinds, stages: Sequence[Stage], interval: int) -> dict[str, str]:
    """Each series; samples are `interval` seconds apart, and there is none at the start."""
    metrics = {name(one): one.metric for stage in stages for one in stage.world}
    values = [{name(one): one.value for one in stage.world} for stage in stages]
    found = {}
    for series, metric in metrics.items():
        own = [of.get(series) for of in values]
        slope = interval if metric in kinds.moments else 0
        found[series] = _series(own, stages, interval, slope, metric in kinds.counters)
    return found


def names(world: World) -> set[str]:
    """The series of a world."""
    return set(map(name, world))


def name(of: Sample) -> str:
    """The series of a sample."""
    return streams.named(of.metric, of.labels)


def _series(values: Sequence[float | None], stages: Sequence[Stage], interval: int, slope: float, counts: bool) -> str:
    """One series. Its values grow by `slope` from sample to sample, or are the rates of a counter."""
    total, begin, before = float(FULL), 0, False
    parts = [number(total) if counts and values[0] is not None else "_"]
    for value, stage in zip(values, stages, strict=True):
        if value is None:
            parts += ["stale" if before else "_", *([f"_x{stage.samples - 1}"] if stage.samples > 1 else [])]
        else:
            each = value * interval if counts else 0 if stage.lost else slope
            first = total + each if counts else (begin + (stage.samples if stage.lost else 1)) * slope + value
            alive = stage.samples - stage.lost
            parts += [_run(first, each, alive)] if alive else []
            parts += ["stale"] if stage.lost else []
            total += each * stage.samples if counts else 0
        before = value is not None and not stage.lost
        begin += stage.samples
    return " ".join(parts)


def _run(first: float, each: float, samples: int) -> str:
    """As many `samples` as asked, from the value `first` on."""
    if isnan(first):
        return " ".join(["NaN"] * samples)
    return f"{number(first)}{f'+{number(each)}' if each else ''}x{samples - 1}"


def number(value: float) -> str:
    """A number without an exponent."""
    return f"{Decimal(repr(value)):f}"
