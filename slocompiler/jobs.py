"""The scrape jobs that an SLO names: those to which `job="…"` fixes its events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from slocompiler.ir import (
    Alert,
    Burn,
    Down,
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

STANDARD_DOWN = Down(severity="page", lasting=300)
"""The standard alert of a job that no other service counts on; targets of 50% and less have none."""


def fixed(filters: Iterable[Filter]) -> tuple[str, ...]:
    """The jobs of the filters, sorted; none if one fixes no job, because its series may then be absent without an outage."""
    found = [next((m.value for m in one if m.label == "job" and m.op == "="), None) for one in filters]
    return tuple(sorted({job for job in found if job})) if all(found) else ()


def of(indicator: Indicator) -> tuple[str, ...]:
    """The jobs of the events, or of what the condition of a slice reads; none for PromQL."""
    return fixed(stream.all for stream in streams(indicator))


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


def watched(services: Iterable[Service], own: set[str]) -> tuple[Service, ...]:
    """The services with STANDARD_DOWN for SLOs with the standard alerts, if all jobs of the SLO are among `own`."""
    return tuple(replace(one, slos=tuple(_watched(slo, own) for slo in one.slos)) for one in services)


def _watched(slo: Slo, own: set[str]) -> Slo:
    fixed_ = of(slo.indicator) if isinstance(slo.indicator, Ratio | Threshold) else ()
    if not fixed_ or not own.issuperset(fixed_):
        return slo
    variants = tuple(replace(one, **_everywhere_down(one)) for one in slo.variants)
    return replace(slo, variants=variants, **_everywhere_down(slo))


def _everywhere_down(of: Slo | Variant) -> dict[str, object]:
    """The alerts and the overrides of an SLO or a variant of one, with the alert for each of its targets."""
    overrides = tuple(replace(one, alerts=_with_down(one.alerts)) for one in of.overrides)
    return {"alerts": _with_down(of.alerts), "overrides": overrides}


def _with_down(alerts: tuple[Alert, ...]) -> tuple[Alert, ...]:
    """Only burn lines of the standard alerts have a ceiling. Those of targets of 50% and less have no burn line, and page nobody."""
    is_standard = any(isinstance(line, Burn) and line.share and line.ceiling for line in alerts)
    return (*alerts, STANDARD_DOWN) if is_standard and STANDARD_DOWN not in alerts else alerts


def _counted(indicator: Indicator) -> Iterable[str]:
    """The jobs to which counters and histograms are fixed."""
    if isinstance(indicator, RatioSlices):
        return _counted(indicator.of)
    if isinstance(indicator, Ratio):
        return (job for stream in (*indicator.total, *indicator.part) for job in fixed([stream.all]))
    return of(indicator) if isinstance(indicator, Threshold) else ()
