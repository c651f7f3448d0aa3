"""Catch-up: a five-minute count that, after a gap, adds what raw history holds and recording missed."""

from __future__ import annotations

from slocompiler.ir import Ratio, Slo, Threshold
from slocompiler.targets.prometheus import indicator
from slocompiler.targets.prometheus.options import chosen
from slocompiler.targets.prometheus.reading import rates
from slocompiler.targets.prometheus.series import on, series, total
from slocompiler.targets.shared import Options

LOOK_BACK = "2h"
"""How much raw history a catch-up compares with what was recorded."""
RECORDED = "1h59m59s999ms"
"""The counts that lie in it whole: in Prometheus 2 a range of 2h would also hold the one that ends where it begins."""


def catches_up(slo: Slo, options: Options) -> bool:
    """Whether raw history tells later what was missed: only of what it holds as a count, and of every moment."""
    counts = isinstance(slo.indicator, Ratio) or (isinstance(slo.indicator, Threshold) and not slo.indicator.native)
    own = chosen(options)
    return own.catch_up and not own.reads_elsewhere() and counts and not slo.exclude_when


def caught_up(slo: Slo, what: str, counted: str, options: Options) -> str:
    """A five-minute count of `events` or `errors` that, after a gap, adds what raw history holds and recording missed.

    `counted` is the count of the last five minutes. It looks at its own series, for the errors must not see what the
    events' rule has just written, and an hour back, for the first count after a restart may precede the first scrape.
    A minute's evaluations may be missing of that hour: rates bridge so much.
    """
    by = rates(slo, LOOK_BACK, "increase")
    raw = indicator.events(slo.indicator, by) if what == "events" else indicator.filled(slo, by)
    own = series(f"slo:{what}:increase5m", slo)
    whole = 3600 // options.evaluation_interval - min(2, 60 // options.evaluation_interval)
    seen = (
        f"count_over_time({series('slo:events:rate5m', slo)}[1h]) >= {whole} and {on(slo)} count_over_time({own}[8m])"
    )
    missed = f"clamp_min(({raw}) - {total(slo, f'sum_over_time({own}[{RECORDED}])')}, 0)"
    return f"{missed}\nunless {on(slo)} ({seen})\nor {total(slo, counted)}"
