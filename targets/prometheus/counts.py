"""Five-minute counts of events and bad events from raw series alone: what the rules would have counted.

A journey has no raw series. Its counts are from what the rules of its steps have recorded.

The counts of slices are over one slice, if that is longer. `before` is how far before its range a rate has to begin, in
seconds, so that each event is in one count, however rare it is: a scrape in Prometheus, which sees no sample before the range,
and 0 in VictoriaMetrics, which does.
"""

from __future__ import annotations

from slocompiler import burn, jobs, promql
from slocompiler.ir import Matcher, RatioSlices, Slices, Slo, Through
from slocompiler.targets.prometheus import exclusion, indicator, journey, late_series, schedule, slices
from slocompiler.targets.prometheus.reading import Reading
from slocompiler.targets.prometheus.series import up
from slocompiler.targets.shared import Options


def events(slo: Slo, before: int, options: Options) -> str:
    """A query for the events of a count. No result where nothing was scraped."""
    of = slo.indicator
    if isinstance(of, Slices):
        expr = slices.events(slo, of, options)
        return _slices(slo, f"{expr} and on() {_running(slo)}" if of.missing in slices.VERDICT else expr, options)
    if isinstance(of, RatioSlices):
        return _slices(slo, slices.events_of_ratio(slo, of, options), options)
    if isinstance(of, Through):
        return _counted(slo, journey.events(slo, of), schedule.BASE, options)
    return _counted(slo, indicator.events(of, _rates(slo, schedule.BASE, before, options)), schedule.BASE, options)


def errors(slo: Slo, before: int, options: Options) -> str:
    """A query for the bad ones of these events. No result may mean 0, but only where `events` has one."""
    of = slo.indicator
    if isinstance(of, Slices):
        return _slices(slo, slices.errors(slo, of, options, _running(slo)), options)
    if isinstance(of, RatioSlices):
        by = slices.rates(slo, of, options)
        bad = slices.judged(of, indicator.errors(of.of, by), indicator.events(of.of, by))
        return _slices(slo, bad, options)
    if isinstance(of, Through):
        return _counted(slo, journey.errors(slo, of), schedule.BASE, options)
    return _counted(slo, indicator.errors(of, _rates(slo, schedule.BASE, before, options)), schedule.BASE, options)


def over_gap(slo: Slo, seconds: int, before: int, options: Options) -> tuple[str, str]:
    """Queries for the events and the bad events of a longer time, with those between the scrapes around a gap in it."""
    by = _rates(slo, seconds, before, options)
    every, bad = indicator.events(slo.indicator, by), indicator.errors(slo.indicator, by)
    return _counted(slo, every, seconds, options), _counted(slo, bad, seconds, options)


def _rates(slo: Slo, seconds: int, before: int, options: Options) -> Reading:
    return late_series.rates(slo, seconds + before, options, seconds)


def _counted(slo: Slo, rate: str, seconds: int, options: Options) -> str:
    return exclusion.without(slo, f"({rate}) * {seconds}", options)


def _slices(slo: Slo, expr: str, options: Options) -> str:
    """The sum over the slices of a count."""
    seconds, judged = burn.slice_of(slo), exclusion.without(slo, expr, options)
    over = promql.duration(schedule.BASE - schedule.MOMENT)
    return judged if seconds >= schedule.BASE else f"sum_over_time(({judged})[{over}:{promql.duration(seconds)}])"


def _running(slo: Slo) -> str:
    """A number if the server has scraped for a while: the job of the SLO if there is one, or else anything."""
    found = jobs.of(slo.indicator)
    return slices.ran(up(slo, (Matcher("job", "=", found[0]),) if len(found) == 1 else ()))
