"""Repairs of what recording loses: catch-up after a gap, and errors of series that are born with them."""

from __future__ import annotations

from slocompiler import promql
from slocompiler.ir import Ratio, Slo, Stream, Threshold
from slocompiler.targets.base import Options
from slocompiler.targets.prometheus import indicator
from slocompiler.targets.prometheus.series import on, series

LOOK_BACK = "2h"
"""How much raw history a catch-up compares with what was recorded."""
RECORDED = "1h59m59s999ms"
"""The counts that lie in it whole: in Prometheus 2 a range of 2h would also hold the one that ends where it begins."""


def caught_up(slo: Slo, name: str, raw: str, counted: str, options: Options) -> str:
    """A five-minute count that, after a gap, adds what raw history holds and recording missed.

    `raw` is the count of the last two hours, `counted` that of the last five minutes. It looks at its own series, for the
    errors must not see what the events' rule has just written, and an hour back, for the first count after a
    restart may precede the first scrape. A minute's evaluations may be missing of that hour: rates bridge so much.
    """
    if slo.exclude_when or not isinstance(slo.indicator, Ratio | Threshold):
        return counted
    own = series(name, slo)
    whole = 3600 // options.evaluation_interval - min(2, 60 // options.evaluation_interval)
    seen = (
        f"count_over_time({series('slo:events:rate5m', slo)}[1h]) >= {whole} and {on(slo)} count_over_time({own}[8m])"
    )
    missed = f"clamp_min(({raw}) - {indicator.total(slo, f'sum_over_time({own}[{RECORDED}])')}, 0)"
    return f"{missed}\nunless {on(slo)} ({seen})\nor {indicator.total(slo, counted)}"


def late(slo: Slo) -> list[str]:
    """The errors per second with which series of bad events were born in the last five minutes, which `rate` loses.

    Only where their target was scraped before: an exporter that appears would else add its whole counter.
    """
    if not isinstance(slo.indicator, Ratio) or slo.indicator.side != "bad":
        return []
    return [indicator.total(slo, f"{_born(stream)} and on(job, instance) ({_up(stream)} offset 5m == 1)") + " / 300"
            for stream in slo.indicator.part]  # fmt: skip  # one expression


def _born(stream: Stream) -> str:
    now = promql.rate(stream, "5m", "min_over_time")
    before = promql.instant(stream, "offset 5m")
    return f"(({now}) unless ({before}))"


def _up(stream: Stream) -> str:
    return promql.selector("up", tuple(m for m in stream.all if m.label == "job"))
