"""Events in counters: the sum of their rates."""

from __future__ import annotations

from slocompiler import promql
from slocompiler.ir import Events, Stream
from slocompiler.targets.prometheus.reading import Reading


def added(counters: Events, by: Reading) -> str:
    """The sum of the rates of counters; an absent counter counts as 0 if another one is present."""
    sums = [one(stream, by) for stream in counters]
    if len(sums) == 1:
        return sums[0]
    filled = [" or ".join([first, *(f"0 * {other}" for other in sums if other is not first)]) for first in sums]
    return " + ".join(f"({expr})" for expr in filled)


def one(counter: Stream, by: Reading) -> str:
    """The rate of one counter. The comparison drops NaN samples, which would make every sum NaN."""
    rate = by.read(counter)
    return by.total(f"{rate if promql.is_simple(counter) else f'({rate})'} >= 0")
