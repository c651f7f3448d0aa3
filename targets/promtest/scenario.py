"""A scenario: phases of traffic as input series, and what is asked of it when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from slocompiler.targets.promtest.events import Carrier, Kit
from slocompiler.targets.promtest.oracle import History

MANY = 1_000_000
"""Events between two samples: so many that any ratio is told exactly, and any line has the bad events it needs."""
DENSE = 12
"""Samples between two ticks, at most, that are all given; of more only the last three: a rate over 5m reads no others."""

SPARSE = 270
"""Seconds between two samples, at most: two are in five minutes."""


class Phase(NamedTuple):
    """So many ticks of traffic; counts are of the time between two samples."""

    ticks: int
    good: int = 0
    bad: int = 0
    excluded: int = 0


def share(ticks: int, ratio: float, many: int = MANY) -> Phase:
    """Plenty of traffic of which this share is bad."""
    bad = round(ratio * many)
    return Phase(ticks, many - bad, bad)


class Clock(NamedTuple):
    """Seconds between two evaluations, and how many samples are scraped in them."""

    step: int
    samples: int

    @property
    def interval(self) -> int:
        """Seconds between two samples."""
        return self.step // self.samples

    def seconds(self, tick: int) -> int:
        """When a tick is."""
        return tick * self.step

    def history(self, phases: Iterable[Phase]) -> History:
        """What the phases are to the oracle; at the first tick nothing has happened yet."""
        counts = [(p.good * self.samples, p.bad * self.samples) for p in phases for _ in range(p.ticks)]
        return History(self.step, (0, *(good for good, _ in counts)), (0, *(bad for _, bad in counts)), self.interval)


def clock(step: float) -> Clock:
    """The clock whose ticks are nearest to `step` seconds; a rate over five minutes sees two samples at least."""
    whole = max(round(step), 5)
    least = -(-whole // (90 if whole < 90 * DENSE else SPARSE))
    samples = next((n for n in range(least, 2 * least + 1) if whole % n == 0), 0)
    return Clock(whole, samples) if samples else Clock(whole // least * least, least)


class Check(NamedTuple):
    """An expression, at which tick it is asked, which number it returns, and what it means if it does not."""

    expr: str
    tick: int
    value: int
    otherwise: str


class Case(NamedTuple):
    """One named test: series and what is asked of the rules over them."""

    name: str
    clock: Clock
    series: dict[str, str]
    checks: list[Check]


Traffic = Sequence[tuple[Kit, Sequence[Phase]]]
"""Kits of events that move at the same time, each in phases of its own that last equally long."""


def series(traffic: Traffic, clock: Clock, *, idle: bool = False) -> dict[str, str]:
    """Each counter in promtool's notation; those of events that never come are there only if `idle` says so."""
    lengths = [phase.ticks for phase in traffic[0][1]]
    moves: dict[str, list[int]] = {}
    for kit, phases in traffic:
        for kind, carriers in (("good", kit.good), ("bad", kit.bad), ("excluded", kit.excluded)):
            counts: list[int] = [getattr(phase, kind) for phase in phases]
            if any(counts) or idle:
                _move(moves, carriers, counts)
    return {name: counter(list(zip(lengths, rates, strict=True)), clock) for name, rates in moves.items()}


def _move(moves: dict[str, list[int]], carriers: Sequence[Carrier], counts: Sequence[int]) -> None:
    """Spread events over their carriers, and over the series that each is seen in."""
    for place, carrier in enumerate(carriers):
        parts = [count // len(carriers) + (place < count % len(carriers)) for count in counts]
        for name, weight in carrier.items():
            before = moves.get(name, [0] * len(counts))
            moves[name] = [old + weight * part for old, part in zip(before, parts, strict=True)]


def counter(rates: Sequence[tuple[int, int]], clock: Clock) -> str:
    """A counter that begins at 0 and grows, so many ticks each, by so much between two samples."""
    parts, value = ["0"], 0
    for ticks, rate in rates:
        if clock.samples <= DENSE:
            parts.append(f"{value + rate}+{rate}x{ticks * clock.samples - 1}")
        else:
            gap = clock.samples - 3
            starts = (value + (tick * clock.samples + gap + 1) * rate for tick in range(ticks))
            parts += [f"_x{gap} {start}+{rate}x2" for start in starts]
        value += ticks * clock.samples * rate
    return " ".join(parts)


def constant(value: int, ticks: int, clock: Clock) -> str:
    """A gauge."""
    return f"{value}x{ticks * clock.samples}"
