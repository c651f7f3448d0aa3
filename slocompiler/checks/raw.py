"""Raw PromQL: it must parse, use `$window` in rates, and not be mixed with filters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Fix, Label
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
_INCREASE = re.compile(r"(?<![\w:])increase(?=\s*\()")


def raw(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E216, E416, W322, W323 and W346 of an SLO."""
    events = slo.events.of if slo.events else None
    part = slo.good or slo.bad
    other = part.tree.other if part else None
    if slo.intact and part and slo.events:
        yield from _mixed(slo, slo.events, part.tree)
    rates = [node for node in (events, other) if isinstance(node, t.Promql)]
    for node in (node for node in rates if node.intact):
        yield from _rate(node)
        yield from _unknown(node, run.project.deployments)
    conditions = (other.operand if isinstance(other, t.When) else None, slo.exclude_when and slo.exclude_when.what)
    for node in (node for node in conditions if isinstance(node, t.Promql) and node.intact):
        yield from _faulty(node, judge.CONDITION)
        yield from _unknown(node, run.project.deployments)
        window = next((x for x in parts(node.text) if x.kind == "hole" and named(x.text) == WINDOW), None)
        if window:
            help = "write a duration: a condition is evaluated at one moment"
            span = _part(node, window.start, window.start + len(window.text))
            yield Diagnostic("E416", "a condition cannot use `$window`", span, help=help)
    if slo.exclude_when and isinstance(slo.exclude_when.what, t.Promql):
        yield from _uncompared(slo.exclude_when.what)


def _uncompared(node: t.Promql) -> Iterator[Diagnostic]:
    """W323 for a bare selector in `exclude when`."""
    if judge.is_selector(node.text):
        help = "compare its value, such as `maintenance{} > 0`"
        end = len(node.text.rstrip())
        is_plain = _is_as_written(node) and "#" not in node.text
        fixes = edits("compare it with `> 0`", (_part(node, end, end), " > 0")) if is_plain else ()
        message = "this excludes every moment at which the series exists"
        yield Diagnostic("W323", message, node.span, help=help, fixes=fixes)


def _mixed(slo: ResolvedSlo, events: t.Events, measure: t.Measure) -> Iterator[Diagnostic]:
    """E216 where only one of the events and their classification is raw PromQL, or filters exclude raw events."""
    is_raw, is_raw_part = isinstance(events.of, t.Promql), isinstance(measure.other, t.Promql)
    here = (Label(events.of.span, f"the events are {'' if is_raw else 'not '}raw PromQL"),)
    if is_raw and not is_raw_part and not isinstance(measure.other, t.When):
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


def _rate(node: t.Promql) -> Iterator[Diagnostic]:
    yield from _faulty(node)
    found = judge.words(node.text)
    if found and not any(word.startswith("$") for word in found):  # an empty text, or another `$…`, has its own error
        help = "write `$window` as the range of each rate: `sum(rate(x_total[$window]))`"
        message = "this expression has no `$window`: alerts evaluate it over several windows"
        fixes = _rewritten("write `$window` as the range", node, _code(node, _RANGE), "[$window]")
        yield Diagnostic("E416", message, node.span, help=help, fixes=fixes)
    increases = _code(node, _INCREASE)
    if increases:
        message = "`increase` counts events per window, but a rate per second is needed"
        fixes = _rewritten("write `rate`", node, increases, "rate")
        yield Diagnostic("W322", message, increases[0], help="write `rate`", fixes=fixes)
    operator = judge.sum_that_can_be_absent(node.text)
    if operator:
        message = f"one side of `{operator}` can have no series, and then the whole expression counts as 0"
        help = "use `(… or vector(0))` for each side, or name counters, such as `bad a_total{…} + b_total{…}`"
        yield Diagnostic("W346", message, node.span, help=help)


def _faulty(node: t.Promql, wanted: str = judge.RATE) -> Iterator[Diagnostic]:
    found = judge.fault(node.text, wanted)
    if found:
        yield Diagnostic("E416", found.message, _part(node, found.start, found.end))


def _unknown(node: t.Promql, deployments: tuple[Deployment, ...]) -> Iterator[Diagnostic]:
    """E416 for each name with a dollar sign in a PromQL string that nothing gives a value: it would match nothing."""
    labels = [{matcher.label for matcher in one.where} for one in deployments]
    known = set.intersection(*labels) if labels else set()
    for part in parts(node.text):
        for name, start, end in part.holes() if part.kind == "string" else ():
            if name in known or name == WINDOW:
                continue
            hole = part.text[start:end]
            given = "parameters of the template, and labels of `deployments` in sloc.yaml, have values"
            help = f"{did_you_mean(name, known) or given}; a literal `{hole}` is written `${hole}`"
            yield Diagnostic("E416", f"`{hole}` has no value here", _hole(node, hole, part.start + start), help=help)


def _hole(node: t.Promql, hole: str, start: int) -> Span:
    """The span of a hole at an offset of the expression; if a template changed the text, where the hole is written."""
    written = node.span.text
    if not _is_as_written(node) and written.count(hole) == 1:
        start = written.index(hole) - 1
        return node.span.part(node.span.start + 1 + start, node.span.start + 1 + start + len(hole))
    return _part(node, start, start + len(hole))


def _code(node: t.Promql, pattern: re.Pattern[str]) -> list[Span]:
    """The spans of all matches in an expression, outside of its strings and comments."""
    found = (
        (part.start, match) for part in parts(node.text) if part.kind == "code" for match in pattern.finditer(part.text)
    )
    return [_part(node, start + match.start(), start + match.end()) for start, match in found]


def _rewritten(title: str, node: t.Promql, spans: list[Span], text: str) -> tuple[Fix, ...]:
    return edits(title, *((span, text) for span in spans)) if spans and _is_as_written(node) else ()


def _is_as_written(node: t.Promql) -> bool:
    """Whether the file has the expression itself: no template changed its text."""
    return node.span.text[1:-1] == node.text


def _part(node: t.Promql, start: int, end: int) -> Span:
    """The span of a part of the expression; all of it if a template changed the text."""
    begin = node.span.start + 1
    return node.span.part(begin + start, begin + end) if _is_as_written(node) else node.span
