"""Raw PromQL: it must parse, use `$window` in rates, and not be mixed with filters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slocompiler.checks.backquotes import code, conditions, counted, is_as_written, part, rates, rewritten
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.fixes import edits
from slocompiler.ir import Deployment
from slocompiler.promql import judge
from slocompiler.promql.strings import WINDOW, named, parts
from slocompiler.resolve import ResolvedSlo
from slocompiler.source import Span
from slocompiler.suggest import did_you_mean
from slocompiler.syntax import tree as t

_RANGE = re.compile(r"\[\s*[0-9][0-9a-z]*\s*\]")
"""A range of a fixed length, such as `[5m]`."""


def raw(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E216, E412 and E416 of an SLO."""
    measure = slo.good or slo.bad
    if slo.intact and measure and slo.events:
        yield from _mixed(slo, slo.events, measure.tree)
    for node in rates(slo):
        yield from _rate(node, run.project.server)
        yield from _unknown(node, run.project.deployments)
    for node in (*conditions(slo), *counted(slo)):
        yield from _faulty(node, judge.CONDITION, run.project.server)
        yield from _unknown(node, run.project.deployments)
        window = next((x for x in parts(node.text) if x.kind == "hole" and named(x.text) == WINDOW), None)
        if window:
            help = "write a duration: a condition is evaluated at one moment"
            span = part(node, window.start, window.start + len(window.text))
            yield Diagnostic("E416", "a condition cannot use `$window`", span, help=help)


def _mixed(slo: ResolvedSlo, events: t.Events, measure: t.Measure) -> Iterator[Diagnostic]:
    """E216 where only one of the events and their classification is raw PromQL, or filters exclude raw events."""
    is_raw, is_raw_part = isinstance(events.of, t.Promql), isinstance(measure.other, t.Promql)
    here = (Label(events.of.span, f"the events are {'' if is_raw else 'not '}raw PromQL"),)
    if is_raw and not is_raw_part and not isinstance(measure.other, t.Fold | t.When):
        help = f"write raw PromQL here too: {measure.side} `sum(rate(…[$window]))`"
        yield Diagnostic("E216", f"`{measure.side}` cannot filter raw PromQL", measure.span, here, help)
    if is_raw_part and not is_raw:
        assert measure.other
        help = "write the events in raw PromQL too, or use filters here"
        yield Diagnostic(
            "E216", f"`{measure.side}` is raw PromQL, but the events are not", measure.other.span, here, help
        )
    if is_raw:
        for choice in slo.exclude:
            help = "write the exclusion into the selectors of the expression"
            yield Diagnostic("E216", "`exclude` cannot filter raw PromQL", choice.span, here, help)


def _rate(node: t.Promql, server: str) -> Iterator[Diagnostic]:
    yield from _faulty(node, judge.RATE, server)
    found = judge.words(node.text)
    if found and not any(word.startswith("$") for word in found):  # an empty text, or another `$…`, has its own error
        help = "write `$window` as the range of each rate: `sum(rate(x_total[$window]))`"
        message = "this expression has no `$window`: alerts evaluate it over several windows"
        fixes = rewritten("write `$window` as the range", node, code(node, _RANGE), "[$window]")
        yield Diagnostic("E416", message, node.span, help=help, fixes=fixes)


def _faulty(node: t.Promql, wanted: str, server: str) -> Iterator[Diagnostic]:
    """E412 for what another version of Prometheus loads, and E416 for what none does."""
    found = judge.fault(node.text, wanted, server)
    if found:
        span = part(node, found.start, found.end)
        instead = found.instead if is_as_written(node) else ""
        fixes = edits(f"write `{instead}`", (span, instead)) if instead else ()
        code = "E412" if found.is_version else "E416"
        message = f"{found.message}, and `server` is {server}" if found.since else found.message
        yield Diagnostic(code, message, span, help=found.help, fixes=fixes)


def _unknown(node: t.Promql, deployments: tuple[Deployment, ...]) -> Iterator[Diagnostic]:
    """E416 for each name with a dollar sign in a PromQL string that nothing gives a value: it would match nothing."""
    labels = [{matcher.label for matcher in one.where} for one in deployments]
    known = set.intersection(*labels) if labels else set()
    for one in parts(node.text):
        for name, start, end in one.holes() if one.kind == "string" else ():
            if name in known or name == WINDOW:
                continue
            hole = one.text[start:end]
            given = "parameters of the template, and labels of `deployments` in sloc.yaml, have values"
            help = f"{did_you_mean(name, known) or given}; a literal `{hole}` is written `${hole}`"
            yield Diagnostic("E416", f"`{hole}` has no value here", _hole(node, hole, one.start + start), help=help)


def _hole(node: t.Promql, hole: str, start: int) -> Span:
    """The span of a hole at an offset of the expression; if a template changed the text, where the hole is written."""
    written = node.span.text
    if not is_as_written(node) and written.count(hole) == 1:
        start = written.index(hole) - 1
        return node.span.part(node.span.start + 1 + start, node.span.start + 1 + start + len(hole))
    return part(node, start, start + len(hole))
