"""Catch-up: after a gap in recording, a five-minute count that adds the missed events from the raw series."""

from __future__ import annotations

from slocompiler.ir import Ratio, Slo, Threshold
from slocompiler.targets.prometheus import indicator
from slocompiler.targets.prometheus.options import chosen
from slocompiler.targets.prometheus.reading import rates
from slocompiler.targets.prometheus.series import on, series, total
from slocompiler.targets.shared import Options

LOOK_BACK = "2h"
"""How far back a catch-up compares raw series with recorded counts."""
RECORDED = "1h59m59s999ms"
"""The range of the counts inside it. In Prometheus 2, a range of 2h would also hold the count that ends where it begins."""


def catches_up(slo: Slo, options: Options) -> bool:
    """Whether the raw series show missed events later: only if they are counters, and if no moments are excluded."""
    counts = isinstance(slo.indicator, Ratio) or (isinstance(slo.indicator, Threshold) and not slo.indicator.native)
    own = chosen(options)
    return own.catch_up and not own.reads_elsewhere() and counts and not slo.exclude_when


def caught_up(slo: Slo, what: str, counted: str, options: Options) -> str:
    """A five-minute count of `events` or `errors` that, after a gap, adds the events that recording missed.

    `counted` is the count of the last five minutes. A gap is found in the rule's own series, because the rule of the
    errors must not see what the rule of the events has just written; and over an hour, because the first count after a
    restart may precede the first scrape. Of that hour, the evaluations of one minute may be missing: rates bridge them.
    """
    by = rates(slo, LOOK_BACK, "increase")
    raw = indicator.events(slo.indicator, by) if what == "events" else indicator.filled(slo, by)
    own = series(f"slo:{what}:increase5m", slo)
    whole = 3600 // options.evaluation_interval - min(2, 60 // options.evaluation_interval)
    recorded = (
        f"count_over_time({series('slo:events:rate5m', slo)}[1h]) >= {whole} and {on(slo)} count_over_time({own}[8m])"
    )
    missed = f"clamp_min(({raw}) - {total(slo, f'sum_over_time({own}[{RECORDED}])')}, 0)"
    return f"{missed}\nunless {on(slo)} ({recorded})\nor {total(slo, counted)}"
