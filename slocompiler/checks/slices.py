"""Time slices: their length, the condition that each must meet, and what happens without data."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.burn import HOUR, MINUTE
from slocompiler.checks.context import Run
from slocompiler.checks.duplicates import meaning
from slocompiler.checks.threshold import plain_number
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.fixes import correct, edits, remove
from slocompiler.ir import TIMES
from slocompiler.lower import units
from slocompiler.lower.indicator import FOLDS, compared_unit, fold_of, is_condition, is_rate, lacks_events, level
from slocompiler.promql import duration
from slocompiler.resolve import Compared, Part, ResolvedSlo
from slocompiler.source import Span
from slocompiler.suggest import did_you_mean
from slocompiler.syntax import tree as t


def slices(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E205, E214, E216, E244, E407, E417, W320 and W358 of the time slices of an SLO."""
    if slo.slices and slo.slices.intact:
        yield from _length(slo.slices, run)
    part = slo.good or slo.bad
    condition = part if part and is_condition(part) else None
    if slo.slices and slo.slices.intact and part and slo.intact:
        yield from _at_least(slo.slices, part, run)
    yield from _each(slo, condition) if slo.slices and slo.slices.each and slo.intact else _missing(slo, condition)
    if condition and slo.intact:
        yield from _looks(condition)


def _length(node: t.Slices, run: Run) -> Iterator[Diagnostic]:
    length, scrape, evaluation = node.length, run.project.scrape_interval, run.project.evaluation_interval
    usual = duration(max(MINUTE, scrape, evaluation))
    if isinstance(length, t.Duration):
        if length.seconds < evaluation:
            message = (
                f"time slices of {length.span.text} are too short: rules are evaluated every {duration(evaluation)}"
            )
            fixes = edits(f"write `{usual}`", (length.span, usual))
            yield Diagnostic("E417", message, length.span, help=f"use `{usual}`", fixes=fixes)
        elif length.seconds > HOUR:
            message = f"time slices of {length.span.text} are too long: use at most 1h"
            help = f"`{usual}` is usual: a short outage must neither hide in a slice nor spoil a day"
            yield Diagnostic("E417", message, length.span, help=help)
        elif length.seconds < scrape:
            message = f"time slices of {length.span.text} are shorter than the scrape interval of {duration(scrape)}"
            help = f"several slices see the same value: use `{usual}`"
            fixes = edits(f"write `{usual}`", (length.span, usual))
            yield Diagnostic("W320", message, length.span, help=help, fixes=fixes)
    if isinstance(node.at_least, t.Percent) and not 0 < node.at_least.ratio <= 1:
        message = f"{node.at_least.span.text} is not a share of a slice"
        yield Diagnostic("E407", message, node.at_least.span, help="use more than 0% and at most 100%")


def _at_least(node: t.Slices, part: Part, run: Run) -> Iterator[Diagnostic]:
    """W358 for a share of events that lets none be bad; E251 and W372 for one of evaluations."""
    if not isinstance(node.at_least, t.Percent):
        return
    if part.share:
        return  # E257
    if not is_condition(part):
        if node.at_least.ratio == 1:
            help = "use a lower share, such as `99%`: then one error in many events leaves a slice good"
            yield Diagnostic("W358", "a single bad event makes a whole slice bad", node.at_least.span, help=help)
        return
    here, plain = (Label(node.at_least.span, "a share of evaluations"),), f"slices {node.length.span.text}"
    fixes = edits(f"write `{plain}`", (node.span, plain))
    rate = next((one.tree for one in part.comparisons if is_rate(one.tree)), None)
    evaluation = run.project.evaluation_interval
    if rate:
        message = "a rate is over the whole slice, so that it is judged once"
        yield Diagnostic("E251", message, rate.operand.span, here, f"write `{plain}`", fixes)
    elif isinstance(node.length, t.Duration) and node.length.seconds < 2 * evaluation:
        message = (
            f"a slice of {node.length.span.text} has one evaluation: rules are evaluated every {duration(evaluation)}"
        )
        yield Diagnostic(
            "W372", message, node.at_least.span, help=f"use longer slices, or write `{plain}`", fixes=fixes
        )


def _each(slo: ResolvedSlo, condition: Part | None) -> Iterator[Diagnostic]:
    """E244 for a condition that leaves no single series to judge, and with a verdict on series that are missing."""
    assert slo.slices
    when = condition.tree.other if condition else None
    if isinstance(when, t.When) and (lost := _without_series(when)):
        what, span = lost
        here = (Label(slo.slices.span, "every series is judged by itself"),)
        message = f"{what} leaves no single series to judge"
        help = "compare the metric itself, such as `good when queue_length{} < 100`"
        yield Diagnostic("E244", message, span, here, help)
    if slo.no_data and slo.no_data.verdict != "ignored":
        here = (Label(slo.slices.span, "every series is judged by itself"),)
        message = f"`no data is {slo.no_data.verdict}` cannot be combined with `each`"
        help = "remove it: sloc cannot know which series should have data"
        fixes = remove(f"remove `{slo.no_data.span.text}`", slo.no_data.span)
        yield Diagnostic("E244", message, slo.no_data.span, here, help, fixes)


def _without_series(when: t.When) -> tuple[str, Span] | None:
    """The first part of a condition that leaves no single series to judge, in words; None if there is none."""
    if isinstance(when.of, t.Promql):
        return "PromQL", when.of.span
    for one in when.of:
        if isinstance(one.operand, t.Fold):
            return f"`{one.operand.function.text}(…)`", one.operand.span
    return ("`and`", when.of[1].span) if len(when.of) > 1 else None


def _missing(slo: ResolvedSlo, condition: Part | None) -> Iterator[Diagnostic]:
    """E216 for `no data is …` without a condition on a metric, or with `per`."""
    node = slo.no_data
    if node is None or not slo.intact:
        return
    if condition is None:
        why = "a slice without events does not count" if slo.slices else "an idle service meets its SLO"
        message = "`no data is` needs time slices with a condition"
        fixes = remove(f"remove `{node.span.text}`", node.span)
        yield Diagnostic("E216", message, node.span, help=f"remove it: {why}", fixes=fixes)
    elif lacks_events(condition):
        return  # reported where PromQL is judged
    elif slo.per and node.verdict != "ignored":
        here = (Label(slo.per.span, "each value has its own budget"),)
        message = f"`no data is {node.verdict}` cannot be combined with `per`"
        help = "write `no data is ignored`: sloc cannot know which values should have data"
        fixes = edits("write `no data is ignored`", (node.span, "no data is ignored"))
        yield Diagnostic("E216", message, node.span, here, help, fixes)


def _looks(part: Part) -> Iterator[Diagnostic]:
    """E205, E214, E216, E248, E249 and E250 for what a condition aggregates and compares."""
    for one in part.comparisons:
        yield from _compared(one)
    seen: dict[str, Compared] = {}
    for one in part.comparisons:
        first = seen.setdefault(meaning(one), one)
        if first is not one:
            here = (Label(first.tree.span, "the first is here"),)
            yield Diagnostic("E250", "this comparison is written twice", one.tree.span, here, "remove one of them")


def _compared(one: Compared) -> Iterator[Diagnostic]:
    when = one.tree
    if isinstance(when.operand, t.Fold) and when.operand.function.text not in FOLDS:
        name = when.operand.function
        help = did_you_mean(name.text, FOLDS) or f"use one of {', '.join(f'`{fold}`' for fold in FOLDS)}"
        if name.text == "rate":
            help = (
                f"say which rate of all series: `sum(rate({when.looked_at[0].span.text}))`, or with `max`, `min`, `avg`"
            )
        fixes = correct(name.span, name.text, FOLDS)
        yield Diagnostic("E205", f"there is no function `{name.text}`", name.span, help=help, fixes=fixes)
        return
    if isinstance(when.operand, t.Fold) and isinstance(when.operand.of, t.Fold):
        yield from _nested(when.operand, when.operand.of)
    if isinstance(when.operand, t.Fold) and isinstance(when.operand.of, t.Quotient):
        found = [*_divided(when.operand.function, one)]
        yield from found
        if found:
            return
    several = next((terms for terms in (one.terms, one.divisor) if len(terms) > 1), ())
    if several:
        here = (Label(several[1].span, "a second metric"),)
        help = "write one SLO for each metric, or use raw PromQL"
        yield Diagnostic("E216", "a comparison can use only one metric", several[0].span, here, help)
    elif one.terms and level(when, one.terms[0]) is None:
        yield _incomparable(when, one.terms[0].metric)
    elif one.terms:
        unit = compared_unit(when, one.terms[0])
        yield from plain_number(when.value, unit, one.terms[0]) if unit else ()


def _divided(function: t.Name, one: Compared) -> Iterator[Diagnostic]:
    """E249 for a function that takes no quotient, and for a metric that is divided by itself."""
    if function.text in (*TIMES, "count"):
        message = f"`{function.text}` cannot be used with a quotient"
        yield Diagnostic("E249", message, function.span, help="use `min`, `max`, `avg` or `sum`")
    elif len(one.terms) == 1 and [(x.metric, {*x.matchers}) for x in one.terms] == [
        (x.metric, {*x.matchers}) for x in one.divisor
    ]:
        message = f"`{one.terms[0].metric}` is divided by itself, which is always 1"
        yield Diagnostic("E249", message, one.divisor[0].span, help="divide by the whole, such as a limit or a size")


def _nested(outer: t.Fold, inner: t.Fold) -> Iterator[Diagnostic]:
    """E248 for a function inside of another that is no rate, and for functions that need no rate."""
    own, of = outer.function, inner.of.span.text
    if inner.function.text != "rate":
        message = f"`{inner.function.text}` cannot be used inside `{own.text}`"
        help = f"for the rate of a counter, write `{own.text}(rate({of}))`; for any other PromQL, use back-quotes"
        yield Diagnostic(
            "E248",
            message,
            inner.function.span,
            help=help,
            fixes=correct(inner.function.span, inner.function.text, ("rate",)),
        )
    elif own.text in (*TIMES, "count"):
        message = f"`{own.text}` cannot be used with a rate"
        help = f"use `sum`, `max`, `min` or `avg`, or write `{own.text}({of})`"
        text, end = inner.span.source.text, inner.span.end
        closing = len(text) - len(text[end:].lstrip()) + 1  # the parenthesis is not in the tree
        fixes = edits(f"write `{own.text}({of})`", (inner.span.part(inner.span.start, closing), of))
        yield Diagnostic("E248", message, own.span, help=help, fixes=fixes if text[closing - 1] == ")" else ())


def _incomparable(when: t.Comparison, metric: str) -> Diagnostic:
    value, unit = when.value, units.unit_of(metric, "")
    if len(when.looked_at) > 1:
        help = "write a number or a percentage: this is a quotient"
    elif fold_of(when) == "age":
        help = "write a duration, such as `15m`: this is an age"
    elif fold_of(when) == "until":
        help = "write a duration, such as `7d`: this is the time until something"
    elif fold_of(when) == "count":
        help = "write a plain number: this is a count"
    elif unit:
        help = f"`{metric}` is measured in {unit.words}"
    else:
        help = f"write a plain number: the name `{metric}` has no unit"
    return Diagnostic("E214", f"`{value.span.text}` has the wrong unit for this comparison", value.span, help=help)
