"""Filters that match everything: an exclusion that leaves nothing, events that are all bad, or all good."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from slocompiler.checks.selection import Rule, Selected, conflict, counters, excluded, follows, is_everything, written
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.resolve import Choice, Part, ResolvedSlo
from slocompiler.source import Span
from slocompiler.syntax import tree as t

Found = tuple[Diagnostic, Iterable[t.Matcher]]
"""With the matchers of which something is said: one thing of each is enough."""


def excludes_all(choices: Iterable[Choice]) -> Iterator[Found]:
    """W307 for exclusions that match whatever their labels hold."""
    for choice in filter(is_everything, choices):
        message = f"this excludes everything: {_anything(choice)}"
        yield Diagnostic("W307", message, choice.span, help="say which events hurt nobody"), choice.said


def everything(slo: ResolvedSlo, known: list[Selected]) -> Iterator[Found]:
    """W307 in an SLO of whose events `known` tells."""
    for node in (*slo.total, *counters(slo)):
        yield from excludes_all(node.exclude)
    yield from excludes_all(slo.exclude)
    for part in (slo.good, slo.bad):
        if part:
            yield from _filters(part, known)
            yield from _same(slo, part, known)
    for target, choice in slo.targets:
        if all(follows(choice, one.rules) for one in known):
            message = "this target is for all: the one of the SLO is for nobody"
            help = "write it on the line that names the SLO, or say whose it is"
            yield Diagnostic("W307", message, target.filter.span, _because(choice, known[0].rules), help), choice.said


def _filters(part: Part, known: list[Selected]) -> Iterator[Found]:
    for choice in part.filters:
        if all(follows(choice, one.rules) for one in known):
            why = _anything(choice) if is_everything(choice) else "this filter matches all of them"
            yield _all(part, choice.span, why, _because(choice, known[0].rules)), choice.said
            return
    left = excluded(part.filters)
    if len(left) > 1 and all(conflict([*one.rules, *left]) for one in known):
        why = "what one of these filters leaves another one matches"
        yield _all(part, part.tree.span, why, ()), [said for choice in part.filters for said in choice.said]


def _all(part: Part, place: Span, why: str, labels: tuple[Label, ...]) -> Diagnostic:
    if part.tree.bound:
        help = f"leave it out, or say which events are no good even {part.tree.bound.side} the bound"
        return Diagnostic("W307", f"only the bound sorts these events: {why}", place, labels, help)
    side = part.tree.side
    return Diagnostic(
        "W307", f"every event is {side}: {why}", place, labels, f"say what is {side} of these events only"
    )


def _same(slo: ResolvedSlo, part: Part, known: list[Selected]) -> Iterator[Found]:
    """A counter of good or bad events that is the counter of all of them."""
    if len(slo.total) != 1 or len(part.terms) != 1:
        return
    (term,), (events,) = part.terms, slo.total
    left_out = {choice.matchers for choice in (*events.exclude, *slo.exclude)}
    alike = term.metric == events.metric and {choice.matchers for choice in term.exclude} <= left_out
    if alike and (not term.matchers or follows(term, known[0].rules)):
        here = (Label(events.span, "all events"),)
        yield _all(part, term.span, "these are the events themselves", here), term.said


def _anything(choice: Choice) -> str:
    if len(choice.matchers) > 1:
        return "these matchers match anything"
    return f"`{written(choice.matchers[0])}` matches anything"


def _because(choice: Choice, rules: list[Rule]) -> tuple[Label, ...]:
    """The rules because of which a filter matches all that there is."""
    places = {rule.said: rule for rule in rules if not is_everything(choice) and follows(choice, [rule])}
    return tuple(
        Label(said.span, "excluded already" if rule.excluded else "all of them have this")
        for said, rule in list(places.items())[:1]
    )
