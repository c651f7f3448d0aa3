"""The standard alerts: those of an SLO that has none of its own. Terms and formulas are those of `burn`."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from slocompiler.burn import DAY, HOUR, MINUTE, line_factor, page_needs, whole_slice
from slocompiler.ir import Alert, Burn, Down, NoData, Remaining, Severity, Slo

HALF = Decimal("0.5")
"""The standard alerts fire at the latest when this share of all events is bad."""
_ROWS: tuple[tuple[int, tuple[tuple[Severity, str, int], ...]], ...] = (
    (28 * DAY, (("page", "0.02", HOUR), ("page", "0.05", 6 * HOUR), ("ticket", "0.1", DAY), ("ticket", "0.15", 0))),
    (7 * DAY, (("page", "0.05", HOUR), ("page", "0.15", 6 * HOUR), ("ticket", "0.3", DAY))),
    (1 * DAY, (("page", "0.2", HOUR), ("ticket", "0.5", 6 * HOUR))),
)
"""By the shortest period: severity, share of the budget, window in seconds (0 is a tenth of the period, in whole days)."""

DOWN = Down(severity="page", lasting=5 * MINUTE)
"""For the jobs on which an SLO counts, if no other service counts on them."""
SHORTEST = _ROWS[-1][0]
"""The shortest period that has standard alerts, in seconds."""


@lru_cache(maxsize=1024)
def alerts(target: Decimal, period: int, slice_seconds: int = 0, counts_jobs: bool = False) -> tuple[Alert, ...]:
    """Those of a target. `period` is in seconds, at least SHORTEST.

    `slice_seconds` is the length of a slice, and 0 for events. With DOWN if the events are those of known jobs.

    A line that could never fire before the line above it, because the ceiling lowers its burn rate, is left out.
    For targets of 50% and less, only the tickets for an exhausted budget and for missing data remain: nobody is paged.
    """
    lines: list[Alert] = []
    lowest: Fraction | None = None
    rows = next(rows for least, rows in _ROWS if period >= least)
    for severity, share, window in rows if target > HALF else ():
        tenth = (period // 10 + DAY // 2) // DAY * DAY
        line = Burn(
            severity=severity,
            share=Decimal(share),
            window=window or tenth,
            needs=page_needs(slice_seconds) if severity == "page" else 0,
            ceiling=HALF,
        )
        height = line_factor(line, target, period)
        if lowest is None or height < lowest:
            lines.append(line)
            lowest = height
    lines.append(Remaining(severity="ticket", below=Decimal(0)))
    lines.append(NoData(severity="ticket", lasting=15 * MINUTE))
    if counts_jobs and target > HALF:
        lines.append(DOWN)
    return tuple(lines)


def apply(slo: Slo) -> bool:
    """Whether an SLO has the alerts of one without `alerts`, of this version, or of another: only they have a ceiling."""
    if slo.window < SHORTEST:
        return False
    slices = whole_slice(slo)
    targets = ((slo.target, slo.alerts), *((one.target, one.alerts) for one in slo.overrides))
    return burns(slo.every_alert) or all(lines == alerts(target, slo.window, slices) for target, lines in targets)


def burns(lines: Iterable[Alert]) -> bool:
    """Whether one of the lines is a burn line of standard alerts: only they have a share and a ceiling."""
    return any(isinstance(one, Burn) and one.share and one.ceiling for one in lines)
