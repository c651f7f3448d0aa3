"""Raw PromQL of conditions: one that returns something at all times is always true, whatever its values are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from slocompiler.checks.backquotes import code, conditions, is_as_written, part
from slocompiler.checks.conditions import ENDINGS, LONG_AGO, counter
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Fix
from slocompiler.fixes import edits
from slocompiler.promql import judge, number
from slocompiler.promql.tree import read
from slocompiler.promql.truth import compared_metrics, values_of
from slocompiler.promql.values import ALWAYS, BOOL, NEVER, NUMBER, PRESENT, SOMETIMES
from slocompiler.resolve import ResolvedSlo
from slocompiler.syntax import tree as t

_COUNTERS = ("_total", "_bucket")
_BOOL = re.compile(r"(?<![\w:])bool\b\s*")


def raw_conditions(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E227, W323 and W345 of an SLO."""
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
        elif found.returns == PRESENT:
            yield _uncompared(node, is_exclusion)


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
