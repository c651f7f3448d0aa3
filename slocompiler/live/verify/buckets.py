"""V704: a bound that is no bucket of its histogram, or a histogram of another kind."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from slocompiler import promql
from slocompiler.ir import Threshold
from slocompiler.live import tables
from slocompiler.live.questions import Asking
from slocompiler.live.verify.subject import Found, Subject
from slocompiler.record import replace
from slocompiler.targets.prometheus import histograms


def buckets(of: Subject) -> Asking[list[Found]]:
    """V704 of a threshold; none while there are no events at all, which V701 reports."""
    threshold = of.counted
    if not isinstance(threshold, Threshold) or threshold.native:
        return []
    counts = of.table(histograms.streams(threshold)[0])
    bounds = of.table(histograms.buckets(threshold), ("le",))
    answers = yield counts, bounds
    if not answers.vector(counts):
        return []
    return list(_bound(of, threshold, tables.values(answers.vector(bounds), "le")))


def _bound(of: Subject, threshold: Threshold, written: list[str]) -> Iterator[Found]:
    bounds = sorted({float(one) for one in written})
    name = threshold.histogram.metric
    if not bounds:
        message = f"`{name}` has no buckets: it is a summary, or a timer without them"
        help = "have the service publish a bucket at the bound, or count slow events in it"
        yield of.finding("V704", message, of.at.bounds[0], help)
        return
    for one, span in zip(threshold.parts, of.at.bounds, strict=True):
        if float(one.bound) not in bounds:
            message = f"{promql.number(one.bound)} is no bucket of `{name}`: {_near(float(one.bound), bounds)}"
            help = "write one of its buckets, or have the service publish one at the bound"
            yield of.finding("V704", message, span, help)


def _near(bound: float, bounds: list[float]) -> str:
    """The buckets on both sides of a bound."""
    at = bisect_left(bounds, bound)
    shown = [f"{one:g}" for one in bounds[max(0, at - 1) : at + 1] if one != float("inf")]
    return f"the nearest {'is' if len(shown) == 1 else 'are'} {' and '.join(shown)}" if shown else "it has none"


def other_kind(of: Subject, names: Iterable[str]) -> Found | None:
    """V704 for a histogram that the server, whose metrics have these names, has as the other kind: native or classic."""
    threshold = of.counted
    if not isinstance(threshold, Threshold):
        return None
    if histograms.buckets(replace(threshold, native=not threshold.native)).metric not in names:
        return None
    name = threshold.histogram.metric
    if threshold.native:
        message = f"`{name}` is a classic histogram: its buckets are series of their own"
        help = "write `events` without `native`"
    else:
        message, help = (
            f"`{name}` is a native histogram: it has no series of buckets",
            f"write `events native {name}{{…}}`",
        )
    return of.finding("V704", message, of.at.metric(name), help)
