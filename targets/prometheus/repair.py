"""Repairs of what recording loses: catch-up after a gap, and errors of series that are born with them."""

from __future__ import annotations

from slocompiler import promql
from slocompiler.ir import Filter, Ratio, Slo, Stream, Threshold
from slocompiler.targets.base import Options
from slocompiler.targets.prometheus import indicator
from slocompiler.targets.prometheus.series import on, series, total, up

LOOK_BACK = "2h"
"""How much raw history a catch-up compares with what was recorded."""
RECORDED = "1h59m59s999ms"
"""The counts that lie in it whole: in Prometheus 2 a range of 2h would also hold the one that ends where it begins."""


# Catch-up


def catches_up(slo: Slo, options: Options) -> bool:
    """Whether raw history tells later what was missed: only of what it holds as a count, and of every moment."""
    counts = isinstance(slo.indicator, Ratio) or (isinstance(slo.indicator, Threshold) and not slo.indicator.native)
    chosen = options.prometheus
    return chosen.catch_up and not chosen.reads_elsewhere() and counts and not slo.exclude_when


def caught_up(slo: Slo, what: str, counted: str, options: Options) -> str:
    """A five-minute count of `events` or `errors` that, after a gap, adds what raw history holds and recording missed.

    `counted` is the count of the last five minutes. It looks at its own series, for the errors must not see what the
    events' rule has just written, and an hour back, for the first count after a restart may precede the first scrape.
    A minute's evaluations may be missing of that hour: rates bridge so much.
    """
    raw = (indicator.events if what == "events" else indicator.filled)(slo, LOOK_BACK, "increase")
    own = series(f"slo:{what}:increase5m", slo)
    whole = 3600 // options.evaluation_interval - min(2, 60 // options.evaluation_interval)
    seen = (
        f"count_over_time({series('slo:events:rate5m', slo)}[1h]) >= {whole} and {on(slo)} count_over_time({own}[8m])"
    )
    missed = f"clamp_min(({raw}) - {total(slo, f'sum_over_time({own}[{RECORDED}])')}, 0)"
    return f"{missed}\nunless {on(slo)} ({seen})\nor {total(slo, counted)}"


# Late series


def errors(slo: Slo, window: int, lately: int, options: Options) -> str:
    """The bad events per second of a window, 0 while there are none, with what `rate` loses of them if that is wanted.

    A series was born in it if it was not there `lately` seconds ago.
    """
    parts = [indicator.filled(slo, promql.duration(window))]
    if options.prometheus.late_series:
        parts += [indicator.fill(slo, expr) for expr in _late(slo, lately)]
    return parts[0] if len(parts) == 1 else "\n+ ".join(f"({part})" for part in parts)


def _late(slo: Slo, seconds: int) -> list[str]:
    """The errors per second with which series of bad events were born in the last seconds, which `rate` loses.

    Only where their target was scraped before: an exporter that appears would else add its whole counter.
    """
    if not isinstance(slo.indicator, Ratio) or slo.indicator.side != "bad":
        return []
    before = f" offset {promql.duration(seconds)}"
    return [
        total(slo, f"{_born(stream, seconds, before)} and on(job, instance) ({up(slo, _job(stream))}{before} == 1)")
        + f" / {seconds}"
        for stream in slo.indicator.part
    ]


def _job(stream: Stream) -> Filter:
    return tuple(matcher for matcher in stream.all if matcher.label == "job")


def _born(stream: Stream, seconds: int, before: str) -> str:
    now = promql.rate(stream, promql.duration(seconds), "min_over_time")
    return f"(({now}) unless ({promql.instant(stream, before)}))"
