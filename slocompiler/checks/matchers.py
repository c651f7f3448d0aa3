"""Matchers that contradict each other: a selector, a filter or a target that nothing can match."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations

from slocompiler.checks.context import Run
from slocompiler.checks.regexes import regexes
from slocompiler.checks.selection import (
    Conflict,
    Found,
    Rule,
    Selected,
    conflict,
    conflicts,
    counters,
    filters,
    follows,
    in_full,
    is_everything,
    rules,
    selected,
    wording,
)
from slocompiler.checks.vacuous import everything, excludes_all
from slocompiler.diagnostics import Diagnostic, Fix, Label
from slocompiler.fixes import edits, remove_item
from slocompiler.ir import Matcher
from slocompiler.lower.indicator import exclusions_for
from slocompiler.regex.sets import plain
from slocompiler.resolve import Choice, Part, ResolvedService, ResolvedSlo, Term
from slocompiler.resolve.damage import damage, known
from slocompiler.source import Span
from slocompiler.syntax import tree as t

MOST_LABELS = 4
"""A target with more matchers is not compared with later ones: every subset of its matchers is looked up."""
MOST_PATTERNS = 10
"""How many targets with patterns are compared with later ones: each comparison builds an automaton."""
NEITHER = "excluded events are neither good nor bad: remove the filter or the exclusion"
LESS = "exclude less, or select more: an exclusion must leave some events"


def stream_matchers(service: ResolvedService, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E217, E218 and W307 to W309 in the streams of a service, whether or not an SLO uses them."""
    for definition, terms in service.streams:
        if definition.intact and not damage(terms):
            found = [one for term in known(terms) for one in (*excludes_all(term.exclude), *_nothing(selected(term)))]
            yield from _with_regexes(found, known(terms), (), run.project.server)


def matchers(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostics E217, E218 and W307 to W309 in what an SLO measures."""
    if slo.intact and slo.service.intact:
        found = [] if _has_few(slo) and _is_fine(_Alike(slo)) else [*_judged(slo)]
        yield from _with_regexes(found, (*slo.total, *counters(slo)), filters(slo), run.project.server)


def _with_regexes(
    found: list[Found], terms: Iterable[Term], filters: Iterable[Choice], server: str
) -> Iterator[Diagnostic]:
    """The problems found, and those of regular expressions in matchers that have no other problem."""
    yield from (problem for problem, _ in found)
    judged: list[Term | Choice] = []
    for term in terms:
        judged += (term, *term.exclude)
    judged += filters
    yield from regexes(judged, {node for _, nodes in found for node in nodes}, server)


class _Alike:
    """The matchers of an SLO, as `_judged` compares them: equal for SLOs in which it finds the same problems.

    A matcher of the events is excluded if no other matcher has its label: it cannot contradict or imply another one.
    """

    def __init__(self, slo: ResolvedSlo) -> None:
        self.slo: ResolvedSlo | None = slo
        events = slo.total[0]
        excluded = [one.matchers for one in (*events.exclude, *slo.exclude)]
        good, bad = ([one.matchers for one in part.filters] if part else [] for part in (slo.good, slo.bad))
        others = {matcher.label for filter in (*excluded, *good, *bad) for matcher in filter}
        shared = tuple([one for one in events.matchers if one.op == "!~" or one.label in others])
        if len({one.label for one in events.matchers}) < len(events.matchers):
            shared = events.matchers
        bounded = [bool(part and part.tree.bounded) for part in (slo.good, slo.bad)]
        self._key = bool(slo.used), *bounded, shared, tuple(excluded), tuple(good), tuple(bad)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Alike) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


@lru_cache(maxsize=8192)
def _is_fine(one: _Alike) -> bool:
    """Whether `_judged` finds nothing."""
    slo, one.slo = one.slo, None  # the cache keeps `one`, and must not keep the syntax tree
    return slo is not None and next(_judged(slo), None) is None


def _has_few(slo: ResolvedSlo) -> bool:
    """Whether an SLO has matchers only in its events, in filters of these, and in exclusions."""
    parts = [part for part in (slo.good, slo.bad) if part]
    more = slo.targets or slo.without or slo.proofs or any(part.terms or part.looked_at for part in parts)
    return len(slo.total) == 1 and not more


def _judged(slo: ResolvedSlo) -> Iterator[Found]:
    known = [selected(term, slo.exclude) for term in slo.total]
    nothing = [found for one in known for found in _nothing(one)]
    yield from nothing
    known = [] if nothing else known  # any filter "matches all" of no events
    for part in (slo.good, slo.bad):
        for term in part.terms if part else ():
            yield from _nothing(selected(term, exclusions_for(slo, term)[0]))
        for term in part.looked_at if part else ():
            yield from _nothing(selected(term), "series")
        yield from _filters(slo, part, known) if part else ()
    for term, _ in slo.without:
        yield from _nothing(selected(term))
    for _, term in slo.proofs:
        yield from _nothing(selected(term), "series")
    if slo.targets:
        yield from _targets(slo, known)
    if known:
        yield from everything(slo, known)


def _nothing(one: Selected, what: str = "event") -> Iterator[Found]:
    """E217 for a selector that matches nothing, or whose series are all excluded; `what` it selects is a noun."""
    found = conflicts(one.rules)
    yield from (_contradiction(each, what) for each in found)
    for choice in one.several:
        own = conflicts(rules(choice))
        yield from (_contradiction(each, what) for each in own)
        if not own and not found and follows(choice, one.rules):
            here = (Label(one.term.span, "everything selected here is excluded"),)
            yield Diagnostic("E217", "this exclusion leaves no events", choice.span, here, LESS), choice.nodes


def _filters(slo: ResolvedSlo, part: Part, known: list[Selected]) -> Iterator[Found]:
    """E217 for filters of `good` or `bad` that contradict themselves, or match none of the events."""
    side = part.tree.side
    help = f"`{side}` classifies only what `events` selects: select these events too, or remove the filter"
    found = [_unmatched(choice, known, help) for choice in part.filters]
    for choice, one in zip(part.filters, found, strict=True) if any(found) else ():
        # a template's filters may serve several streams: one that fits none of this stream's events is fine
        if one and (not slo.used or all(found) or conflict(rules(choice))):
            yield one


def _unmatched(choice: Choice, known: list[Selected], help: str) -> Found | None:
    """E217 for a filter that matches no event of any counter; None if it matches some."""
    own = rules(choice)
    if wrong := conflict(own):  # first: with more matchers, the question may be too hard
        return _contradiction(wrong, "event")
    found = [_against(choice, own, one, help) for one in known]
    return found[0] if found and all(found) else None


def _against(choice: Choice, own: list[Rule], one: Selected, help: str) -> Found | None:
    """E217 for a filter that does not contradict itself, but matches no event of this counter."""
    labels = {matcher.label for matcher in choice.matchers}
    same = [rule for rule in one.rules if rule.matcher.label in labels]
    if same and (found := conflict(same + own)):
        return _contradiction(found, "event", help)
    for other in one.several:
        if follows(other, one.rules + own):
            here = (Label(other.span, "excluded here"),)
            problem = Diagnostic("E217", "this filter matches only excluded events", choice.span, here, NEITHER)
            return problem, (*choice.nodes, *other.nodes)
    return None


def _targets(slo: ResolvedSlo, known: list[Selected]) -> Iterator[Found]:
    """E217 for targets that match no event, and those whose values an earlier target already covers."""
    values: dict[frozenset[Matcher], t.TargetFor] = {}
    patterns: list[tuple[t.TargetFor, Choice]] = []
    for target, choice in slo.targets:
        found = _unmatched(choice, known, "use values that the events have")
        if found:
            yield found
            continue
        exact = frozenset(choice.matchers) if all(matcher.op == "=" for matcher in choice.matchers) else None
        fewer = (frozenset(some) for n in range(len(exact)) for some in combinations(exact, n + 1)) if exact else ()
        covered = (values[some] for some in fewer if some in values)
        taken = (other for other, all_ in patterns if follows(all_, rules(choice)) and not is_everything(all_))
        earlier = next(covered, None) or next(taken, None)
        if earlier:
            here = (Label(earlier.filter.span, "this target matches the same values first"),)
            help = "put the target with the narrower filter first"
            message = "this target never applies: an earlier one covers all of its values"
            yield Diagnostic("E217", message, target.filter.span, here, help), choice.nodes
        elif exact and len(exact) <= MOST_LABELS:
            values.setdefault(exact, target)
        elif len(patterns) < MOST_PATTERNS:
            patterns.append((target, choice))


def _contradiction(found: Conflict, what: str, help: str = "") -> Found:
    rule, others = found.rule, found.others
    matcher = wording(rule)
    labels = tuple(Label(o.node.span, "excluded here" if o.excluded else "required here") for o in others)
    if not others:
        message, help = f"no value matches {matcher}", "remove it, or match more values"
    elif rule.excluded:
        names = f"that {wording(others[0])} selects" if len(others) == 1 and not others[0].excluded else "that is left"
        message, help = f"this excludes everything {names}", LESS
    elif all(other.excluded for other in others):
        message = f"every {what} with {matcher} is excluded"
        help = NEITHER if help else "select other events, or exclude less"
    elif len(others) == 1:
        message = f"no {what} has both {wording(others[0])} and {matcher}"
    else:
        message = f"no value of `{rule.matcher.label}` matches {matcher} and the earlier matchers"
    either = _either(others, rule)
    help = help or (f"to match each of them, write `{either}`; otherwise " if either else "") + "keep one of them"
    fixes = _one_of(others[0].node.span, rule.node.span, either) if len(others) == 1 else ()
    return Diagnostic("E217", message, rule.node.span, labels, help, fixes), (rule.node, *(o.node for o in others))


def _either(others: list[Rule], rule: Rule) -> str:
    """One matcher for any of several plain values; "" for patterns."""
    both = [*others, rule]
    values = [one.matcher.value for one in both]
    if all(one.matcher.op == "=" for one in both) and list(map(plain, values)) == values:
        return in_full(Matcher(rule.matcher.label, "=~", "|".join(values)))
    return ""


def _one_of(first: Span, second: Span, either: str) -> tuple[Fix, ...]:
    """Join two matchers that stand side by side, or remove one of them."""
    between = first.source.text[first.end : second.start] if first.source is second.source else ""
    if between.strip() != ",":
        return ()
    both = edits(f"write `{either}`", (first.to(second), either)) if either else ()
    return both + remove_item("remove the first matcher", first) + remove_item("remove the second matcher", second)
