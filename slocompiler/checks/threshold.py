"""Thresholds such as `good below 300ms`: they need one histogram, by its base name, and a value in its unit."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from slocompiler.burn import MINUTE
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Fix, Label
from slocompiler.fixes import edits, remove_item
from slocompiler.lower import units
from slocompiler.promql import is_version_3, number
from slocompiler.resolve import Choice, Part, ResolvedSlo, Term
from slocompiler.suggest import closest
from slocompiler.syntax import tree as t


def thresholds(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E209, E212, E213, E214 and E412 of an SLO."""
    if not slo.intact:
        return
    bounded = [part for part in (slo.good, slo.bad) if part and part.tree.bound]
    for part in bounded:
        yield from _shape(slo, part)
    for term in slo.total:
        yield from _unit(term, bool(bounded))
        if term.native and not is_version_3(run.project.server):
            message = f"`native` needs Prometheus 3.0 or newer, and `server` is {run.project.server}"
            help = (
                'if all of your servers have 3.0, write `server: "3.0"` in sloc.yaml; before 3.8 they are an experiment'
            )
            yield Diagnostic("E412", message, term.span, help=help)
    if len(bounded) == 1 and len(slo.total) == 1 and not slo.total[0].metric.endswith("_total"):
        for bound in bounded[0].tree.bounds:
            yield from _bound(slo.total[0], bound)
    for counted in (slo.good, slo.bad):
        yield from _parts(counted) if counted else ()
    if bounded:
        yield from _buckets(slo, bounded[0])


def _shape(slo: ResolvedSlo, part: Part) -> Iterator[Diagnostic]:
    """E212 for a threshold that says what is bad, or that applies to anything but one histogram."""
    bound = part.tree.bound
    assert bound
    if part.tree.side == "bad":
        other = "above" if bound.side == "below" else "below"
        meant = f"`good {other} {bound.value.span.text}`"
        several = sum(isinstance(item, t.Measure) for item in slo.tree.items) > 1
        is_never = other == "below" and isinstance(bound.value, t.Duration) and not bound.value.seconds  # E240
        is_alone = not (several or part.filters or part.terms or is_never or part.tree.bounded)
        inverted = ((part.tree.span.word, "good"), (bound.span.word, other))
        fixes = edits(f"write {meant}", *inverted, safe=True) if is_alone else ()
        help = f"a bound belongs to `good`, as in {meant}" if several else f"write {meant}: all other events are bad"
        help = "say what is good, with the opposite of each bound" if part.tree.bounded else help
        help = "the bound is the longest time that is good, such as `good below 300ms`" if is_never else help
        yield Diagnostic("E212", "a threshold must say what is good", part.tree.span.word, help=help, fixes=fixes)
    if part.terms:
        message = "a threshold applies to the events, not to other counters"
        help = 'to restrict the good events, add a filter, such as `good {code!~"5.."} below 300ms`'
        yield Diagnostic("E212", message, part.tree.span, help=help)
    if len(slo.total) > 1:
        here = (Label(slo.total[1].span, "a second histogram"),)
        help = "write one SLO for each histogram, or combine them in a recording rule"
        yield Diagnostic("E212", "a threshold needs one histogram, not a sum", bound.span, here, help)


def _unit(term: Term, bounded: bool) -> Iterator[Diagnostic]:
    """E212 to E214 for the unit and the name of a metric; `bounded` says whether the SLO has a threshold."""
    if term.unit and term.unit.text not in units.NAMES:
        names = ", ".join(f"`{name}`" for name in units.NAMES)
        message = f"`{term.unit.text}` is not a unit"
        yield Diagnostic("E214", message, term.unit.span, help=f"use one of {names}", fixes=_named_unit(term.unit))
    elif term.unit and not bounded:
        help = "add a threshold, such as `good below 300ms`"
        yield Diagnostic("E212", "a unit is only used by a threshold", term.unit.span, help=help)
    elif term.unit and units.suffix_of(term.metric) not in ("", term.unit.text):
        own = units.suffix_of(term.metric)
        message = f"the unit of `{term.metric}` is `{own}` by its name, not `{term.unit.text}`"
        help = f"remove `in {term.unit.text}`"
        yield Diagnostic("E214", message, term.unit.span, help=help, fixes=_without_unit(term.unit))
    yield from _histogram(term, bounded)


def _named_unit(unit: t.Name) -> tuple[Fix, ...]:
    """Write the symbol of a unit that is given by its name."""
    symbol = units.BY_WORDS.get(closest(unit.text, units.BY_WORDS))
    return edits(f"write `{symbol}`", (unit.span, symbol)) if symbol else ()


def _without_unit(unit: t.Name) -> tuple[Fix, ...]:
    """Remove a unit with the `in` before it."""
    text = unit.span.source.text
    begin = text.rfind("in", 0, unit.span.start)
    if not text[begin + 2 : unit.span.start].isspace():
        return ()  # a comment is between them
    while text[begin - 1].isspace():
        begin -= 1
    return edits(f"remove `in {unit.text}`", (unit.span.part(begin, unit.span.end), ""))


def _renamed(term: Term, metric: str, safe: bool = False) -> tuple[Fix, ...]:
    """Change the name of a metric where it is written; a stream has its own definition."""
    span = term.span.part(term.span.start, term.span.start + len(term.metric))
    return edits(f"write `{metric}`", (span, metric), safe=safe) if span.text == term.metric else ()


def _histogram(term: Term, bounded: bool) -> Iterator[Diagnostic]:
    """E212 and E213: a threshold needs a histogram by its base name; without one, only `_count` counts events."""
    base = units.base_of(term.metric)
    part = term.metric.removeprefix(base)
    if bounded and part:
        fixes = _renamed(term, base, safe=True)
        yield Diagnostic("E213", f"name the histogram without `{part}`", term.span, help=f"write `{base}`", fixes=fixes)
    elif bounded and term.metric.endswith("_total"):
        message = f"`{term.metric}` is a counter by its name, but a threshold needs a histogram"
        help = "use a histogram, such as `http_request_duration_seconds`"
        yield Diagnostic("E212", message, term.span, help=help)
    elif not bounded and part in ("_bucket", "_sum"):
        why = "each event is in several buckets" if part == "_bucket" else "a sum of values does not count events"
        help = f"count `{base}_count`, or use `{base}` with a threshold such as `good below 300ms`"
        message = f"`{term.metric}` is a part of a histogram: {why}"
        has_le = any(matcher.label == "le" for matcher in term.matchers)  # `_count` has no such label
        fixes = () if has_le else _renamed(term, f"{base}_count")
        yield Diagnostic("E213", message, term.span, help=help, fixes=fixes)
    elif not bounded and (term.native or units.suffix_of(term.metric)):
        message = f"`{term.metric}` is a histogram, but no threshold says what is good"
        help = f"add a threshold, such as `good below 300ms`, or count `{term.metric}_count`"
        fixes = () if term.native else _renamed(term, f"{term.metric}_count")
        yield Diagnostic("E212", message, term.span, help=help, fixes=fixes)


def _parts(part: Part) -> Iterator[Diagnostic]:
    """E213 for a counter of good or bad events that is a `_bucket` or `_sum` of a histogram."""
    for term in part.terms:
        base = units.base_of(term.metric)
        if term.metric != base and not term.metric.endswith("_count"):
            help = f"use the histogram and a threshold: `events {base}{{…}}` and `good below …`"
            yield Diagnostic("E213", f"`{term.metric}` is a part of a histogram", term.span, help=help)


def _buckets(slo: ResolvedSlo, part: Part) -> Iterator[Diagnostic]:
    """E209 for `le` in a matcher of an SLO with a threshold."""
    selections: list[Term | Choice] = [*slo.total, *slo.exclude, *part.filters]
    selections += (choice for term in slo.total for choice in term.exclude)
    for matcher, node in (pair for one in selections for pair in zip(one.matchers, one.nodes, strict=True)):
        if matcher.label == "le":
            help = "write the limit as the threshold, such as `good below 300ms`"
            message = "`le` cannot be matched: the threshold selects the bucket"
            fixes = remove_item("remove this matcher", node.span)
            yield Diagnostic("E209", message, node.span, help=help, fixes=fixes)


def _bound(term: Term, bound: t.Bound) -> Iterator[Diagnostic]:
    """E214 for a threshold that has no exact value in the unit of the metric."""
    value = bound.value
    unit = units.unit_of(units.base_of(term.metric), term.unit.text if term.unit else "")
    unknown = term.unit is not None and term.unit.text not in units.NAMES  # reported by _unit
    if unit:
        yield from plain_number(value, unit, term)
    if unknown or isinstance(value, t.Param) or units.in_unit(value, unit) is not None:
        return
    histogram = (Label(term.span, f"measured in {unit.words}" if unit else "the name has no unit"),)
    if unit is None:
        help = "write the unit after the metric, such as `in s`, or use a plain number"
    elif isinstance(value, t.Duration | t.Size) and (unit.kind == "time") == isinstance(value, t.Duration):
        help = f"write a duration that is a decimal number of {unit.words}: `3s` is 0.05 minutes"
    else:
        help = "write a duration, such as `300ms`" if unit.kind == "time" else "write a size, such as `5MB`"
    message = f"`{value.span.text}` cannot be compared with `{term.metric}`"
    yield Diagnostic("E214", message, value.span, histogram, help, () if unit else _with_unit(term, value))


def _with_unit(term: Term, value: t.Quantity) -> tuple[Fix, ...]:
    """Write a unit after a metric, where it is written."""
    if term.unit or not term.span.text.startswith(term.metric):
        return ()
    fitting = [name for name in units.NAMES if units.in_unit(value, units.unit_of("", name)) is not None]
    return tuple(fix for name in fitting for fix in edits(f"add `in {name}`", (term.span.after, f" in {name}")))


def plain_number(value: t.Quantity, unit: units.Unit, term: Term) -> Iterator[Diagnostic]:
    """E214 for a plain number that is compared with a metric that has a unit. Zero is the same in all units."""
    if isinstance(value, t.Number) and value.value:
        written, meant = value.span.text, _readings(value.value, unit)
        here = (Label(term.span, f"measured in {unit.words}"),)
        help = f"write {' or '.join(f'`{one}`' for one in meant)}"
        fixes = tuple(fix for one in meant for fix in edits(f"write `{one}`", (value.span, one)))
        message = f"`{written}` has no unit: for `{term.metric}` it means {written} {unit.words}"
        yield Diagnostic("E214", message, value.span, here, help, fixes)


def _readings(value: Decimal, unit: units.Unit) -> tuple[str, ...]:
    """What a plain number of a unit may mean, the most likely first: 300 of a metric in seconds is `300ms` or `300s`."""
    if unit.name == "s" and value < 1:
        return (f"{number(value * 1000)}ms",)
    if unit.name == "s":
        both = f"{number(value)}ms", f"{number(value)}s"
        return both if value >= MINUTE else both[::-1]
    if unit.name == "B" and 1 <= value < 1000:
        return f"{number(value)}MB", f"{number(value)}B"
    return (f"{number(value / 1000)}ms" if unit.name == "us" else f"{number(value)}{unit.name}",)
