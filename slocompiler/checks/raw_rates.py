"""Raw PromQL of events: what it returns, and by which labels."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slocompiler.checks.backquotes import code, rates, rewritten
from slocompiler.checks.context import Run
from slocompiler.checks.deployments import fixed_labels
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.promql import judge
from slocompiler.promql.labels import lacks, summed_by
from slocompiler.promql.rates import AVERAGE, NUMBER_PER_WINDOW, of_a_subquery, returned, sum_that_can_be_absent
from slocompiler.promql.tree import layout
from slocompiler.resolve import ResolvedSlo, text_of
from slocompiler.source import Span
from slocompiler.syntax import tree as t

_LIKE_RATE = ("delta", "deriv", "idelta", "increase")
"""Functions that `rate` can replace: they read the same range of samples."""
_PLAIN_AGGREGATION = re.compile(r"\A\s*(?:sum|max|min|avg)(?=\s*\()")


def raw_rates(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E215, E224, E225, W322, W346, W348 and W349 of an SLO."""
    found = [node for node in rates(slo) if not judge.fault(node.text)]
    for node in found:
        yield from _result(slo, node)
        yield from _labels(slo, node, fixed_labels(run.project.deployments)) if slo.intact else ()
        operator = sum_that_can_be_absent(node.text)
        if operator:
            message = f"one side of `{operator}` can have no series, and then the whole expression counts as 0"
            help = "use `(… or vector(0))` for each side, or name counters, such as `bad a_total{…} + b_total{…}`"
            yield Diagnostic("W346", message, node.span, help=help)
    part = slo.good or slo.bad
    if len(found) == 2 and part and layout(found[0].text) == layout(found[1].text):
        here = (Label(found[0].span, "all events"),)
        message = f"every event is {part.tree.side}: this is the expression of all events"
        yield Diagnostic("E225", message, found[1].span, here, f"match only the {part.tree.side} events")


def _result(slo: ResolvedSlo, node: t.Promql) -> Iterator[Diagnostic]:
    """E224, W322 and W348 for an expression that returns no rate, or a wrong one."""
    result, function = returned(node.text), of_a_subquery(node.text)
    if result.is_ratio:
        message = "this is a ratio, but a rate of events per second is needed"
        help = "split it: write the numerator as `good` or `bad`, and the denominator as `events`"
        yield Diagnostic("E224", message, node.span, help=help)
    elif result.function in NUMBER_PER_WINDOW:
        yield _no_rate(node, result.function)
    elif result.function == AVERAGE and slo.events and node is slo.events.of:
        message = f"`{AVERAGE}` of a share does not count events, but a rate per second is needed"
        yield Diagnostic("W322", message, _called(node, AVERAGE), help="name the counters that the share is made of")
    elif function:
        message = f"`{function}` of a subquery takes each restart of one process for a restart of all"
        help = "take the rate first, then the sum: `sum(rate(x_total[$window]))`"
        yield Diagnostic("W348", message, _called(node, function), help=help)


def _no_rate(node: t.Promql, function: str) -> Diagnostic:
    message = f"`{function}` {NUMBER_PER_WINDOW[function]}, but a rate per second is needed"
    if function in _LIKE_RATE:
        fixes = rewritten("write `rate`", node, code(node, _call(function)), "rate")
        return Diagnostic("W322", message, _called(node, function), help="write `rate`", fixes=fixes)
    help = "use `rate` of a counter; a gauge can be checked once per time slice: `slices 1m` and `good when …`"
    return Diagnostic("W322", message, _called(node, function), help=help)


def _call(function: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w:]){function}(?=\s*\()")


def _called(node: t.Promql, function: str) -> Span:
    return next(iter(code(node, _call(function))), node.span)


def _labels(slo: ResolvedSlo, node: t.Promql, fixed: set[str]) -> Iterator[Diagnostic]:
    """E215 for labels of `per` that no series has, or else W349 for labels in `by` that `per` does not have.

    A label that all selectors fix has one value, and splits nothing.
    """
    found = list(lost(slo, node, fixed))
    yield from found
    labels = [text_of(one.label) for one in slo.per.labels] if slo.per else []
    matched = [{m.label for m in matchers if m.op == "="} for matchers in judge.selectors(node.text)]
    unused = [label for label in summed_by(node.text) if not (label in labels or all(label in one for one in matched))]
    if unused and not found:
        names = ", ".join(unused)
        message = f"`by ({names})` has no effect: sloc adds up what `per` does not name"
        help = f"add `per {names}` for a budget for each value, or remove it"
        yield Diagnostic("W349", message, node.span, help=help)


def lost(slo: ResolvedSlo, node: t.Promql, fixed: set[str]) -> Iterator[Diagnostic]:
    """E215 for labels of `per` that no series of an expression has; those that a deployment has `fixed` have their own error."""
    labels = [text_of(one.label) for one in slo.per.labels] if slo.per else []
    missing = [label for label in dict.fromkeys(labels) if label not in fixed and lacks(node.text, label)]
    if not slo.per or not missing:
        return
    here = (Label(slo.per.span, "each value has its own budget"),)
    names = ", ".join(missing)
    operator = code(node, _PLAIN_AGGREGATION)
    by = f"{operator[0].text.strip() if operator else 'sum'} by ({names})"
    message = f"`per` needs the label `{names}`, and this expression does not keep it"
    help = f"keep it in each aggregation: `{by} (…)`"
    fixes = rewritten(f"write `{by}`", node, operator, by) if missing == labels else ()
    yield Diagnostic("E215", message, node.span, here, help, fixes)
