"""Events that nothing classifies as good or bad: missing data of another kind."""

from __future__ import annotations

from slocompiler import burn, promql
from slocompiler.explain.phrases import Code
from slocompiler.ir import Filter, Indicator, Matcher, Ratio, Raw, Slo, Threshold, Through
from slocompiler.targets.prometheus import breakdown, histograms, schedule
from slocompiler.targets.prometheus.branch import Branch
from slocompiler.targets.prometheus.reading import rates
from slocompiler.targets.prometheus.series import on, series, total
from slocompiler.visible import shown

HALF, SOME = 0.5, 0.05
"""The shares of events without a bucket at the bound: above the first nobody knows the ratio, above the second it is wrong."""
PARTLY = 1 * burn.HOUR
"""How long some events have to be without that bucket."""


def unsorted(slo: Slo) -> list[Branch]:
    """Events that nothing classifies as good or bad."""
    share = _unjudged(slo)
    expr = f"{share} > {HALF}" if share else f"{_earlier(slo, 'events')} > 0 unless {_lately(slo, 'errors')}"
    if isinstance(slo.indicator, Through):
        return [Branch(expr, ("journeys begin and one of the steps has no data",))]
    found = [Branch(expr, ("events come and nothing tells which of them are bad",))]
    if slo.per and _has_other_labels(slo.indicator):
        label = Code(shown(", ".join(slo.per)))
        found.append(Branch(_unlabelled(slo), ("bad events lack a label of ", Code("per"), " (", label, ")")))
    return found


def _has_other_labels(indicator: Indicator) -> bool:
    """Whether other series than those of all events count the bad events as such, perhaps without the labels of `per`."""
    if isinstance(indicator, Ratio):
        metrics = {stream.metric for stream in indicator.total}
        return indicator.side == "bad" and any(stream.metric not in metrics for stream in indicator.part)
    return isinstance(indicator, Raw) and indicator.side == "bad"


def _unlabelled(slo: Slo) -> str:
    """Bad events without a label of `per`: they count for no value."""
    lacking = (_earlier(slo, "errors", (Matcher(label, "=", ""),)) for label in slo.per)
    return " or ".join(f"{errors} unless {on(slo)} {_lately(slo, 'events')}" for errors in lacking)


def _earlier(slo: Slo, what: str, matchers: Filter = ()) -> str:
    """What was recorded before `delay`, so that the alert waits for it as for absent data; for slices, in that time."""
    recorded = series(f"slo:{what}:rate5m", slo, matchers)
    return (
        f"{recorded} offset {promql.duration(schedule.outlives(slo))}"
        if not burn.slice_of(slo)
        else _lately(slo, what, matchers)
    )


def _lately(slo: Slo, what: str, matchers: Filter = ()) -> str:
    """What was recorded since `delay`. A long slice is stale before the next one."""
    return f"max_over_time({series(f'slo:{what}:rate5m', slo, matchers)}[{promql.duration(schedule.outlives(slo))}])"


def partly(slo: Slo) -> str:
    """The condition that series without the bucket of the bound count some of the events; "" if that is impossible.

    The value is their share. During a roll-out with other buckets it is above zero, so this has to last for PARTLY.
    """
    share = _unjudged(slo)
    return f"({share} > {SOME}) <= {HALF}" if share else ""


def _unjudged(slo: Slo) -> str:
    """The share of the events whose series have no bucket at the bound of a classic histogram; "" for other SLOs."""
    indicator = breakdown.counted(slo.indicator)
    if not isinstance(indicator, Threshold) or indicator.native:
        return ""
    by = rates(slo, promql.duration(schedule.BASE))
    every = histograms.every(indicator, by)
    if indicator is slo.indicator and not slo.excludes_times:
        judged = total(slo, series("slo:events:rate5m", slo))
    else:  # recorded are slices, or zeros of excluded moments
        judged = histograms.events(indicator, by)
    return f"1 - ({judged} or {f'0 * {every}' if slo.per else 'vector(0)'}) / ({every} > 0)"
