"""Good and bad events that look swapped: such an SLO is green while everything fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from slocompiler.checks.conditions import comparisons
from slocompiler.checks.context import Run
from slocompiler.checks.metric_words import NO_METRICS
from slocompiler.diagnostics import Diagnostic, Fix
from slocompiler.fixes import edits
from slocompiler.ir import Filter, Matcher
from slocompiler.lower.indicator import fold_of, is_rate
from slocompiler.pattern import lazy_pattern
from slocompiler.promql.listed import listed
from slocompiler.resolve import ResolvedSlo, Term
from slocompiler.source import Span
from slocompiler.syntax import tree as t

FAILS, WORKS = "fail", "succeed"
_WORDS = {
    **dict.fromkeys(("error", "errors", "err", "fail", "failed", "failure", "failures", "server_error"), FAILS),
    **dict.fromkeys(("ok", "success", "successes", "successful", "succeeded"), WORKS),
}
"""What events do whose counter has a word, or whose label has it as a value."""
_STATUS = lazy_pattern("([1-5])(?:xx|[0-9]{2})", re.IGNORECASE)
"""A status code, or a class of them."""
_CLASSES = {"2": WORKS, "5": FAILS}
"""What a request does by its status. Redirections and mistakes of clients tell nothing; among others they change nothing."""
_GAUGE = lazy_pattern(r"(?:.*_)?(?:up|success)\Z")
"""A gauge that is 1 while something works, and 0 while it does not."""
_DOWN = {("==", Decimal(0)), ("<=", Decimal(0)), ("<", Decimal(1)), ("!=", Decimal(1))}


def swapped(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """Diagnostic W375 of an SLO."""
    part = slo.good or slo.bad
    if part is None or not slo.intact or (slo.good and slo.bad):
        return
    wrong = FAILS if part is slo.good else WORKS
    found = {_of_filter(choice.matchers) for choice in part.filters}
    found.update(_of_counter(one, slo.total) for one in part.terms)
    if found == {wrong}:
        word, other = part.tree.span.word, "bad" if part is slo.good else "good"
        is_bound = part.tree.bound is not None
        fixes = () if is_bound else edits(f"write `{other}`", (word, other))
        message = f"the {part.tree.side} events are those that {wrong}"
        yield _swapped(word, message, "match those that succeed" if is_bound else f"write `{other}`", fixes)
    for one in comparisons(slo) if slo.good else ():
        value, is_gauge = one.tree.value, _GAUGE.match(one.terms[0].metric) and not is_rate(one.tree)
        if is_gauge and isinstance(value, t.Number) and fold_of(one.tree) not in ("count", "sum"):
            if (one.tree.cmp, value.value) in _DOWN:
                yield _swapped(part.tree.span.word, "a slice is good while something is down", "compare with `== 1`")


def _swapped(span: Span, message: str, help: str, fixes: tuple[Fix, ...] = ()) -> Diagnostic:
    return Diagnostic("W375", message, span, help=f'{help}; if it is intended, `allow W375 because "…"`', fixes=fixes)


def _of_counter(term: Term, events: tuple[Term, ...]) -> str:
    """What the events of a counter do, by what its matchers or, without any, its name has besides those of all events."""
    if term.metric in NO_METRICS:
        return ""
    given = {matcher for one in events for matcher in one.matchers}
    if own := tuple([matcher for matcher in term.matchers if matcher not in given]):
        return _of_filter(own)
    known = {word for one in events for word in _parts(one.metric)}
    return next((_WORDS[word] for word in reversed(_parts(term.metric)) if word in _WORDS and word not in known), "")


def _parts(metric: str) -> list[str]:
    return re.split("[_.:]", metric)


@lru_cache(maxsize=4096)
def _of_filter(matchers: Filter) -> str:
    """What the events do that match all of the matchers; "" if one of them does not tell."""
    found = set(map(_of_matcher, matchers))
    return found.pop() if len(found) == 1 else ""


def _of_matcher(matcher: Matcher) -> str:
    values = listed(matcher) if matcher.op in ("=~", "!~") else (matcher.value,)
    found = {what for value in values for what in _of_value(matcher.label, value)}
    what = found.pop() if len(found) == 1 else ""
    return what if matcher.op in ("=", "=~") else {FAILS: WORKS, WORKS: FAILS}.get(what, "")


def _of_value(label: str, value: str) -> tuple[str, ...]:
    """What requests do with this value of a label: nothing for a status that tells nothing, "" for another value."""
    if status := _STATUS.fullmatch(value) if re.search("code|status", label) else None:
        return (_CLASSES[status[1]],) if status[1] in _CLASSES else ()
    return (_WORDS.get(value.lower(), ""),)
