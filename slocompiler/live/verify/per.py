"""V706: too many values of `per`, and values with so few events that one bad event spends the whole budget."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from slocompiler import promql
from slocompiler.explain.words import plural
from slocompiler.ir import Ratio, Stream, Threshold
from slocompiler.live import tables
from slocompiler.live.questions import Asking, Instant, Sample
from slocompiler.live.verify.subject import Found, Subject

MOST = 50
"""How many values can have a budget of their own: each has all rules, and its own alerts."""


def per(of: Subject) -> Asking[list[Found]]:
    """V706 of an SLO with `per` that counts events. A budget of slices does not depend on their number."""
    streams = of.events() if of.slo.per and isinstance(of.slo.indicator, Ratio | Threshold) else ()
    counted = [of.table(Stream(metric=one.metric, all=promql.fixed(one)), of.slo.event_labels) for one in streams]
    begun = [Instant(expr=_before(one, of.lookback), at=of.now) for one in streams]
    events = [Instant(expr=_events(one, of), at=of.now) for one in streams]
    answers = yield (*counted, *begun, *events)
    names = {_name(of, row) for one in counted for row in answers.vector(one)}
    found: list[Found] = []
    if len(names) > MOST:
        found.append(_many(of, len(names)))
    if len(streams) == 1 and answers.vector(begun[0]):
        found += _few(of, {_name(of, row): row.value for row in answers.vector(events[0])})
    return found


def _many(of: Subject, count: int) -> Found:
    message = f"`per {', '.join(of.slo.per)}` has {count:,} values {of.lately}: each has a budget of its own"
    help = f"group the values in the service, or exclude some of them; up to {MOST} are usual"
    return of.finding("V706", message, next(iter(of.at.per.values())), help)


def _few(of: Subject, events: dict[str, float]) -> Iterator[Found]:
    """Values whose budget is less than one event."""
    allowed = {name: value * of.slo.window / of.lookback * _budget(of) for name, value in events.items()}
    few = sorted(name for name, value in allowed.items() if 0 < value < 1)
    if few:
        message = f"one bad event spends the whole budget of {plural(len(few), 'value')}: {tables.listed(few)}"
        help = "exclude them, give them a `target` they can keep, or use a label with fewer values"
        yield of.finding("V706", message, next(iter(of.at.per.values())), help)


def _budget(of: Subject) -> float:
    """The largest share of bad events that one of the targets allows."""
    targets = (of.slo.target, *(override.target for override in of.slo.overrides))
    return float(1 - Fraction(min(targets)))


def _name(of: Subject, row: Sample) -> str:
    return ", ".join(row.labels.get(label, "") or '""' for label in of.slo.event_labels)


def _events(stream: Stream, of: Subject) -> str:
    by = ", ".join(map(promql.label_name, of.slo.event_labels))
    increase = f"sum by ({by}) ({promql.rate(stream, promql.duration(of.lookback), 'increase')})"
    is_native = isinstance(of.counted, Threshold) and of.counted.native
    return f"histogram_count({increase})" if is_native else increase


def _before(stream: Stream, lookback: int) -> str:
    """Whether there were series all the time: the events of a shorter time say little."""
    return f"count({promql.selector(stream.metric, stream.all)} offset {promql.duration(lookback)})"
