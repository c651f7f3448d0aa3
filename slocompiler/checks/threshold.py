"""A threshold in a histogram: one histogram by its base name, a bound in its unit."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler import units
from slocompiler.checks.unsupported import is_unsupported
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.project import Project
from slocompiler.resolve import Part, Resolved, ResolvedSlo, Term
from slocompiler.syntax import tree as t
from slocompiler.syntax.expected import either


def thresholds(resolved: Resolved, project: Project) -> Iterator[Diagnostic]:
    """E212, E213 and E214 for every SLO."""
    del project
    for service in resolved.services:
        for slo in service.slos:
            if slo.whole and not any(is_unsupported(item) for item in slo.tree.items):
                yield from _of(slo)


def _of(slo: ResolvedSlo) -> Iterator[Diagnostic]:
    bounded = [part for part in (slo.good, slo.bad) if part and part.tree.bound]
    for part in bounded:
        yield from _shape(slo, part)
    for term in slo.total:
        yield from _unit(term, bool(bounded))
    if len(bounded) == 1 and len(slo.total) == 1:
        yield from _bound(slo.total[0], bounded[0])


def _shape(slo: ResolvedSlo, part: Part) -> Iterator[Diagnostic]:
    bound = part.tree.bound
    assert bound
    if part.tree.side == "bad":
        other = "above" if bound.side == "below" else "below"
        help = f"write `good {other} {bound.value.span.text}`: all else is bad"
        yield Diagnostic("E212", "a bound says what is good", part.tree.span.word, help=help)
    if part.terms:
        yield Diagnostic(
            "E212",
            "a bound holds for the events themselves, not for other counters",
            part.tree.span,
            help='say which of the events are good at all with a filter: `good {code!~"5.."} below 300ms`',
        )
    if len(slo.total) > 1:
        yield Diagnostic(
            "E212",
            "a bound needs one histogram, not a sum",
            bound.span,
            (Label(slo.total[1].span, "a second one"),),
            "make an SLO of each, or one histogram of them in a rule of your own",
        )


def _unit(term: Term, bounded: bool) -> Iterator[Diagnostic]:
    if term.unit and term.unit.text not in units.NAMES:
        names = either([f"`{name}`" for name in units.NAMES])
        yield Diagnostic("E214", f"`{term.unit.text}` is no unit", term.unit.span, help=f"there are {names}")
    elif term.unit and not bounded:
        yield Diagnostic("E212", "a unit, but no bound", term.unit.span, help="add one, such as `good below 300ms`")
    elif term.unit and units.suffix_of(term.metric) not in ("", term.unit.text):
        own = units.suffix_of(term.metric)
        yield Diagnostic("E214", f"`{term.metric}` is in {own} by its name, not in {term.unit.text}", term.unit.span)
    base = units.base_of(term.metric)
    if bounded and base != term.metric:
        part = term.metric.removeprefix(base)
        yield Diagnostic("E213", f"a histogram is named without `{part}`", term.span, help=f"write `{base}`")


def _bound(term: Term, part: Part) -> Iterator[Diagnostic]:
    assert part.tree.bound
    value = part.tree.bound.value
    unit = units.unit_of(units.base_of(term.metric), term.unit.text if term.unit else "")
    if isinstance(value, t.Param) or units.in_unit(value, unit) is not None:
        return
    histogram = (Label(term.span, f"measured in {unit.name}" if unit else "of no unit that its name tells"),)
    if unit is None:
        help = "name the unit behind the metric, such as `in s`, or give the bound as a plain number"
    elif isinstance(value, t.Duration | t.Size) and (unit.kind == "time") == isinstance(value, t.Duration):
        help = f"give it as a plain number of {unit.name}"
    else:
        help = "a bound such as `300ms`" if unit.kind == "time" else "a bound such as `5MB`"
    message = f"`{value.span.text}` cannot be compared with `{term.metric}`"
    yield Diagnostic("E214", message, value.span, histogram, help)
