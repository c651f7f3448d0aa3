"""Matchers that contradict each other: a selection, a filter or a target that nothing can match."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from slocompiler.checks.context import Run
from slocompiler.checks.regexes import regexes
from slocompiler.checks.selection import (
    Conflict,
    Rule,
    Selected,
    conflict,
    conflicts,
    counters,
    filters,
    follows,
    is_everything,
    rules,
    selected,
    wording,
)
from slocompiler.checks.vacuous import everything, excludes_all
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.ir import Matcher
from slocompiler.lower.indicator import exclusions_for
from slocompiler.promql import label_name
from slocompiler.regex.sets import plain
from slocompiler.resolve import Choice, Part, ResolvedService, ResolvedSlo, Term
from slocompiler.resolve.damage import damage, known
from slocompiler.syntax import tree as t

MOST_LABELS = 4
"""Of more, a filter has too many parts to look each of them up."""
MOST_PATTERNS = 10
"""So many targets by patterns are held against those behind them: each takes as long as a page of text."""
NEITHER = "what is excluded is neither good nor bad: take one of the two out"
LESS = "an exclusion leaves something: exclude less, or select more"
Found = tuple[Diagnostic, Iterable[t.Matcher]]
"""With the matchers of which something is said: one thing of each is enough."""


def stream_matchers(service: ResolvedService, run: Run) -> Iterator[Diagnostic]:
    """E217, E218 and W307 to W309 in streams, whether an SLO counts them or not."""
    for definition, terms in service.streams:
        if definition.intact and not damage(terms):
            pairs = [pair for term in known(terms) for pair in _pairs(term)]
            found = [one for term in known(terms) for one in (*excludes_all(term.exclude), *_nothing(selected(term)))]
            yield from _told(found, pairs)


def matchers(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """E217, E218 and W307 to W309."""
    if slo.intact and slo.service.intact:
        pairs = [pair for node in (*slo.total, *counters(slo)) for pair in _pairs(node)]
        pairs += (pair for node in filters(slo) for pair in zip(node.matchers, node.said, strict=True))
        yield from _told(list(_judged(slo)), pairs)


def _pairs(term: Term) -> Iterator[tuple[Matcher, t.Matcher]]:
    yield from zip(term.matchers, term.said, strict=True)
    for choice in term.exclude:
        yield from zip(choice.matchers, choice.said, strict=True)


def _told(found: list[Found], pairs: Iterable[tuple[Matcher, t.Matcher]]) -> Iterator[Diagnostic]:
    yield from (problem for problem, _ in found)
    yield from regexes(pairs, {said for _, matchers in found for said in matchers})


def _judged(slo: ResolvedSlo) -> Iterator[Found]:
    known = [selected(term, slo.exclude) for term in slo.total]
    nothing = [found for one in known for found in _nothing(one)]
    yield from nothing
    known = [] if nothing else known  # of no events everything is true
    for part in (slo.good, slo.bad):
        for term in part.terms if part else ():
            yield from _nothing(selected(term, exclusions_for(slo, term)[0]))
        for term in part.looked_at if part else ():
            yield from _nothing(selected(term), "series")
        yield from _filters(slo, part, known) if part else ()
    yield from _targets(slo, known)
    yield from everything(slo, known) if known else ()


def _nothing(one: Selected, what: str = "event") -> Iterator[Found]:
    """E217 for a counter of which nothing matches, or all is excluded."""
    found = [*conflicts(one.rules)]
    yield from (_contradiction(each, what) for each in found)
    for choice in one.several:
        own = [*conflicts(rules(choice))]
        yield from (_contradiction(each, what) for each in own)
        if not own and not found and follows(choice, one.rules):
            here = (Label(one.term.span, "all that this selects"),)
            yield Diagnostic("E217", "this excludes all that is left", choice.span, here, LESS), choice.said


def _filters(slo: ResolvedSlo, part: Part, known: list[Selected]) -> Iterator[Found]:
    """E217 for filters of `good` or `bad`: in themselves, or on these events."""
    side = part.tree.side
    help = f"`{side}` sorts what `events` selects: select these, too, or leave the filter out"
    found = [_unmatched(choice, known, help) for choice in part.filters]
    for choice, one in zip(part.filters, found, strict=True):
        # one filter of several in a template may be for other streams
        if one and (not slo.used or all(found) or conflict(rules(choice))):
            yield one


def _unmatched(choice: Choice, known: list[Selected], help: str) -> Found | None:
    """E217 for a filter that none of the counters fulfils."""
    own = conflict(rules(choice))
    if own:
        return _contradiction(own, "event")
    found = [_against(choice, one, help) for one in known]
    return found[0] if found and all(found) else None


def _against(choice: Choice, one: Selected, help: str) -> Found | None:
    labels = {matcher.label for matcher in choice.matchers}
    both = [*(rule for rule in one.rules if rule.matcher.label in labels), *rules(choice)]
    found = conflict(both)
    if found:
        return _contradiction(found, "event", help)
    for other in one.several:
        if follows(other, [*one.rules, *rules(choice)]):
            here = (Label(other.span, "all that this filter matches is excluded here"),)
            problem = Diagnostic("E217", "no event is left that this filter matches", choice.span, here, NEITHER)
            return problem, (*choice.said, *other.said)
    return None


def _targets(slo: ResolvedSlo, known: list[Selected]) -> Iterator[Found]:
    """E217 for targets of no value, and those of which an earlier one takes every value."""
    values: dict[frozenset[Matcher], t.TargetFor] = {}
    patterns: list[tuple[t.TargetFor, Choice]] = []
    for target, choice in slo.targets:
        found = _unmatched(choice, known, "a target is for values that the events have")
        if found:
            yield found
            continue
        exact = frozenset(choice.matchers) if all(matcher.op == "=" for matcher in choice.matchers) else None
        fewer = (frozenset(some) for n in range(len(exact)) for some in combinations(exact, n + 1)) if exact else ()
        covered = (values[some] for some in fewer if some in values)
        taken = (other for other, all_ in patterns if follows(all_, rules(choice)) and not is_everything(all_))
        earlier = next(covered, None) or next(taken, None)
        if earlier:
            here = (Label(earlier.filter.span, "this one takes all of them: the first that matches holds"),)
            help = "write the target of fewer first"
            problem = Diagnostic("E217", "no value is left for this target", target.filter.span, here, help)
            yield problem, choice.said
        elif exact and len(exact) <= MOST_LABELS:
            values.setdefault(exact, target)
        elif len(patterns) < MOST_PATTERNS:
            patterns.append((target, choice))


def _contradiction(found: Conflict, what: str, help: str = "") -> Found:
    rule, others = found
    said = wording(rule)
    labels = tuple(Label(o.said.span, "excluded here" if o.excluded else "asked for here") for o in others)
    if not others:
        message, help = f"nothing matches {said}", "leave it out, or ask for less"
    elif rule.excluded:
        names = f"that {wording(others[0])} selects" if len(others) == 1 and not others[0].excluded else "that is left"
        message, help = f"this excludes all {names}", LESS
    elif all(other.excluded for other in others):
        message = f"no {what} is left with {said}: all of them are excluded"
        help = NEITHER if help else "select what is left, or exclude less"
    elif len(others) == 1:
        message = f"no {what} has both {wording(others[0])} and {said}"
    else:
        message = f"no value of `{rule.matcher.label}` is left with {said}"
    help = help or f"{_either(others, rule)}keep one of them"
    return Diagnostic("E217", message, rule.said.span, labels, help), (rule.said, *(o.said for o in others))


def _either(others: list[Rule], rule: Rule) -> str:
    """How to ask for one of several values."""
    both = [*others, rule]
    values = [one.matcher.value for one in both]
    if all(one.matcher.op == "=" for one in both) and list(map(plain, values)) == values:
        return f'for either of them write `{label_name(rule.matcher.label)}=~"{"|".join(values)}"`; else '
    return ""
