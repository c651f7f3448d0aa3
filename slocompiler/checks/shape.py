"""What an SLO measures: events, and one thing that tells good ones from bad ones."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.checks.unsupported import is_unsupported
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.lower import exclusions_for
from slocompiler.project import Project
from slocompiler.resolve import Part, Resolved, ResolvedSlo, Term


def shapes(resolved: Resolved, project: Project) -> Iterator[Diagnostic]:
    """E203, E204, E206, E207 and E208 for every SLO."""
    del project
    for service in resolved.services:
        for stream in service.streams:
            yield from _sum(stream)
        for slo in service.slos:
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
    if not slo.whole or any(is_unsupported(item) for item in slo.tree.items):
        return
    name = slo.tree.name
    if not slo.events:
        yield Diagnostic(
            "E204",
            f"the SLO `{name.text}` has no events",
            name.span,
            help='say what is counted: `events http_requests_total{job="…"}`',
        )
    if not slo.good and not slo.bad:
        yield Diagnostic(
            "E204",
            f"nothing tells good events of `{name.text}` from bad ones",
            name.span,
            help='add one of `bad {code=~"5.."}` or `good {code!~"5.."}`',
        )


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
