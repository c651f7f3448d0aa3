"""The scrape jobs that an SLO names: those to which `job="…"` fixes its events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from slocompiler import standard
from slocompiler.ir import (
    Alert,
    Events,
    Filter,
    Indicator,
    Ratio,
    RatioSlices,
    Service,
    Slices,
    Slo,
    Threshold,
    Variant,
)
from slocompiler.record import replace


def fixed(filters: Iterable[Filter]) -> tuple[str, ...]:
    """The jobs of the filters, sorted; none if one fixes no job, because its series may then be absent without an outage."""
    found = {_job(one) for one in filters}
    return () if "" in found else tuple(sorted(found))


@lru_cache(maxsize=8192)
def _job(filter: Filter) -> str:
    """The job to which a filter fixes its series; "" for none."""
    return next((one.value for one in filter if one.label == "job" and one.op == "=" and one.value), "")


def of(indicator: Indicator) -> tuple[str, ...]:
    """The jobs of the events, or of what the condition of a slice reads; none for PromQL."""
    return fixed([stream.all for stream in streams(indicator)])


def held(scrape_interval: int) -> int:
    """How long a target is seen to be down before that counts, in seconds: two scrapes, and at least a minute."""
    return max(60, 2 * scrape_interval)


def streams(indicator: Indicator) -> Events:
    """The streams of all events, or of the condition of a slice; none for PromQL."""
    if isinstance(indicator, RatioSlices):
        return streams(indicator.of)
    if isinstance(indicator, Slices):
        return indicator.streams
    if isinstance(indicator, Threshold):
        return (indicator.histogram,)
    return indicator.total if isinstance(indicator, Ratio) else ()


# The standard alert of a job that is down


def counted(service: Service) -> tuple[str, ...]:
    """The jobs on which a service counts, sorted."""
    return tuple(sorted({job for slo in service.slos for job in _counted(slo.indicator)}))


def own(jobs: Mapping[str, Collection[str]]) -> set[str]:
    """The jobs on which only one service counts; `jobs` has those of each service.

    A job on which several count, such as an ingress, would page once for each of them.
    """
    users = Counter(job for counted in jobs.values() for job in counted)
    return {job for job, number in users.items() if number == 1}


def watched(services: Iterable[Service], jobs: Mapping[str, Collection[str]]) -> tuple[Service, ...]:
    """The services without `standard.DOWN` for SLOs with the standard alerts whose jobs other services count on too.

    `jobs` has those of all services.
    """
    alone = own(jobs)
    return tuple(
        one
        if alone.issuperset(jobs[one.name])
        else replace(one, slos=tuple([_watched(slo, alone) for slo in one.slos]))
        for one in services
    )


def watchable(indicator: Indicator) -> tuple[str, ...]:
    """The jobs that the standard alerts of an indicator can watch: those of events."""
    return of(indicator) if isinstance(indicator, Ratio | Threshold) else ()


def _watched(slo: Slo, alone: set[str]) -> Slo:
    if alone.issuperset(watchable(slo.indicator)):
        return slo
    variants = tuple(replace(one, **_nowhere_down(one)) for one in slo.variants)
    return replace(slo, variants=variants, **_nowhere_down(slo))


def _nowhere_down(of: Slo | Variant) -> dict[str, object]:
    """The alerts and the overrides of an SLO or a variant of one, without the alert for any of its targets."""
    overrides = tuple(replace(one, alerts=_without_down(one.alerts)) for one in of.overrides)
    return {"alerts": _without_down(of.alerts), "overrides": overrides}


def _without_down(alerts: tuple[Alert, ...]) -> tuple[Alert, ...]:
    return tuple(line for line in alerts if line != standard.DOWN) if standard.burns(alerts) else alerts


def _counted(indicator: Indicator) -> Iterable[str]:
    """The jobs to which counters and histograms are fixed."""
    if isinstance(indicator, RatioSlices):
        return _counted(indicator.of)
    if isinstance(indicator, Ratio):
        return (job for stream in (*indicator.total, *indicator.part) for job in fixed([stream.all]))
    return of(indicator) if isinstance(indicator, Threshold) else ()
