"""A scenario: phases of traffic as input series, and the checks with their times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from slocompiler.targets.promtest.kit import Carrier, Kit, Step
from slocompiler.targets.promtest.oracle import History

MANY = 1_000_000
"""Events between two samples: enough for exact ratios, and for every line that needs a number of bad events."""
DENSE = 12
"""Up to this many samples between two ticks are all given; of more only the last three, the only ones a 5m rate reads."""

SPARSE = 270
"""The most seconds between two samples: five minutes contain two."""


class Phase(NamedTuple):
    """Traffic for some ticks; the counts are per interval between two samples."""

    ticks: int
    good: int = 0
    bad: int = 0
    excluded: int = 0


def share(ticks: int, ratio: float, many: int = MANY) -> Phase:
    """Much traffic of which this share is bad."""
    bad = round(ratio * many)
    return Phase(ticks, many - bad, bad)


class Clock(NamedTuple):
    """Seconds between two evaluations, and the number of samples scraped in them."""

    step: int
    samples: int

    @property
    def interval(self) -> int:
        """Seconds between two samples."""
        return self.step // self.samples

    def seconds(self, tick: int) -> int:
        """The time of a tick, in seconds."""
        return tick * self.step

    def history(self, phases: Iterable[Phase]) -> History:
        """The phases as the oracle counts them; before the first tick there are no events."""
        counts = [(p.good * self.samples, p.bad * self.samples) for p in phases for _ in range(p.ticks)]
        return History(self.step, (0, *(good for good, _ in counts)), (0, *(bad for _, bad in counts)), self.interval)


def clock(step: float, finest: int = 300) -> Clock:
    """The clock whose ticks are nearest to `step` seconds apart; `finest` seconds before a tick contain two samples."""
    whole = max(round(step), 5)
    least = -(-whole // min(90 if whole < 90 * DENSE else SPARSE, finest * SPARSE // 300))
    samples = next((n for n in range(least, 2 * least + 1) if whole % n == 0), 0)
    return Clock(whole, samples) if samples else Clock(whole // least * least, least)


COARSE = clock(300)
"""Five minutes between evaluations: a rate covers everything since the last one."""


class Check(NamedTuple):
    """An expression, the tick of its evaluation, the number that it must return, and what a different one means."""

    expr: str
    tick: int
    value: int
    otherwise: str


class Case(NamedTuple):
    """One named test: input series, and the checks of the rules over them."""

    name: str
    clock: Clock
    series: dict[str, str]
    checks: list[Check]
    given: tuple[str, ...] = ()
    """The names of recorded series that the SLO has from the input series instead of its rules."""


Traffic = Sequence[tuple[Kit, Sequence[Phase]]]
"""Kits whose events happen at the same time; each has phases of its own, of the same lengths."""


def series(traffic: Traffic, clock: Clock, *, idle: bool = False) -> dict[str, str]:
    """Each counter in promtool's notation; counters that never increase only if `idle`."""
    lengths = [phase.ticks for phase in traffic[0][1]]
    moves: dict[str, list[Step]] = {}
    for kit, phases in traffic:
        for kind, carriers in (("good", kit.good), ("bad", kit.bad), ("excluded", kit.excluded)):
            counts: list[int] = [getattr(phase, kind) for phase in phases]
            if any(counts) or idle:
                _move(moves, carriers, counts)
    if funnel := traffic[0][0].journey:
        return funnel.recorded(lengths, moves, clock.samples, clock.interval)
    write = recorded if traffic[0][0].recorded else counter
    return {name: write(list(zip(lengths, rates, strict=True)), clock) for name, rates in moves.items()}


def _move(moves: dict[str, list[Step]], carriers: Sequence[Carrier], counts: Sequence[int]) -> None:
    """Spread events over their carriers and the series of each."""
    for place, carrier in enumerate(carriers):
        parts = [count // len(carriers) + (place < count % len(carriers)) for count in counts]
        for name, weight in carrier.items():
            before = moves.get(name, [weight * 0] * len(counts))
            moves[name] = [old + weight * part for old, part in zip(before, parts, strict=True)]


def counter(rates: Sequence[tuple[int, Step]], clock: Clock) -> str:
    """A counter that starts at 0; `rates` are pairs of ticks and the increase between two samples."""
    value = rates[0][1] * 0
    parts = [f"{value}"]
    for ticks, rate in rates:
        if clock.samples <= DENSE:
            parts.append(f"{value + rate}+{rate}x{ticks * clock.samples - 1}")
        else:
            gap = clock.samples - 3
            starts = (value + (tick * clock.samples + gap + 1) * rate for tick in range(ticks))
            parts += [f"_x{gap} {start}+{rate}x2" for start in starts]
        value += ticks * clock.samples * rate
    return " ".join(parts)


def recorded(counts: Sequence[tuple[int, Step]], clock: Clock) -> str:
    """What is recorded at each sample; nothing before the first."""
    return " ".join(["_", *(f"{count}x{ticks * clock.samples - 1}" for ticks, count in counts)])


def constant(value: int, ticks: int, clock: Clock) -> str:
    """A gauge that keeps its value."""
    return f"{value}x{ticks * clock.samples}"
