"""What an SLO measures: events, and one thing that tells good ones from bad ones."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.lower.indicator import exclusions_for
from slocompiler.resolve import Part, ResolvedService, ResolvedSlo, Term
from slocompiler.resolve.damage import known
from slocompiler.syntax import tree as t


def streams(service: ResolvedService, run: Run) -> Iterator[Diagnostic]:
    """E207 in the streams of a service."""
    for _, terms in service.streams:
        yield from _sum(known(terms))


def shapes(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """E203, E204, E206, E207 and E208."""
    yield from _sides(slo)
    yield from _sum(slo.total)
    for part in (slo.good, slo.bad):
        if part:
            yield from _joined(part)
            yield from _sum(part.terms)
            yield from _exclusions(slo, part)


def _sides(slo: ResolvedSlo) -> Iterator[Diagnostic]:
    if slo.good and slo.bad:
        first, second = sorted((slo.good.tree, slo.bad.tree), key=lambda measure: measure.span.start)
        yield Diagnostic(
            "E203",
            "`good` and `bad` cannot both be given",
            second.span.word,
            (Label(first.span.word, f"{first.side} is given here"),),
            "keep one: the other follows from it",
        )
    if not slo.intact:
        return
    name, part = slo.tree.name, slo.good or slo.bad
    if part and isinstance(part.tree.other, t.When):
        yield from _condition(slo, part)
    elif not slo.events and (part or not slo.slices):
        help = 'say what is counted: `events http_requests_total{job="…"}`, or what slices of time look at: `slices 1m`'
        yield Diagnostic("E204", f"the SLO `{name.text}` has no events", name.span, help=help)
    elif slo.slices and slo.events and not slo.slices.at_least:
        help = "say how many of its events make a slice good: `slices 1m with 95% good`"
        yield Diagnostic("E216", "slices of time, but no condition", slo.slices.span, help=help)
    if not part:
        help = 'add one of `bad {code=~"5.."}` or `good {code!~"5.."}`'
        if slo.slices and not slo.events:
            help = "add a condition: `good when max(queue_length{}) < 100`"
        yield Diagnostic("E204", f"nothing tells good events of `{name.text}` from bad ones", name.span, help=help)


def _condition(slo: ResolvedSlo, part: Part) -> Iterator[Diagnostic]:
    """What does not go with a condition: it is looked at once per slice of time, and says what is good."""
    here = (Label(part.tree.span, "the condition"),)
    if part.tree.side == "bad":
        help = "turn it round: `good when …` holds while users are content"
        yield Diagnostic("E216", "a condition says what is good", part.tree.span.word, help=help)
    if not slo.slices:
        help = "say how long a slice of time is: `slices 1m`"
        yield Diagnostic("E216", "a condition, but no slices of time", part.tree.span, help=help)
    elif slo.slices.at_least:
        help = f"write `slices {slo.slices.length.span.text}`: a condition holds or it does not"
        yield Diagnostic("E216", "a share of events, and a condition", slo.slices.at_least.span, here, help)
    if slo.events:
        help = "make two SLOs of it: one counts events, one counts slices of time"
        yield Diagnostic("E216", "two shapes at once: events, and a condition", slo.events.span.word, here, help)
    for choice in slo.exclude:
        help = "say it in the braces of the condition, or as `exclude when`"
        yield Diagnostic("E216", "a condition has no events that could be excluded", choice.span, here, help)


def _sum(terms: tuple[Term, ...]) -> Iterator[Diagnostic]:
    first: dict[str, Term] = {}
    for term in terms:
        other = first.setdefault(term.metric, term)
        if other is not term and other.span is not term.span:  # both from one stream: told at its definition
            yield Diagnostic(
                "E207",
                f"`{term.metric}` is added to itself",
                term.span,
                (Label(first[term.metric].span, "it is counted here already"),),
                "one metric is selected once: unite the filters, with `=~` or with `or`",
            )


def _joined(part: Part) -> Iterator[Diagnostic]:
    measure = part.tree
    if measure.joined == "or" and part.terms:
        yield Diagnostic(
            "E206",
            "`or` joins filters on the same events, not counters",
            measure.span,
            help="counters are added up with `+`",
        )
    elif measure.joined == "+" and part.filters:
        yield Diagnostic(
            "E206",
            "`+` adds counters, not filters on the same events",
            measure.span,
            help="filters are joined with `or`: any of them, none counted twice",
        )


def _exclusions(slo: ResolvedSlo, part: Part) -> Iterator[Diagnostic]:
    for term in part.terms:
        for choice in exclusions_for(slo, term)[1]:
            why = (
                "it is of several conditions"
                if len(choice.matchers) > 1
                else "it is negated"
                if choice.matchers[0].op in ("!=", "!~")
                else "it belongs to one of several counters only"
            )
            yield Diagnostic(
                "E208",
                f"`{term.metric}` cannot take this exclusion over: {why}",
                choice.span,
                (Label(term.span, "this counter would have to"),),
                f"say in the braces of `{term.metric}` which of its events count",
            )
