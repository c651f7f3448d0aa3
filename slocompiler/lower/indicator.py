"""Lowers what an SLO measures (events, thresholds, conditions, raw PromQL) to an indicator of the IR."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from slocompiler import ir
from slocompiler.lower.units import Unit, base_of, in_unit, unit_of
from slocompiler.resolve import Choice, Compared, Part, ResolvedSlo, Term
from slocompiler.syntax import tree as t

FOLDS = ("max", "min", "avg", "sum", "count", "age", "until")
"""The aggregations that a condition can name. Without one, the condition must be true for each series."""


def is_condition(part: Part) -> bool:
    """Whether `good` or `bad` is a condition on time slices, or a share of them."""
    return isinstance(part.tree.other, t.Fold | t.When)


def lacks_events(part: Part) -> bool:
    """Whether `good` or `bad` is a condition in raw PromQL, and nothing says in which slices there is data."""
    when = part.tree.other
    return isinstance(when, t.When) and isinstance(when.of, t.Promql) and when.counted is None


def level(one: t.Comparison, term: Term) -> Decimal | None:
    """The value to compare with, in the unit of the metric (a time since or until something in seconds); None if it has the wrong unit."""
    fold, value = fold_of(one), one.value
    if isinstance(value, t.Percent):
        return None if fold in (*ir.TIMES, "count") or compared_unit(one, term) else value.ratio
    if fold in ir.TIMES:
        return value.seconds if isinstance(value, t.Duration) else None
    return in_unit(value, compared_unit(one, term))


def compared_unit(one: t.Comparison, term: Term) -> Unit | None:
    """The unit of the values that are compared; None for a count, a quotient, and a metric without a unit.

    A rate of bytes is in bytes a second. One of seconds is a share of the time, which has no unit.
    """
    if fold_of(one) == "count" or len(one.looked_at) > 1:
        return None
    if not is_rate(one):
        return unit_of(term.metric, "")
    unit = unit_of(base_of(term.metric.removesuffix("_total")), "")
    return unit if unit and unit.kind == "size" else None


def is_rate(one: t.Comparison) -> bool:
    """Whether rates of counters are compared."""
    return functions(one)[1:] == ("rate",)


def fold_of(one: t.Comparison) -> str:
    """The aggregation of a comparison, one of FOLDS; `each` for a bare selector."""
    return next(iter(functions(one)), "each")


def functions(one: t.Comparison) -> tuple[str, ...]:
    """The names of the functions in a comparison, the outer one first: `sum`, `rate`."""
    outer = one.operand
    if not isinstance(outer, t.Fold):
        return ()
    return outer.function.text, *((outer.of.function.text,) if isinstance(outer.of, t.Fold) else ())


def indicator(slo: ResolvedSlo) -> ir.Indicator:
    """The indicator of an SLO that has no errors."""
    part = slo.bad or slo.good
    assert part, "checked: one of them is given (E204)"
    if slo.slices is None:
        return _events(slo, part)
    length = seconds(slo.slices.length)
    at_least = ratio(slo.slices.at_least) if slo.slices.at_least else None
    if at_least is not None and not is_condition(part):
        return ir.RatioSlices(seconds=length, at_least=at_least, of=_events(slo, part))
    missing = slo.no_data.verdict if slo.no_data else "ignored" if slo.per or slo.slices.each else "bad"
    return ir.Slices(
        seconds=length,
        at_least=at_least,
        good_when=_condition(part),
        missing=cast(Any, missing),
        each=slo.slices.each,
    )


def _condition(part: Part) -> ir.Gauge | ir.All | ir.RawCondition | ir.Share:
    when = part.tree.other
    if part.share:
        return ir.Share(side=part.tree.side, stream=_stream(part.share[0], part.share[0].exclude))
    assert isinstance(when, t.When)
    if isinstance(when.of, t.Promql):
        return ir.RawCondition(expr=when.of.text, of=when.counted.text if when.counted else "")
    gauges = tuple(map(_gauge, part.comparisons))
    return gauges[0] if len(gauges) == 1 else ir.All(conditions=gauges)


def _gauge(compared: Compared) -> ir.Gauge:
    (term,), one = compared.terms, compared.tree
    value = level(one, term)
    assert value is not None, "checked: it can be compared (E214)"
    fold, unit = fold_of(one), compared_unit(one, term)
    return ir.Gauge(
        fold=cast(Any, fold),
        rate=is_rate(one),
        stream=_stream(term, term.exclude),
        divisor=next((_stream(x, x.exclude) for x in compared.divisor), None),
        cmp=cast(Any, one.cmp),
        value=value,
        unit="s" if fold in ir.TIMES else unit.name if unit else "",
    )


def proof(node: t.Proof, term: Term) -> ir.Proof:
    """What proves that absent data is no outage."""
    assert isinstance(node.value, t.Number), "known: parameters have their values"
    return ir.Proof(stream=_stream(term, term.exclude), cmp=cast(Any, node.cmp), value=node.value.value)


def _events(slo: ResolvedSlo, part: Part) -> ir.Ratio | ir.Threshold | ir.Raw:
    if slo.events and isinstance(slo.events.of, t.Promql):
        assert isinstance(part.tree.other, t.Promql), "checked: raw goes with raw (E216)"
        return ir.Raw(total=slo.events.of.text, side=part.tree.side, part=part.tree.other.text)
    if part.tree.bound:
        return _threshold(slo, part, part.tree.bound)
    side = part.tree.side
    filters = tuple([choice.matchers for choice in part.filters]) or _as_filters(slo, part)
    total = tuple([_stream(term, term.exclude + slo.exclude) for term in slo.total])
    without = tuple([one.counter for one in excluded_counters(slo)])
    if not filters:
        counted = tuple(_stream(x, x.exclude + exclusions_for(slo, x)[0]) for x in part.terms)
        return ir.Ratio(total=total, side=side, part=counted, without=without)
    if side == "bad":
        bad = tuple([ir.Stream(metric=s.metric, all=s.all, any=filters, none=s.none) for s in total])
    else:
        bad = tuple(ir.Stream(metric=s.metric, all=s.all, none=_once(s.none + filters)) for s in total)
    return ir.Ratio(total=total, side="bad", part=bad, without=without)


def excluded_counters(slo: ResolvedSlo) -> tuple[ir.Without, ...]:
    """The counters of `exclude`, each once."""
    if not slo.without:
        return ()  # the usual case
    found = {_stream(term, term.exclude): reason for term, reason in reversed(slo.without)}
    return tuple(ir.Without(counter=counter, reason=reason) for counter, reason in reversed(found.items()))


def _threshold(slo: ResolvedSlo, part: Part, bound: t.Bound) -> ir.Threshold:
    (term,) = slo.total
    unit = unit_of(term.metric, term.unit.text if term.unit else "")
    bounded = tuple(
        ir.Bounded(any=_once(tuple(choice.matchers for choice in choices)), bound=_bound(one, unit))
        for one, choices in part.bounded
    )
    only = _once(tuple(choice.matchers for choice in part.filters))
    return ir.Threshold(
        histogram=_stream(term, term.exclude + slo.exclude, only if bounded else ()),
        native=term.native,
        unit=unit.name if unit else "",
        bound=max(_bound(one, unit) for one in part.tree.bounds),
        good="le" if bound.side == "below" else "gt",
        only=() if bounded else only,
        bounded=bounded,
    )


def _bound(bound: t.Bound, unit: Unit | None) -> Decimal:
    value = in_unit(bound.value, unit)
    assert value is not None, "checked: the bound has a value in the metric's unit (E214)"
    return value


def _as_filters(slo: ResolvedSlo, part: Part) -> tuple[ir.Filter, ...]:
    """`bad requests{code="500"}` of `events requests` is the filter `{code="500"}`."""
    if len(slo.total) != 1 or len(part.terms) != 1:
        return ()
    (total,), (term,) = slo.total, part.terms
    covered = total.metric == term.metric and set(total.matchers) <= set(term.matchers)
    extra = tuple(m for m in term.matchers if m not in total.matchers)
    return (
        (extra,)
        if covered and extra and {c.matchers for c in term.exclude} <= {c.matchers for c in total.exclude}
        else ()
    )


def _stream(term: Term, exclude: tuple[Choice, ...], any_: tuple[ir.Filter, ...] = ()) -> ir.Stream:
    none = _once(tuple([choice.matchers for choice in exclude]))
    return ir.Stream(metric=term.metric, all=term.matchers, any=any_, none=none)


def _once(filters: tuple[ir.Filter, ...]) -> tuple[ir.Filter, ...]:
    return tuple(dict.fromkeys(filters))


def exclusions_for(slo: ResolvedSlo, part: Term) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """The exclusions of the events that also apply to a counter of `good` or `bad`, and those that cannot be applied.

    To a counter of the same metric, which has the same labels, all apply. To another counter, an exclusion applies if it
    is a single positive matcher that holds for all counters of the sum. Its own exclusions are not repeated.
    """
    same = [term for term in slo.total if term.metric == part.metric]
    if same:
        return same[0].exclude + slo.exclude, ()
    own = {choice.matchers for choice in part.exclude}
    common = set.intersection(*({c.matchers for c in term.exclude} for term in slo.total)) if slo.total else set()
    applied: list[Choice] = []
    refused: list[Choice] = []
    for choice in dict.fromkeys((*(c for term in slo.total for c in term.exclude), *slo.exclude)):
        everywhere = choice.matchers in common or choice in slo.exclude
        plain = len(choice.matchers) == 1 and choice.matchers[0].op in ("=", "=~")
        if choice.matchers not in own and choice.matchers:
            (applied if plain and everywhere else refused).append(choice)
    return tuple(applied), tuple(refused)


# Values: no parameter is left, and the checks have refused calendars


def ratio(value: t.PercentLike) -> Decimal:
    """A percentage as a share of 1, exactly."""
    assert isinstance(value, t.Percent)
    return value.ratio


def seconds(value: t.DurationLike | t.Calendar) -> int:
    """A duration in whole seconds."""
    assert isinstance(value, t.Duration)
    return int(value.seconds)
