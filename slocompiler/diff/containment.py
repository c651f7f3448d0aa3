"""Whether filters of events overlap or contain each other, with the automata of their regular expressions."""

from __future__ import annotations

from collections.abc import Iterable

from slocompiler.ir import Filter, Matcher
from slocompiler.promql import opposite
from slocompiler.regex.sets import always, never


def within(one: Filter, others: Iterable[Filter]) -> bool:
    """Whether every event that matches a filter certainly matches one of the others."""
    others = tuple(others)
    if any(all(always(matcher, _about(matcher.label, one)) for matcher in other) for other in others):
        return True
    single = [other[0] for other in others if len(other) == 1]
    return any(
        never((*_about(label, one), *(opposite(matcher) for matcher in single if matcher.label == label)))
        for label in {matcher.label for matcher in single}
    )


def overlap(one: Filter, other: Filter) -> bool:
    """Whether an event may match both filters. An answer of no is certain."""
    both = (*one, *other)
    return not any(never(_about(label, both)) for label in {matcher.label for matcher in both})


def _about(label: str, matchers: Iterable[Matcher]) -> tuple[Matcher, ...]:
    return tuple(matcher for matcher in matchers if matcher.label == label)
