"""What only a compiler knows: which series are the bad events, hence what to ask for to see what they have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from slocompiler import promql
from slocompiler.ir import Events, Gauge, Matcher, Ratio, RatioSlices, Raw, Slices, Slo, Stream, Threshold
from slocompiler.promql.strings import windowed
from slocompiler.targets.grafana import text
from slocompiler.targets.grafana.queries import variable
from slocompiler.targets.prometheus.histograms import bucket

BY = "by"
"""The variable that holds the label to break down by."""
TOP = 10
COMPARED = re.compile(r"(.+?)\s*(<=|>=|<|>)\s*(-?[0-9][0-9.eE+-]*)\s*\Z", re.DOTALL)
"""A condition that ends in a bound."""
_SETS = re.compile(r"\b(?:and|or|unless|bool)\b")
Rate = Callable[[Stream], str]
Group = Callable[[str], str]


def measured(slo: Slo) -> Ratio | Threshold | Raw | None:
    """What tells good events from bad ones; None where slices are looked at and no event is counted."""
    if isinstance(slo.indicator, RatioSlices):
        return slo.indicator.of
    return None if isinstance(slo.indicator, Slices) else slo.indicator


def metrics(slo: Slo) -> tuple[str, ...]:
    """The metrics of the bad events: their labels are what they can be broken down by."""
    found = measured(slo)
    if isinstance(found, Ratio):
        return tuple(stream.metric for stream in (found.part if found.side == "bad" else found.total))
    if isinstance(found, Threshold):
        return (found.histogram.metric if found.native else found.histogram.metric + "_count",)
    return ()


def streams(slo: Slo) -> Events:
    """The selectors of the bad events, as far as labels go."""
    found = measured(slo)
    if isinstance(found, Ratio):
        return found.part if found.side == "bad" else found.total
    return (found.histogram,) if isinstance(found, Threshold) else ()


def mentioned(slo: Slo) -> tuple[str, ...]:
    """The labels that tell bad events apart, most telling first: those of `per`, then those matched but not fixed."""
    matchers = [m for stream in streams(slo) for f in (stream.all, *stream.any, *stream.none) for m in f]
    found = measured(slo)
    matchers += [m for f in found.only for m in f] if isinstance(found, Threshold) else []
    return tuple(dict.fromkeys([*slo.per, *(m.label for m in reversed(matchers) if m.label not in fixed(slo))]))


def fixed(slo: Slo) -> set[str]:
    """The labels that have one value in all bad events."""
    each = [{m.label for m in stream.all if m.op == "="} for stream in streams(slo)]
    return set.intersection(*each) if each else set()


# Bad events


def by_label(quoted: bool) -> Group:
    """Sums by the label that is chosen; `quoted` where the server knows any label's name."""
    label = f'"${BY}"' if quoted else f"${BY}"
    return lambda expr: f"sum by ({label}) ({expr})"


def by_value(slo: Slo) -> Group:
    """Sums by the `per` labels, or one."""
    labels = text.query(", ".join(map(promql.label_name, slo.per)))
    return lambda expr: f"sum by ({labels}) ({expr})" if slo.per else f"sum({expr})"


def bad(slo: Slo, group: Group, window: str, function: str = "rate") -> Iterator[str]:
    """The bad events, of each of their counters; nothing for raw PromQL, whose labels are summed away."""
    found = measured(slo)

    def rates(stream: Stream) -> str:
        return _read(stream, slo, window, function)

    if isinstance(found, Ratio) and found.side == "bad":
        yield from (group(rates(stream)) for stream in found.part)
    elif isinstance(found, Ratio):
        every, good = (_added([group(rates(stream)) for stream in part]) for part in (found.total, found.part))
        yield f"clamp_min(({every}) - (({good}) or 0 * ({every})), 0)"
    elif isinstance(found, Threshold):
        yield _beyond(found, group, rates)


def good_share(slo: Slo, window: str) -> str:
    """The share of events in a slice that were good."""
    found, group = measured(slo), by_value(slo)
    if isinstance(found, Raw):
        total, part = (
            group(text.query(windowed(raw, "\0")).replace("\0", window)) for raw in (found.total, found.part)
        )
        return f"({part}) / ({total} > 0)" if found.side == "good" else f"1 - ({part} or 0 * {total}) / ({total} > 0)"
    assert found is not None, "slices of conditions have no events"
    total = _total(found, group, lambda stream: _read(stream, slo, window))
    wrong = _added(list(bad(slo, group, window)))
    return f"1 - (({wrong}) or 0 * ({total})) / (({total}) > 0)"


def _total(found: Ratio | Threshold, group: Group, rates: Rate) -> str:
    if isinstance(found, Ratio):
        return _added([group(rates(stream)) for stream in found.total])
    return (
        f"histogram_count({group(rates(found.histogram))})" if found.native else group(rates(_named(found, "_count")))
    )


def top(expr: str) -> str:
    """The largest of its values that are above zero."""
    return f"topk({TOP}, {expr} > 0)"


def _read(stream: Stream, slo: Slo, window: str, function: str = "rate") -> str:
    """The stream's rate, of those values of the `per` labels that are chosen; without a window, its samples.

    What users wrote is escaped before the signs of variables come in: no expression holds a NUL as it is.
    """
    more = tuple(Matcher(label, "=~", f"\0{variable(label)}") for label in slo.per)
    chosen = Stream(metric=stream.metric, all=stream.all + more, any=stream.any, none=stream.none)
    expr = promql.rate(chosen, "\0", function) if window else promql.instant(chosen, "").rstrip()
    return text.query(expr).replace("[\0]", f"[{window}]").replace('=~"\\x00per_', '=~"$per_')


def _added(sums: list[str]) -> str:
    """Counters added up; one that is absent counts as nothing beside the others."""
    if len(sums) == 1:
        return sums[0]
    return " + ".join(
        f"({' or '.join([one, *(f'0 * {other}' for other in sums if other is not one)])})" for one in sums
    )


def _beyond(threshold: Threshold, group: Group, rates: Rate) -> str:
    """The events that are on the wrong side of the bound, or in none of the good filters."""
    if threshold.native:
        return _beyond_native(threshold, group, rates)
    count, below = (
        _named(threshold, "_count"),
        _named(threshold, "_bucket", Matcher("le", "=~", bucket(threshold.bound))),
    )
    good = _good(threshold, below, rates)
    if threshold.good == "gt":
        good = f"({_good(threshold, count, rates)}) - ({good})"
    return f"clamp_min({group(rates(count))} - {group(good)}, 0)"


def _good(threshold: Threshold, stream: Stream, rates: Rate) -> str:
    """Events of the good filters, and 0 where there are events but none of them."""
    if not threshold.only:
        return rates(stream)
    wanted = Stream(metric=stream.metric, all=stream.all, any=threshold.only, none=stream.none)
    return f"({rates(wanted)}) or 0 * ({rates(stream)})"


def _beyond_native(threshold: Threshold, group: Group, rates: Rate) -> str:
    histogram = threshold.histogram
    wanted = Stream(
        metric=histogram.metric, all=histogram.all, any=threshold.only or histogram.any, none=histogram.none
    )
    counted, good = group(rates(histogram)), group(rates(wanted))
    sides = (
        f"-Inf, {promql.number(threshold.bound)}"
        if threshold.good == "le"
        else f"{promql.number(threshold.bound)}, +Inf"
    )
    held = f"histogram_fraction({sides}, {good}) * histogram_count({good})"
    return f"clamp_min(histogram_count({counted}) - ({held} >= 0 or 0 * histogram_count({counted})), 0)"


def _named(threshold: Threshold, suffix: str, *more: Matcher) -> Stream:
    histogram = threshold.histogram
    return Stream(metric=histogram.metric + suffix, all=histogram.all + more, any=histogram.any, none=histogram.none)


# Distributions


def distribution(slo: Slo, threshold: Threshold) -> str:
    """The rate of events in each bucket; of a native histogram as one."""
    stream = threshold.histogram if threshold.native else _named(threshold, "_bucket")
    selected = _read(stream, slo, "$__rate_interval")
    return f"sum({selected})" if threshold.native else f"sum by (le) ({selected})"


def quantile(slo: Slo, threshold: Threshold, share: str) -> str:
    """The value that the share `share` of events stays below."""
    return f"histogram_quantile({share}, {distribution(slo, threshold)})"


# Conditions


def looked_at(gauge: Gauge, slo: Slo) -> str:
    """What a condition compares with its bound."""
    selected = _read(gauge.stream, slo, "")
    if gauge.fold == "each":
        return selected
    fold = "max" if gauge.fold == "age" else gauge.fold
    grouped = f" by ({', '.join(map(promql.label_name, slo.per))}) " if slo.per else ""
    folded = f"{fold}{text.query(grouped)}({selected})"
    return f"time() - {folded}" if gauge.fold == "age" else folded


def compared(expr: str) -> tuple[str, str, str] | None:
    """What a raw condition compares, how and with which number; None where it cannot be told by its looks."""
    found = COMPARED.match(expr)
    if not found or _SETS.search(expr):
        return None
    return found[1], found[2], found[3]
