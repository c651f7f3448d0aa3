"""A threshold in a histogram: one histogram by its base name, a bound in its unit."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.lower import units
from slocompiler.promql import is_version_3
from slocompiler.resolve import Choice, Part, ResolvedSlo, Term
from slocompiler.syntax import tree as t


def thresholds(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """E209, E212, E213, E214 and E412."""
    if not slo.whole:
        return
    bounded = [part for part in (slo.good, slo.bad) if part and part.tree.bound]
    for part in bounded:
        yield from _shape(slo, part)
    for term in slo.total:
        yield from _unit(term, bool(bounded))
        if term.native and not is_version_3(run.project.server):
            message = f"`native` needs Prometheus 3.0 or newer, and `server` is {run.project.server}"
            came = "native histograms came with 2.40 as an experiment, and are stable since 3.8"
            help = f'{came}; if your server is newer, write `server: "3.0"` in sloc.yaml'
            yield Diagnostic("E412", message, term.span, help=help)
    if len(bounded) == 1 and len(slo.total) == 1 and not slo.total[0].metric.endswith("_total"):
        yield from _bound(slo.total[0], bounded[0])
    for counted in (slo.good, slo.bad):
        yield from _parts(counted) if counted else ()
    if bounded:
        yield from _buckets(slo, bounded[0])


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
        names = ", ".join(f"`{name}`" for name in units.NAMES)
        yield Diagnostic("E214", f"`{term.unit.text}` is no unit", term.unit.span, help=f"there are {names}")
    elif term.unit and not bounded:
        yield Diagnostic("E212", "a unit, but no bound", term.unit.span, help="add one, such as `good below 300ms`")
    elif term.unit and units.suffix_of(term.metric) not in ("", term.unit.text):
        own = units.suffix_of(term.metric)
        message = f"`{term.metric}` is in {own} by its name, not in {term.unit.text}"
        yield Diagnostic("E214", message, term.unit.span, help=f"leave `in {term.unit.text}` out")
    yield from _histogram(term, bounded)


def _histogram(term: Term, bounded: bool) -> Iterator[Diagnostic]:
    """A bound needs a histogram, by its base name; without one its parts, but for `_count`, count no events."""
    base = units.base_of(term.metric)
    part = term.metric.removeprefix(base)
    help = "name the histogram of which a bound tells the good ones: `good below 300ms`"
    if bounded and part:
        yield Diagnostic("E213", f"a histogram is named without `{part}`", term.span, help=f"write `{base}`")
    elif bounded and term.metric.endswith("_total"):
        yield Diagnostic(
            "E212", f"`{term.metric}` is a counter by its name: a bound needs a histogram", term.span, help=help
        )
    elif not bounded and part in ("_bucket", "_sum"):
        why = "a bucket counts events again and again" if part == "_bucket" else "a sum of values counts no events"
        help = f"count `{base}_count`, or {help}"
        yield Diagnostic("E213", f"`{term.metric}` is a part of a histogram: {why}", term.span, help=help)
    elif not bounded and (term.native or units.suffix_of(term.metric)):
        help = f"add a bound, such as `good below 300ms`, or count `{term.metric}_count`"
        yield Diagnostic(
            "E212", f"`{term.metric}` is a histogram, and no bound tells good from bad", term.span, help=help
        )


def _parts(part: Part) -> Iterator[Diagnostic]:
    """E213 for a counter of good or bad events that is a part of a histogram; its `_count` counts each once."""
    for term in part.terms:
        base = units.base_of(term.metric)
        if term.metric != base and not term.metric.endswith("_count"):
            help = f"name the histogram, and a bound: `events {base}{{…}}` and `good below …`"
            yield Diagnostic("E213", f"`{term.metric}` is a part of a histogram", term.span, help=help)


def _buckets(slo: ResolvedSlo, part: Part) -> Iterator[Diagnostic]:
    """E209: what counts all events of a histogram has no `le`."""
    nodes: list[Term | Choice] = [*slo.total, *slo.exclude, *part.filters]
    nodes += (choice for term in slo.total for choice in term.exclude)
    for matcher, said in (pair for node in nodes for pair in zip(node.matchers, node.said, strict=True)):
        if matcher.label == "le":
            help = "say it as the bound, such as `good below 300ms`"
            yield Diagnostic("E209", "`le` tells buckets apart, and the bound chooses them", said.span, help=help)


def _bound(term: Term, part: Part) -> Iterator[Diagnostic]:
    assert part.tree.bound
    value = part.tree.bound.value
    unit = units.unit_of(units.base_of(term.metric), term.unit.text if term.unit else "")
    unknown = term.unit is not None and term.unit.text not in units.NAMES  # told
    if unknown or isinstance(value, t.Param) or units.in_unit(value, unit) is not None:
        return
    histogram = (Label(term.span, f"measured in {unit.words}" if unit else "of no unit that its name tells"),)
    if unit is None:
        help = "name the unit behind the metric, such as `in s`, or give the bound as a plain number"
    elif isinstance(value, t.Duration | t.Size) and (unit.kind == "time") == isinstance(value, t.Duration):
        help = f"give it as a plain number of {unit.words}"
    else:
        help = "a bound such as `300ms`" if unit.kind == "time" else "a bound such as `5MB`"
    message = f"`{value.span.text}` cannot be compared with `{term.metric}`"
    yield Diagnostic("E214", message, value.span, histogram, help)
