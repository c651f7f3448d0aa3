"""What an SLO measures, from the queries of its events and of its bad or good ones: the table of recognised pairs.

| all events | bad or good events | read as |
|---|---|---|
| M{a} | M{a, b} | `events M{a}` and `bad {b}`; with a sum of several, filters joined by `or` |
| M{a} | N{b}, or M{b} without a matcher of the events | `events M{a}` and `bad N{b}`, another counter |
| M_count{a} | M_bucket{a, b, le=B} | `events M{a}` and `good {b} below B` |
| T | T - P | the opposite side of P |
| T - X | P | `exclude X`, and what T and P are |
| sum_over_time((count(G))[w:]) | sum_over_time((count(G < V))[w:]) | `slices 1m each` and `good when G >= V` |
| anything else | anything else | raw PromQL for both |
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from slocompiler.importers.counted import INFINITE, Count, Series, counted, written
from slocompiler.importers.gauges import compared, mean
from slocompiler.importers.names import recorded
from slocompiler.importers.query import Query
from slocompiler.importers.unions import united
from slocompiler.ir import Events, Filter, Matcher, Ratio, Raw, Slices, Stream, Threshold
from slocompiler.lower.units import suffix_of
from slocompiler.promql import selector
from slocompiler.record import record, replace
from slocompiler.regex.sets import always, never

Side = Literal["bad", "good"]
OTHER: dict[Side, Side] = {"bad": "good", "good": "bad"}
_TIMES = ("s", "ms", "us", "m")


@record
class Filters:
    """Events, and those among them that are good or bad by their labels."""

    total: Events
    side: Side
    choices: tuple[Filter, ...]
    without: Events = ()


class Note(NamedTuple):
    """Something that a person should know about a query: a code, a message, and a help."""

    code: str
    message: str
    help: str = ""
    is_draft: bool = False
    """Whether it makes the SLO a draft, because the queries do not say what they mean."""


Shape = Filters | Ratio | Threshold | Slices


class Pair(NamedTuple):
    """What two queries measure: as a shape of the language if they have one, and as raw PromQL."""

    shape: Shape | None
    raw: Raw
    per: tuple[str, ...]
    notes: tuple[Note, ...]


class Unfit(Exception):
    """Two queries measure nothing; the note says why."""

    def __init__(self, note: Note) -> None:
        super().__init__(note.message)
        self.note = note


def pair(total: Query, part: Query, side: Side) -> Pair:
    """What the queries of all events and of a part of them measure. Raises Unfit."""
    of_gauge = mean(total, part)
    if of_gauge:
        total, part = of_gauge
    of_series = compared(total, part, side == "good")
    if of_series:
        slices, per = of_series
        return Pair(slices, _raw(total, part, None, None, side, per), per, _renamed(per))
    whole, some = counted(total.node), counted(part.node)
    by = _grouping(total, whole), _grouping(part, some)
    if None not in by and set(by[0] or ()) != set(by[1] or ()):
        sides = [f"`by ({', '.join(labels or ())})`" if labels else "no labels" for labels in by]
        message = (
            f"the events have {sides[0]}, the {side} ones have {sides[1]}: no series of one side matches the other"
        )
        raise Unfit(Note("E614", message, "sum both sides by the same labels"))
    per = by[0] or by[1] or ()
    notes = list[Note]()
    shape = None
    if whole and some:
        shape = _classified(whole, some, side, notes)
        if (whole.by is None and total.is_windowed) or (some.by is None and part.is_windowed):
            message = "the query has no `sum`: each series had a ratio of its own, and here they are added up"
            notes.append(Note("W602", message, "`per LABEL` gives each value of a label its own budget"))
    return Pair(shape, _raw(total, part, whole, some, side, per), per, (*notes, *_renamed(per)))


def _renamed(per: tuple[str, ...]) -> tuple[Note, ...]:
    """Notes about the labels that are recorded under other names."""
    renamed = {label: recorded(label) for label in per if recorded(label) != label}
    messages = (f"sloc sets the label `{old}`, so it is recorded as `{new}` here" for old, new in renamed.items())
    return tuple(Note("W631", message) for message in messages)


def _grouping(query: Query, found: Count | None) -> tuple[str, ...] | None:
    """The labels of the sums of a query; None if it has none, or if nobody knows."""
    if found:
        return found.by
    node = query.node
    while node.kind == "operation" and node.parts[0].type == "vector":
        node = node.parts[0]
    is_known = node.kind == "aggregation" and (node.labels is None or node.labels.keeps)
    return (node.labels.names if node.labels else ()) if is_known else None


def _raw(total: Query, part: Query, whole: Count | None, some: Count | None, side: Side, per: tuple[str, ...]) -> Raw:
    return Raw(total=_rates(total, whole, per), side=side, part=_rates(part, some, per))


def _rates(query: Query, found: Count | None, per: tuple[str, ...]) -> str:
    """Raw PromQL of a query; selectors without a window get one."""
    if query.is_windowed or found is None:
        return query.raw()
    by = f" by ({', '.join(per)})" if per else ""

    def rate(one: Series) -> str:
        le = (Matcher("le", "=", f"{one.bound:f}"),) if one.bound is not None and not one.native else ()
        return f"sum{by} (rate({selector(one.metric, one.matchers + le)}[$window]))"

    return " + ".join(map(rate, found.plus)) + "".join(f" - {rate(one)}" for one in found.minus)


# Shapes


def _classified(total: Count, part: Count, side: Side, notes: list[Note]) -> Shape | None:
    """The shape of a pair; adds notes about it."""
    whole, some = united(total.plus), united(part.plus)
    if total.minus:
        found = _classified(total._replace(minus=()), part, side, notes)
        return _excluding(found, total.minus) if isinstance(found, Filters | Ratio) else None
    if part.minus:
        is_complement = set(map(_all, some)) == set(map(_all, whole)) and not set(part.minus) & set(part.plus)
        rest = part._replace(plus=part.minus, minus=())
        return _classified(total, rest, OTHER[side], notes) if is_complement else None
    odd = next((one for one in (*whole, *some) if one.has_le and one.metric.endswith(("_count", "_sum"))), None)
    if odd:
        message = f"`{odd.metric}` has no label `le`, so the query selects nothing"
        raise Unfit(Note("E612", message, f"select the buckets: `{odd.metric.rpartition('_')[0]}_bucket`"))
    if set(map(_all, whole)) == set(map(_all, some)):
        message = f"all events are {side}: both queries select {written(some[0])}"
        raise Unfit(Note("E613", message, f"select only the {side} events"))
    if some[0].bound is not None or whole[0].native:
        return _threshold(whole, some, side, notes)
    if whole[0].bound is not None and whole[0].metric.removesuffix("_bucket") == some[0].metric.removesuffix("_count"):
        message = f"the queries are swapped: {written(some[0])} counts all events, and the bucket a part of them"
        notes.append(Note("E611", message, "the SLO is a draft with both queries; swap them", is_draft=True))
    if any(one.has_le for one in (*whole[1:], *some)) or (whole[0].has_le and whole[0].bound != INFINITE):
        return None
    return _counters(tuple(map(_all, whole)), some, side, notes)


def _excluding(of: Filters | Ratio, minus: tuple[Series, ...]) -> Shape | None:
    """The shape without the events of other metrics."""
    own = {one.metric for one in (*of.total, *(of.part if isinstance(of, Ratio) else ()))}
    if any(one.has_le or one.native or one.metric in own for one in minus):
        return None
    return replace(of, without=tuple(Stream(metric=one.metric, all=one.matchers) for one in minus))


def _all(one: Series) -> Series:
    """A bucket without a bound is the count of a histogram."""
    is_count = one.bound == INFINITE and one.metric.endswith("_bucket")
    return Series(f"{one.metric.removesuffix('_bucket')}_count", one.matchers) if is_count else one


def _threshold(whole: tuple[Series, ...], some: tuple[Series, ...], side: Side, notes: list[Note]) -> Shape | None:
    if len(whole) != 1 or len(some) != 1 or some[0].bound is None:
        return None
    events, within = _all(whole[0]), some[0]
    native = events.native and within.native and events.metric == within.metric
    base = events.metric if native else events.metric.removesuffix("_count")
    if not native and (events.has_le or f"{base}_count" != events.metric or f"{base}_bucket" != within.metric):
        return None
    rest, lacking = _narrowed(events, within)
    if lacking or (rest and side == "bad"):
        return None
    bound, is_good = some[0].bound, side == "good"
    if bound == INFINITE or bound < 0 or (is_good and not bound):
        return None
    unit = suffix_of(base)
    if not is_good and unit in _TIMES:
        message = "the events below the bound are called bad: for a latency, these are the fast ones"
        help = "the SLO is a draft with `good above …`, as the query says; if it should be `good below …`, change it"
        notes.append(Note("E611", message, help, is_draft=True))
    histogram = Stream(metric=base, all=events.matchers)
    only = (rest,) if rest else ()
    good: Literal["le", "gt"] = "le" if is_good else "gt"
    return Threshold(histogram=histogram, native=native, unit=unit, bound=bound, good=good, only=only)


def _counters(whole: tuple[Series, ...], some: tuple[Series, ...], side: Side, notes: list[Note]) -> Shape | None:
    if len({one.metric for one in whole}) < len(whole):
        return None
    streams = tuple([Stream(metric=one.metric, all=one.matchers) for one in whole])
    same = [one for one in some if one.metric == whole[0].metric]
    if len(whole) == 1 and len(same) == len(some):
        found = [_narrowed(whole[0], one) for one in some]
        if all(rest and not lacking for rest, lacking in found):
            choices = tuple([rest for rest, _ in found])
            if len(choices) > 1 and not _apart(choices):
                message = (
                    "an event that matches several of the selectors was counted several times; here it counts once"
                )
                notes.append(Note("W608", message))
            return Filters((streams[0],), side, choices)
    if len({one.metric for one in some}) < len(some):
        return None
    for one in some:
        for events in whole:
            lacking = _narrowed(events, one)[1] if events.metric == one.metric else ()
            if lacking:
                missing = selector("", lacking)
                message = f"the {side} events are no part of the events, which have {missing}: the share can pass 100%"
                help = "the SLO is a draft with this query; add the matchers to it if they are forgotten"
                notes.append(Note("E610", message, help, is_draft=True))
    return Ratio(total=streams, side=side, part=tuple([Stream(metric=one.metric, all=one.matchers) for one in some]))


def _narrowed(events: Series, part: Series) -> tuple[Filter, Filter]:
    """What a part has besides the matchers of the events, and which of theirs it does not imply."""
    rest = tuple([one for one in part.matchers if one not in events.matchers])
    lacking = [one for one in events.matchers if one not in part.matchers]
    return rest, tuple([one for one in lacking if not always(one, [own for own in rest if own.label == one.label])])


def _apart(choices: tuple[Filter, ...]) -> bool:
    """Whether certainly no event matches two of the filters."""
    pairs = [(one, other) for index, one in enumerate(choices) for other in choices[:index]]
    return all(
        any(never([*_on(one, label), *_on(other, label)]) for label in {m.label for m in one}) for one, other in pairs
    )


def _on(matchers: Filter, label: str) -> list[Matcher]:
    return [one for one in matchers if one.label == label]
