"""Raw PromQL of conditions: one that returns something at all times is always true, whatever its values are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from slocompiler.checks.backquotes import code, conditions, counted, is_as_written, part
from slocompiler.checks.conditions import ENDINGS, LONG_AGO, counter
from slocompiler.checks.context import Run
from slocompiler.checks.deployments import fixed_labels
from slocompiler.checks.raw_rates import lost
from slocompiler.diagnostics import Diagnostic, Fix, Label
from slocompiler.fixes import edits
from slocompiler.lower.indicator import lacks_events
from slocompiler.promql import judge, number
from slocompiler.promql.bounded import split
from slocompiler.promql.labels import lacks
from slocompiler.promql.tree import layout, read
from slocompiler.promql.truth import compared_metrics, values_of
from slocompiler.promql.values import ALWAYS, BOOL, NEVER, NUMBER, PRESENT, SOMETIMES
from slocompiler.resolve import Part, ResolvedSlo, text_of
from slocompiler.syntax import tree as t

_COUNTERS = ("_total", "_bucket")
_BOOL = re.compile(r"(?<![\w:])bool\b\s*")


def raw_conditions(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E215, E216, E227, E254, W323 and W345 of an SLO."""
    measured = slo.good or slo.bad
    if measured and slo.intact and lacks_events(measured):
        yield from _undecided(slo, measured)
    for node in conditions(slo):
        if judge.fault(node.text, judge.CONDITION):
            continue
        yield from _compared(node)
        found = values_of(node.text)
        is_exclusion = slo.exclude_when is not None and node is slo.exclude_when.what
        if found.returns in (NEVER, ALWAYS) or (found.returns == PRESENT and found.decided):
            why = found.decided or found.bounds or NUMBER
            truth = {NEVER: "never true", ALWAYS: "always true", PRESENT: "true whenever its series exist"}[
                found.returns
            ]
            fixes = _without_bool(node) if found.decided == BOOL else ()
            message = f"this condition is {truth}: {why.because}"
            yield Diagnostic("E227", message, node.span, help=why.help, fixes=fixes)
        elif found.returns == PRESENT and (is_exclusion or not counted(slo)):
            yield _uncompared(node, is_exclusion)
    for node in counted(slo):
        if slo.intact and not judge.fault(node.text, judge.CONDITION):
            yield from _counted(slo, node, fixed_labels(run.project.deployments))


def _undecided(slo: ResolvedSlo, measured: Part) -> Iterator[Diagnostic]:
    """E216 for `per` and `no data is` with a condition without `of`: a value that is gone looks like one that is bad."""
    node = conditions(slo)[0]
    found = split(node.text) if is_as_written(node) and not judge.fault(node.text, judge.CONDITION) else None
    of = found[0].strip() if found else ""
    labels = [text_of(one.label) for one in slo.per.labels] if slo.per else []
    is_right = of and "#" not in of and not any(lacks(of, label) for label in labels)
    fixes = edits(f"add ``of `{of}` ``", (node.span.after, f" of `{of}`")) if is_right else ()
    if slo.per:
        here = (Label(measured.tree.span, "the condition"),)
        message = "`per` needs to know which values exist, and this condition returns only the good ones"
        help = "add a query that returns all of them: ``good when `x < 5` of `x` ``"
        yield Diagnostic("E216", message, slo.per.span.word, here, help, fixes)
    elif slo.no_data:
        message = "nothing says when a condition in raw PromQL has data"
        help = "add a query that returns something while there is data: ``good when `x < 5` of `x` ``"
        yield Diagnostic("E216", message, slo.no_data.span, help=help, fixes=fixes)


def _counted(slo: ResolvedSlo, node: t.Promql, fixed: set[str]) -> Iterator[Diagnostic]:
    """E254 for a query behind `of` that says nothing about the data, E215 for labels of `per` that a query does not keep."""
    (when,) = conditions(slo)[:1] or (node,)
    found = values_of(node.text)
    if found.returns in (NEVER, ALWAYS):
        returns = "never returns anything" if found.returns == NEVER else "always returns something"
        help = "name the series that exist while there is data, such as `x` of the condition `x < 5`"
        yield Diagnostic("E254", f"this {returns}, whether there is data or not", node.span, help=help)
    elif when is not node and not judge.fault(when.text, judge.CONDITION) and layout(when.text) == layout(node.text):
        here = (Label(when.span, "the condition"),)
        help = "name the series without the comparison, such as `x` of the condition `x < 5`"
        message = "every slice that counts is good: this is the condition itself"
        yield Diagnostic("E254", message, node.span, here, help)
    for one in dict.fromkeys((when, node)):
        if not judge.fault(one.text, judge.CONDITION):
            yield from lost(slo, one, fixed)


def _compared(node: t.Promql) -> Iterator[Diagnostic]:
    """W345 for a counter, and E227 for a point in time, whose value is compared with a number."""
    for metric, operator, limit in compared_metrics(node.text):
        if metric.endswith(_COUNTERS) and limit:
            yield counter(metric, node.span, is_raw=True)
        elif metric.endswith(ENDINGS) and 0 < limit < LONG_AGO:
            truth = "always" if operator in (">", ">=", "!=") else "never"
            value = number(Decimal(str(limit)))
            message = f"this comparison is {truth} true: `{metric}` is a point in time, and {value} is a duration"
            help = f"compare the time since then, `time() - {metric} < {value}`"
            if "expir" in metric or "not_after" in metric:
                help = f"compare the time that is left, `{metric} - time() > {value}`"
            yield Diagnostic("E227", message, node.span, help=help)


def _uncompared(node: t.Promql, is_exclusion: bool) -> Diagnostic:
    """W323 for an expression that no comparison limits."""
    if not is_exclusion:
        message = "this is true whenever its series exist, whatever their values"
        return Diagnostic("W323", message, node.span, help="compare the value, such as `max(x{…}) < 5`")
    end = len(node.text.rstrip())
    is_plain = read(node.text).kind == "selector" and is_as_written(node) and "#" not in node.text
    fixes = edits("compare it with `> 0`", (part(node, end, end), " > 0")) if is_plain else ()
    message, help = (
        "this excludes every moment at which the series exists",
        "compare its value, such as `maintenance{} > 0`",
    )
    return Diagnostic("W323", message, node.span, help=help, fixes=fixes)


def _without_bool(node: t.Promql) -> tuple[Fix, ...]:
    """Remove `bool`, if the condition can change then."""
    spans = code(node, _BOOL)
    if len(spans) != 1 or not is_as_written(node):
        return ()
    before, after = spans[0].start - node.span.start - 1, spans[0].end - node.span.start - 1
    text = node.text[:before] + node.text[after:]
    is_right = not judge.fault(text, judge.CONDITION) and values_of(text).returns == SOMETIMES
    return edits("remove `bool`", (spans[0], "")) if is_right else ()
