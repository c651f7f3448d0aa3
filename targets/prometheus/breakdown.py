"""Queries of raw series for dashboards and documentation: bad events by a label, shares, distributions of values.

They count bad events as the rules do, but group them by another label.
"""

from __future__ import annotations

from slocompiler import promql
from slocompiler.ir import Events, Indicator, Ratio, RatioSlices, Raw, Slices, Slo, Threshold, Through
from slocompiler.targets.prometheus import counters, histograms, indicator
from slocompiler.targets.prometheus.reading import Reading

TOP = 10
"""The number of label values that a query returns at most."""


def counted(of: Indicator) -> Ratio | Threshold | Raw | None:
    """The indicator that counts events, also inside slices; None for slices with a condition, and for journeys."""
    if isinstance(of, RatioSlices):
        return of.of
    return None if isinstance(of, Slices | Through) else of


# Labels


def metrics(slo: Slo) -> tuple[str, ...]:
    """The metrics of the bad events, by whose labels these can be broken down."""
    found = counted(slo.indicator)
    if isinstance(found, Threshold):
        return tuple(stream.metric for stream in histograms.streams(found))
    return tuple(stream.metric for stream in streams(slo))


def streams(slo: Slo) -> Events:
    """The streams of the bad events; of a histogram or a good counter, those of all events."""
    found = counted(slo.indicator)
    if isinstance(found, Ratio):
        return found.part if found.side == "bad" else found.total
    return (found.histogram,) if isinstance(found, Threshold) else ()


def mentioned(slo: Slo) -> tuple[str, ...]:
    """The labels that tell bad events apart, the most useful first: `per`, then those that make an event bad.

    The last are labels of other open matchers. Labels of exclusions are none: no bad event has the excluded values. Nor are
    those by which PromQL cannot group.
    """
    found = counted(slo.indicator)
    every = found.total if isinstance(found, Ratio) else streams(slo)
    excluded = {choice for stream in every for choice in stream.none}
    filters = [f for stream in streams(slo) for f in (*stream.any, *stream.none) if f not in excluded]
    filters += found.only if isinstance(found, Threshold) else ()
    filters += [stream.all for stream in streams(slo)]
    labels = [m.label for f in filters for m in f]
    return tuple(
        dict.fromkeys([*slo.event_labels, *(x for x in labels if x not in fixed(slo) and promql.can_group(x))])
    )


def fixed(slo: Slo) -> set[str]:
    """The labels that have the same value in all bad events."""
    each = [{m.label for m in stream.all if m.op == "="} for stream in streams(slo)]
    return set.intersection(*each) if each else set()


# Events


def bad(slo: Slo, by: Reading) -> list[str]:
    """A query for the bad events of each counter; none for raw PromQL, which has no labels left."""
    found = counted(slo.indicator)
    if isinstance(found, Ratio) and found.side == "bad":
        return [counters.one(stream, by) for stream in found.part]
    return [indicator.errors(found, by)] if isinstance(found, Ratio | Threshold) else []


def good_share(of: Ratio | Threshold | Raw, by: Reading) -> str:
    """A query for the share of good events; it has no result while there are no events."""
    events = indicator.events(of, by)
    return f"1 - (({indicator.errors(of, by)}) or 0 * ({events})) / (({events}) > 0)"


def top(expr: str) -> str:
    """A query for the largest values above zero."""
    return most(f"{expr} > 0")


def most(expr: str) -> str:
    """A query for the largest values. Over time, a zero is what a lone error stands out from."""
    return f"topk({TOP}, {expr})"


# Distributions


def distribution(threshold: Threshold, by: Reading, labels: tuple[str, ...] = ()) -> str:
    """A query for the rate of events in each bucket, for each value of the labels; a native histogram is one series."""
    names = [*map(promql.label_name, labels), *(() if threshold.native else ("le",))]
    grouped = f" by ({', '.join(names)}) " if names else ""
    return f"sum{grouped}({by.read(histograms.buckets(threshold))})"


def quantile(threshold: Threshold, share: str, by: Reading, labels: tuple[str, ...] = ()) -> str:
    """A query for the value below which the share `share` of events stays, for each value of the labels."""
    return f"histogram_quantile({share}, {distribution(threshold, by, labels)})"
