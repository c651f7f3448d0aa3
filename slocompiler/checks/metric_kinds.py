"""Metrics that are no counters by their names or labels: recorded rates, gauges, summaries, `le` without buckets."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from slocompiler.checks.context import Run
from slocompiler.checks.selection import written
from slocompiler.diagnostics import Diagnostic
from slocompiler.ir import Matcher
from slocompiler.lower import units
from slocompiler.lower.indicator import is_rate
from slocompiler.pattern import lazy_pattern
from slocompiler.resolve import Choice, ResolvedSlo, Term
from slocompiler.syntax import tree as t

_RECORDED = lazy_pattern(
    r":(?:\w+?_)??(?P<kind>i?rate|increase|ratio)(?:_(?:i?rate|ratio|sum|avg))?_?(?:[0-9]+[smhdw])?(?::(?:sum|avg))?$"
)
"""A recorded series of rates, named by the convention `level:metric:operations`."""
_NEVER = lazy_pattern(r"up$|ALERTS(?:_FOR_STATE)?$|scrape_(?:duration_seconds|samples_\w+|series_added)$|slo:")
"""Gauges of Prometheus itself, and the series that sloc records."""
_GAUGE = lazy_pattern(r"node_load[0-9]+$|.*_(?:length|percent|ratio|in_?flight|info|celsius|connections_active)$")
_SLICES = "a gauge can be checked once per time slice: `slices 1m` and `good when max({0}{{…}}) < …`"


def metric_kinds(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E209, E221, E222 and W337 of the metrics of an SLO that are read as counters or histograms."""
    if not slo.intact:
        return
    parts = [part for part in (slo.good, slo.bad) if part]
    has_bound = any(part.tree.bound for part in parts)
    counters = [term for part in parts for term in part.terms]
    rates = [term for part in parts for one in part.comparisons if is_rate(one.tree) for term in one.terms]
    terms = (*slo.total, *counters, *rates, *[term for term, _ in slo.without])
    for term in (term for term in terms if _is_odd(term.metric)):
        yield from _recorded(term)
        if _NEVER.match(term.metric):
            yield _never(term)
        elif not has_bound and (_GAUGE.match(term.metric) or (term in counters and units.suffix_of(term.metric))):
            message = f"`{term.metric}` is a gauge by its name, but a counter is needed"
            yield Diagnostic("W337", message, term.span, help=_SLICES.format(term.metric))
    if not slo.total:
        return
    nodes: list[Term | Choice] = [*slo.total, *counters, *(choice for part in parts for choice in part.filters)]
    for node in nodes:
        for matcher in node.matchers:
            if matcher.label in ("quantile", "le"):
                yield from _labels(node, slo.total[0], has_bound)
                break


@lru_cache(maxsize=1024)
def _is_odd(metric: str) -> bool:
    """Whether anything may be said of a metric by its name; many SLOs have the same."""
    said = _RECORDED.search(metric) or _NEVER.match(metric) or _GAUGE.match(metric) or units.suffix_of(metric)
    return bool(said)


def _labels(node: Term | Choice, events: Term, has_bound: bool) -> Iterator[Diagnostic]:
    """E222 for `quantile`, and E209 for `le` of a `_count`, in the matchers of a counter or of a filter on the `events`."""
    metric = node.metric if isinstance(node, Term) else events.metric
    for matcher, where in zip(node.matchers, node.nodes, strict=True):
        if matcher.label == "quantile":
            yield _summary(metric, matcher, where)
        elif matcher.label == "le" and not has_bound and metric.endswith("_count"):
            fast = f"`events {units.base_of(metric)}{{…}}` and `good below 300ms`"
            message = "`_count` has no label `le`: only the buckets of a histogram have it"
            help = f"use a threshold to tell fast events from slow ones: {fast}"
            yield Diagnostic("E209", message, where.span, help=help)


def _recorded(term: Term) -> Iterator[Diagnostic]:
    """W337 for a recorded series of rates."""
    found = _RECORDED.search(term.metric)
    if found and not term.metric.startswith("slo:"):
        help = "name the counter that it is made of"
        if found["kind"] in ("rate", "irate"):
            help += f", or read it in raw PromQL: `sum(avg_over_time({term.metric}[$window]))`"
        what = "a number of events per window" if found["kind"] == "increase" else f"a {found['kind'].lstrip('i')}"
        message = f"`{term.metric}` is {what} by its name, but a counter is needed"
        yield Diagnostic("W337", message, term.span, help=help)


def _never(term: Term) -> Diagnostic:
    if term.metric.startswith("slo:"):
        message = f"`{term.metric}` is recorded by sloc, and is no counter"
        return Diagnostic("E221", message, term.span, help="name the counter that the other SLO reads")
    help = _SLICES.format(term.metric).replace("max(up{…}) < …", "min(up{…}) == 1")
    return Diagnostic(
        "E221", f"`{term.metric}` is a gauge of Prometheus, but a counter is needed", term.span, help=help
    )


def _summary(metric: str, matcher: Matcher, node: t.Matcher) -> Diagnostic:
    base = units.base_of(metric)
    message = "a quantile of a summary does not count events: nobody can tell how many were fast"
    condition = f"`slices 1m` and `good when max({base}{{{written(matcher)}}}) < 500ms`"
    return Diagnostic("E222", message, node.span, help=f"look at slices of time: {condition}")
