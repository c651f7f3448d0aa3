"""Late series: bad events with which a new series starts, which `rate` does not count."""

from __future__ import annotations

from slocompiler import promql
from slocompiler.ir import Filter, Ratio, Slo, Stream
from slocompiler.targets.prometheus import indicator
from slocompiler.targets.prometheus.options import chosen
from slocompiler.targets.prometheus.reading import rates
from slocompiler.targets.prometheus.series import total, up
from slocompiler.targets.shared import Options


def errors(slo: Slo, window: int, lately: int, options: Options) -> str:
    """The bad events per second over `window` seconds, 0 while there are none; with those of new series if that is chosen.

    A series is new if it did not exist `lately` seconds ago.
    """
    parts = [indicator.filled(slo, rates(slo, promql.duration(window)))]
    if chosen(options).late_series:
        parts += [indicator.fill(slo, expr) for expr in _late(slo, lately)]
    return parts[0] if len(parts) == 1 else "\n+ ".join(f"({part})" for part in parts)


def _late(slo: Slo, seconds: int) -> list[str]:
    """The bad events per second with which new series started in the last `seconds`.

    Only series of targets that were scraped before count: a new exporter would otherwise add its whole counter.
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
