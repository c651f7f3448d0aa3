"""Events in counters: their rate, added up and filtered."""

from __future__ import annotations

from slocompiler import promql
from slocompiler.ir import Events, Slo, Stream
from slocompiler.targets.prometheus.series import total


def added(slo: Slo, counters: Events, window: str, function: str) -> str:
    """The sum of the counters' rates; one that is absent counts as nothing beside the others."""
    sums = [_rate(slo, stream, window, function) for stream in counters]
    if len(sums) == 1:
        return sums[0]
    filled = [" or ".join([one, *(f"0 * {other}" for other in sums if other is not one)]) for one in sums]
    return " + ".join(f"({expr})" for expr in filled)


def _rate(slo: Slo, stream: Stream, window: str, function: str) -> str:
    """The comparison drops NaN samples: one would spoil every sum over the SLO's window."""
    rate = promql.rate(stream, window, function)
    return total(slo, f"{rate if promql.is_simple(stream) else f'({rate})'} >= 0")
