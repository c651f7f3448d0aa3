"""What dashboards and documentation ask of raw series: which label tells bad events apart, and how values are spread.

Only a compiler knows which series are the bad events. They are counted as the rules count them, by another label.
"""

from __future__ import annotations

from slocompiler.ir import Events, Indicator, Ratio, RatioSlices, Raw, Slices, Slo, Threshold
from slocompiler.targets.prometheus import counters, histograms, indicator
from slocompiler.targets.prometheus.reading import Reading

TOP = 10
"""How many values of a label are worth a look."""


def counted(of: Indicator) -> Ratio | Threshold | Raw | None:
    """What counts events, also those of a slice; None where a slice has a condition and no events."""
    if isinstance(of, RatioSlices):
        return of.of
    return None if isinstance(of, Slices) else of


# Labels


def metrics(slo: Slo) -> tuple[str, ...]:
    """The metrics of the bad events: their labels are what they can be broken down by."""
    found = counted(slo.indicator)
    if isinstance(found, Threshold):
        return tuple(stream.metric for stream in histograms.streams(found))
    return tuple(stream.metric for stream in streams(slo))


def streams(slo: Slo) -> Events:
    """The selectors of the bad events, as far as labels go."""
    found = counted(slo.indicator)
    if isinstance(found, Ratio):
        return found.part if found.side == "bad" else found.total
    return (found.histogram,) if isinstance(found, Threshold) else ()


def mentioned(slo: Slo) -> tuple[str, ...]:
    """The labels that tell bad events apart, most telling first: those of `per`, then those matched but not fixed."""
    matchers = [m for stream in streams(slo) for f in (stream.all, *stream.any, *stream.none) for m in f]
    found = counted(slo.indicator)
    matchers += [m for f in found.only for m in f] if isinstance(found, Threshold) else []
    return tuple(dict.fromkeys([*slo.per, *(m.label for m in reversed(matchers) if m.label not in fixed(slo))]))


def fixed(slo: Slo) -> set[str]:
    """The labels that have one value in all bad events."""
    each = [{m.label for m in stream.all if m.op == "="} for stream in streams(slo)]
    return set.intersection(*each) if each else set()


# Events


def bad(slo: Slo, by: Reading) -> list[str]:
    """The bad events, of each of their counters; nothing for raw PromQL, whose labels are summed away."""
    found = counted(slo.indicator)
    if isinstance(found, Ratio) and found.side == "bad":
        return [counters.one(stream, by) for stream in found.part]
    return [indicator.errors(found, by)] if isinstance(found, Ratio | Threshold) else []


def good_share(of: Ratio | Threshold | Raw, by: Reading) -> str:
    """The share of events that are good; nothing while there are none."""
    events = indicator.events(of, by)
    return f"1 - (({indicator.errors(of, by)}) or 0 * ({events})) / (({events}) > 0)"


def top(expr: str) -> str:
    """The largest of its values that are above zero."""
    return f"topk({TOP}, {expr} > 0)"


# Distributions


def distribution(threshold: Threshold, by: Reading) -> str:
    """The rate of events in each bucket; of a native histogram as one."""
    selected = by.read(histograms.buckets(threshold))
    return f"sum({selected})" if threshold.native else f"sum by (le) ({selected})"


def quantile(threshold: Threshold, share: str, by: Reading) -> str:
    """The value that the share `share` of events stays below."""
    return f"histogram_quantile({share}, {distribution(threshold, by)})"
