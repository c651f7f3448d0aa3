"""Filters that match everything: an exclusion of all events, or a classification that makes all of them good or bad."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from slocompiler.checks.selection import (
    Found,
    Rule,
    Selected,
    conflict,
    counters,
    excluded,
    follows,
    is_everything,
    written,
)
from slocompiler.diagnostics import Diagnostic, Fix, Label
from slocompiler.fixes import remove
from slocompiler.ir import Matcher
from slocompiler.regex.sets import always
from slocompiler.resolve import Choice, Part, ResolvedSlo, Term
from slocompiler.source import Span

_CODES = ("code", "status_code", "response_code", "http_status_code", "grpc_code", "grpc_status")
"""Labels that every event of a counter has, if its other events have them."""


def excludes_all(choices: Iterable[Choice]) -> Iterator[Found]:
    """W307 for exclusions that match every value of their labels."""
    for choice in filter(is_everything, choices):
        message = f"this excludes everything: {_anything(choice)}"
        yield Diagnostic("W307", message, choice.span, help="exclude only events that affect no user"), choice.nodes


def everything(slo: ResolvedSlo, known: list[Selected]) -> Iterator[Found]:
    """E225 and W307 in an SLO whose events are `known`."""
    own = [choice for node in (*slo.total, *counters(slo)) for choice in node.exclude]
    yield from excludes_all((*own, *slo.exclude))
    for part in (slo.good, slo.bad):
        if part:
            yield from _filters(part, known)
        if part and part.terms:
            yield from _same(slo, part, known)
    for target, choice in slo.targets:
        if (choice.matchers and all(map(_takes_any, choice.matchers))) or all(
            follows(choice, one.rules) for one in known
        ):
            message = "this target applies to all events: the target of the SLO itself never applies"
            help = "write it as the target of the SLO, or narrow the filter"
            yield Diagnostic("W307", message, target.filter.span, _because(choice, known[0].rules), help), choice.nodes


def _filters(part: Part, known: list[Selected]) -> Iterator[Found]:
    if part.tree.bounded:
        return  # filters choose the bound; one that matches all events overlaps with the others (E255)
    for choice in part.filters:
        coded = choice.matchers and all(m.label in _CODES and _takes_any(m) for m in choice.matchers)
        if coded or all(follows(choice, one.rules) for one in known):
            why = _anything(choice) if is_everything(choice) else "this filter matches all of them"
            is_only = part.tree.bound and len(part.tree.sets) == 1
            fixes = remove("remove the filter", choice.span) if is_only else ()
            yield _all(part, choice.span, why, _because(choice, known[0].rules), fixes), choice.nodes
            return
    rest = excluded(part.filters)
    if len(rest) > 1 and all(conflict([*one.rules, *rest]) for one in known):
        why = "together, these filters match all of them"
        yield _all(part, part.tree.span, why, ()), [node for choice in part.filters for node in choice.nodes]


@lru_cache(maxsize=1024)
def _takes_any(matcher: Matcher) -> bool:
    """Whether a matcher takes every value, if the label is there."""
    return always(matcher, [Matcher(matcher.label, "!=", "")])


def _all(part: Part, span: Span, why: str, labels: tuple[Label, ...], fixes: tuple[Fix, ...] = ()) -> Diagnostic:
    if part.tree.bound:
        help = f"remove the filter, or narrow it: other events are bad even {part.tree.bound.side} the threshold"
        return Diagnostic("W307", f"only the threshold classifies these events: {why}", span, labels, help, fixes)
    side = part.tree.side
    return Diagnostic("W307", f"every event is {side}: {why}", span, labels, f"match only the {side} events")


def _same(slo: ResolvedSlo, part: Part, known: list[Selected]) -> Iterator[Found]:
    """E225 for counters of good or bad events that are the counters of all events."""
    events = {one.term.metric: one for one in known}
    if {term.metric for term in part.terms} != events.keys():
        return
    if all(_is_all(slo, term, events[term.metric]) for term in part.terms):
        here = tuple(Label(term.span, "all events") for term in slo.total)
        alone, side = len(part.terms) == 1, part.tree.side
        why = "this is the counter of all events" if alone else "these are the counters of all events"
        message, help = f"every event is {side}: {why}", f"match only the {side} events"
        span = part.terms[0].span if alone else part.tree.span
        yield Diagnostic("E225", message, span, here, help), [node for term in part.terms for node in term.nodes]


def _is_all(slo: ResolvedSlo, term: Term, events: Selected) -> bool:
    exclusions = {choice.matchers for choice in (*events.term.exclude, *slo.exclude)}
    alike = {choice.matchers for choice in term.exclude} <= exclusions
    return alike and (not term.matchers or follows(term, events.rules))


def _anything(choice: Choice) -> str:
    if len(choice.matchers) > 1:
        return "these matchers match anything"
    return f"`{written(choice.matchers[0])}` matches anything"


def _because(choice: Choice, rules: list[Rule]) -> tuple[Label, ...]:
    """A label at the first rule that makes a filter match all events; none if there is no such rule."""
    found = [rule for rule in rules if not is_everything(choice) and follows(choice, [rule])]
    return tuple(
        Label(rule.node.span, "already excluded here" if rule.excluded else "all events match this")
        for rule in found[:1]
    )
