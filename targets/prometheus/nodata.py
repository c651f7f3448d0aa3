"""The condition of `SLONoData`. A service without traffic has data, and data that never existed are not missing."""

from __future__ import annotations

from slocompiler import burn, promql
from slocompiler.ir import Events, Gauge, Matcher, RatioSlices, Slices, Slo, Threshold
from slocompiler.targets.prometheus import exclusion, histograms, measured, schedule
from slocompiler.targets.prometheus.reading import rates
from slocompiler.targets.prometheus.series import series, total, up
from slocompiler.targets.shared import Options

HALF, SOME = 0.5, 0.05
"""The shares of events without a bucket at the bound: above the first nobody knows the ratio, above the second it is wrong."""
PARTLY = 1 * burn.HOUR
"""How long some events have to be without that bucket."""


def condition(slo: Slo, options: Options) -> str:
    """Data is gone with its scrape target, or absent for a day, or events exist that nothing classifies.

    "" if none of these is possible: slices that are good or bad without data, and have no known target. The value is the
    share of the events that nothing classifies, or 1.
    """
    verdict = isinstance(slo.indicator, Slices) and slo.indicator.missing != "ignored"
    errors = series("slo:errors:rate5m", slo)
    branches = [_gone_with_target(slo)]
    if not verdict:
        branches.append(f"(absent_over_time({errors}[1d]) and on() {series('slo:info', slo)} offset 1d)")
    if share := _unjudged(slo):
        branches.append(f"({share} > {HALF})")
    elif not isinstance(slo.indicator, Slices):
        branches.append(f"({_recorded(slo, 'events')} > 0 unless {_recorded(slo, 'errors')})")
    found = "\n  or ".join(branch for branch in branches if branch)
    return exclusion.silenced(slo, f"max(\n  {found}\n)", options) if found else ""


def partly(slo: Slo) -> str:
    """The condition that series without the bucket of the bound count some of the events; "" if that is impossible.

    The value is their share. During a roll-out with other buckets it is above zero, so this has to last for PARTLY.
    """
    share = _unjudged(slo)
    return f"({share} > {SOME}) <= {HALF}" if share else ""


def _unjudged(slo: Slo) -> str:
    """The share of the events whose series have no bucket at the bound of a classic histogram; "" for other SLOs."""
    indicator = slo.indicator.of if isinstance(slo.indicator, RatioSlices) else slo.indicator
    if not isinstance(indicator, Threshold) or indicator.native:
        return ""
    by = rates(slo, promql.duration(schedule.BASE))
    every = histograms.every(indicator, by)
    if indicator is slo.indicator and not slo.exclude_when:
        judged = total(slo, series("slo:events:rate5m", slo))
    else:  # recorded are slices, or zeros of excluded moments
        judged = histograms.events(indicator, by)
    return f"1 - ({judged} or {f'0 * {every}' if slo.per else 'vector(0)'}) / ({every} > 0)"


def delay(slo: Slo) -> int:
    """The seconds from the last data to the condition: a rate outlives its series by its window; a slice may be missed."""
    return 0 if isinstance(slo.indicator, Slices) else max(schedule.BASE, 2 * burn.slice_of(slo))


def _gone_with_target(slo: Slo) -> str:
    jobs = _jobs(measured.streams(slo.indicator))
    scraped = " or ".join(up(slo, (job,)) for job in jobs)
    return f"({_absent(slo)} unless on() max({scraped}) == 1)" if jobs else ""


def _absent(slo: Slo) -> str:
    """The data is absent. Slices count missing data as good or bad, so only the series of their condition shows it."""
    if isinstance(slo.indicator, Slices) and isinstance(slo.indicator.good_when, Gauge):
        return f"absent({promql.instant(slo.indicator.good_when.stream)})"
    errors = series("slo:errors:rate5m", slo)
    return f"absent_over_time({errors}[{promql.duration(delay(slo))}])" if burn.slice_of(slo) else f"absent({errors})"


def _recorded(slo: Slo, what: str) -> str:
    """The recorded rates; for slices, those of the last slices, because a long slice is stale before the next one."""
    recorded = series(f"slo:{what}:rate5m", slo)
    return f"max_over_time({recorded}[{promql.duration(delay(slo))}])" if burn.slice_of(slo) else recorded


def _jobs(streams: Events) -> list[Matcher]:
    """The job of each metric; none if a metric has no fixed job, because it may then be absent without an outage."""
    found = [next((m for m in stream.all if m.label == "job" and m.op == "="), None) for stream in streams]
    return list(dict.fromkeys(job for job in found if job)) if all(found) else []
