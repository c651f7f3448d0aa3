"""Catch-up: after a gap in recording, a five-minute count that adds what was missed.

Raw counters hold the events of the gap itself. For everything else the recorded rates hold those of a count that was
missed, because counts are recorded ten times more rarely than rates.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from slocompiler import burn, promql
from slocompiler.ir import Ratio, Slo, Threshold
from slocompiler.targets.prometheus import exception, indicator, late_series, schedule
from slocompiler.targets.prometheus.options import chosen
from slocompiler.targets.prometheus.series import history, on, over_time, series, total
from slocompiler.targets.shared import Options

LOOK_BACK = 2 * burn.HOUR + 15 * burn.MINUTE
"""How far back a catch-up compares raw series with recorded counts, in seconds: over a gap of two hours, and a little more."""
RECORDED = promql.duration(LOOK_BACK - schedule.MOMENT)
"""The range of the counts inside it. In Prometheus 2, a whole range would also hold the count that ends where it begins."""
EXCEPTED = LOOK_BACK + 2 * schedule.BASE
"""How long after the end of an exception raw series still have its events where they are compared."""
EDGE = 10 * burn.MINUTE
"""The time around the beginning of it that has to be recorded."""


def applies(slo: Slo, options: Options) -> bool:
    """Whether the raw series show missed events later: only if they are counters, and if no moments are excluded."""
    raw = isinstance(slo.indicator, Ratio) or (isinstance(slo.indicator, Threshold) and not slo.indicator.native)
    own = chosen(options)
    return own.catch_up and not own.reads_elsewhere() and raw and not slo.excludes_times


def counts(slo: Slo, what: str, counted: str, options: Options) -> str:
    """A five-minute count of `events` or `errors`; `counted` is the expression for the last five minutes."""
    return (_caught_up if applies(slo, options) else _repaired)(slo, what, counted, options)


def _repaired(slo: Slo, what: str, counted: str, options: Options) -> str:
    """The count; after one was missed, everything that was recorded lately and is in no count."""
    return f"{_missed(slo, what, options)}\nor {counted}"


def _missed(slo: Slo, what: str, options: Options) -> str:
    """After a count was missed, everything that was recorded lately and is in no count."""
    name = f"slo:{what}:increase5m"
    recorded = schedule.counted(slo, what, RECORDED, options, schedule.settled(options))
    lately = promql.duration(schedule.rollup(slo) + 3 * burn.MINUTE)
    missed = f"clamp_min({recorded} - {over_time('sum', name, slo, f'[{RECORDED}]')}, 0)"
    return f"{missed}\nunless {on(slo)} count_over_time({series(name, slo)}[{lately}])"


def _caught_up(slo: Slo, what: str, counted: str, options: Options) -> str:
    """The count; after a gap, the events in raw series that are in no count.

    A new name of the SLO is a gap like any other: no count has it yet, and those under its former names are subtracted.

    A gap is found in the rule's own series, because the rule of the errors must not see what the rule of the events has
    just written; and in the recorded rates of the whole time that is compared. So the first count after a restart may
    precede the first scrape, and what a gap lost soon after another one is added once the comparison begins between them.
    Of that time, the evaluations of one minute may be missing: rates bridge them.

    Counts lag behind raw series: an event is in the rates of five minutes, so half of the events of the last five minutes
    are in the next count, and counts leave out the newest rates. Raw series are read with the same lag. Else those events
    would be lost where a gap begins, and counted twice two hours after it, where rates count again.

    Raw series have what is excepted, so that while they are compared with that time, the recorded rates repair a count.

    What is compared begins in the midst of ten minutes that were recorded. If it began inside a gap, raw series would lack
    the events of the gap, and counts would have them.
    """
    interval, settled = options.evaluation_interval, schedule.settled(options)
    by = late_series.increases(slo, LOOK_BACK, Fraction(schedule.BASE - interval, 2) + interval, options)
    raw = indicator.events(slo.indicator, by) if what == "events" else indicator.filled(slo, by)
    name, rates = f"slo:{what}:increase5m", "slo:events:rate5m"
    own = series(name, slo)
    whole = (LOOK_BACK - EDGE) // interval - min(2, burn.MINUTE // interval)
    since = promql.duration(LOOK_BACK - EDGE - schedule.MOMENT)
    recorded = (
        f"{over_time('count', rates, slo, f'[{since}]{settled}')} >= {whole} and {on(slo)} count_over_time({own}[8m])"
    )
    missed = f"clamp_min(({raw}) - {total(slo, f'sum_over_time({history(name, slo)}[{RECORDED}])')}, 0)"
    most = ceil(Fraction(3, 4) * EDGE / interval)
    ago = promql.duration(LOOK_BACK - EDGE // 2 + interval)
    edge = f"[{promql.duration(EDGE - schedule.MOMENT)}] offset {ago}"
    begun = f"{over_time('count', rates, slo, edge)} >= {most}"
    added = f"{missed}\nunless {on(slo)} ({recorded})\nand {on(slo)} {begun}"
    if slo.exceptions:
        added = f"{exception.without(slo, added, EXCEPTED)}\nor {total(slo, _missed(slo, what, options))}"
    return f"{added}\nor {total(slo, counted)}"
