"""The shape of an SLO: it has events or time slices, and one classification of them as good or bad."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from slocompiler.checks.conditions import comparison
from slocompiler.checks.context import Run
from slocompiler.checks.shares import SHARE
from slocompiler.diagnostics import Diagnostic, Fix, Label
from slocompiler.fixes import add_statement, edits, remove
from slocompiler.lower.indicator import exclusions_for
from slocompiler.resolve import Part, ResolvedService, ResolvedSlo, Term
from slocompiler.resolve.damage import known
from slocompiler.syntax import tree as t
from slocompiler.syntax.journey import Journey

_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


def streams(service: ResolvedService, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E207 in the streams of a service."""
    for _, terms in service.streams:
        yield from _sum(known(terms))


def shapes(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E203, E204, E206, E207, E208 and E216 of an SLO that is no journey."""
    if isinstance(slo.service.tree, Journey):
        return
    yield from _sides(slo)
    yield from _sum(slo.total)
    for part in (slo.good, slo.bad):
        if part:
            yield from _joined(part)
            yield from _sum(part.terms)
            yield from _exclusions(slo, part)


def _sides(slo: ResolvedSlo) -> Iterator[Diagnostic]:
    """E203, E204 and E216: both sides, or missing events, time slices or classification."""
    if slo.good and slo.bad:
        first, second = sorted((slo.good.tree, slo.bad.tree), key=lambda measure: measure.span.start)
        yield Diagnostic(
            "E203",
            "an SLO has `good` or `bad`, not both",
            second.span.word,
            (Label(first.span.word, f"`{first.side}` is here"),),
            "remove one of them: all other events belong to the other side",
            _remove_unless_needed(second, first) + _remove_unless_needed(first, second),
        )
    name, part = slo.tree.name, slo.good or slo.bad
    if part and isinstance(part.tree.other, t.Fold) and part.tree.other.function.text != SHARE:
        return  # reported in `shares.py`
    if part and isinstance(part.tree.other, t.Fold | t.When):
        yield from _condition(slo, part, "a share" if isinstance(part.tree.other, t.Fold) else "a condition")
    elif not slo.intact:
        return  # it may be in the text that an error hides
    elif not slo.events and (part or not slo.slices):
        help = 'count events, such as `events http_requests_total{job="…"}`, or check time slices: `slices 1m`'
        yield Diagnostic("E204", f"the SLO `{name.text}` has no events", name.span, help=help)
    elif slo.slices and slo.events and not slo.slices.at_least:
        help = "add the share of events that makes a slice good, such as `slices 1m with 95% good`"
        yield Diagnostic("E216", "time slices need a condition, or a share of good events", slo.slices.span, help=help)
    if not part:
        help = 'add `bad` or `good`, such as `bad {code=~"5.."}`'
        if slo.slices and not slo.events:
            help = "add a condition, such as `good when max(queue_length{}) < 100`"
        yield Diagnostic("E204", f"the SLO `{name.text}` does not say what is good or bad", name.span, help=help)


def _condition(slo: ResolvedSlo, part: Part, kind: str) -> Iterator[Diagnostic]:
    """E216 for everything that cannot be combined with a condition or a share, which is judged once per time slice."""
    here = (Label(part.tree.span, kind.replace("a ", "the ")),)
    if part.tree.side == "bad" and isinstance(part.tree.other, t.When):
        help = "invert the comparison, and write `good when …`"
        fixes = _inverted(part.tree)
        yield Diagnostic("E216", "a condition must say what is good", part.tree.span.word, help=help, fixes=fixes)
    if not slo.slices and slo.intact:
        help = "add the length of a slice, such as `slices 1m`"
        fixes = add_statement("add `slices 1m`", slo.tree.span, "slices 1m")
        yield Diagnostic("E216", f"{kind} needs time slices", part.tree.span, help=help, fixes=fixes)
    if slo.events:
        help = "split it into two SLOs: one counts events, the other one time slices"
        yield Diagnostic("E216", f"events cannot be combined with {kind}", slo.events.span.word, here, help)
    for choice in slo.exclude:
        help = f"write the exclusion into the braces of {kind.replace('a ', 'the ')}, or use `exclude when`"
        yield Diagnostic("E216", f"{kind} has no events to exclude", choice.span, here, help)


def _remove_unless_needed(measure: t.Measure, other: t.Measure) -> tuple[Fix, ...]:
    """Remove a side, unless it is the `good` of a threshold or a condition, which must say what is good."""
    is_needed = other.side == "bad" and (other.bound or isinstance(other.other, t.When))
    return () if is_needed else remove(f"remove `{measure.side}`", measure.span)


def _inverted(measure: t.Measure) -> tuple[Fix, ...]:
    """Turn `bad when` a comparison of an aggregated metric into `good when` its opposite."""
    compared = measure.other.comparisons if isinstance(measure.other, t.When) else ()
    if len(compared) != 1 or not isinstance(compared[0].operand, t.Fold):
        return ()
    place, opposite = comparison(compared[0]), _OPPOSITE[compared[0].cmp]
    if place is None:
        return ()
    return edits(f"write `good when … {opposite} …`", (measure.span.word, "good"), (place, opposite))


def _sum(terms: tuple[Term, ...]) -> Iterator[Diagnostic]:
    first: dict[str, Term] = {}
    for term in terms:
        other = first.setdefault(term.metric, term)
        if other is not term and other.span is not term.span:  # both from one stream: reported at its definition
            yield Diagnostic(
                "E207",
                f"`{term.metric}` is added to itself",
                term.span,
                (Label(first[term.metric].span, "it is already counted here"),),
                "select each metric once: combine the filters with `=~` or `or`",
            )


def _joined(part: Part) -> Iterator[Diagnostic]:
    """E206 for counters joined with `or`, and filters joined with `+`."""
    old = part.tree.joined
    if old == "or" and part.terms and not part.tree.bounded:
        message, help = "`or` joins filters, not counters", "add counters with `+`"
    elif old == "+" and part.filters:
        message = "`+` adds counters, not filters"
        help = "join filters with `or`: an event that matches several of them counts once"
    else:
        return
    fixes = _rejoined(part, old, "+" if old == "or" else "or")
    yield Diagnostic("E206", message, part.tree.span, help=help, fixes=fixes)


def _rejoined(part: Part, old: str, new: str) -> tuple[Fix, ...]:
    """Replace each `or` or `+` of a measure; no fix for counters and filters together, nor for a metric twice."""
    sets = [node.span for node in part.tree.sets]
    between = [left.part(left.end, right.start) for left, right in pairwise(sets) if left.source is right.source]
    is_mixed = (part.terms and part.filters) or len({term.metric for term in part.terms}) < len(part.terms)
    if is_mixed or len(between) < len(sets) - 1 or any(span.text.strip() != old for span in between):
        return ()
    return edits(f"write `{new}`", *((span, span.text.replace(old, new)) for span in between))


def _exclusions(slo: ResolvedSlo, part: Part) -> Iterator[Diagnostic]:
    """E208 for exclusions that cannot be applied to a counter of good or bad events."""
    for term in part.terms:
        for choice in exclusions_for(slo, term)[1]:
            why = (
                "it has several conditions"
                if len(choice.matchers) > 1
                else "it is negated"
                if choice.matchers[0].op in ("!=", "!~")
                else "it belongs to only one of several counters"
            )
            yield Diagnostic(
                "E208",
                f"this exclusion cannot be applied to `{term.metric}`: {why}",
                choice.span,
                (Label(term.span, "this counter needs it too"),),
                f"write into the braces of `{term.metric}` which of its events count",
            )
