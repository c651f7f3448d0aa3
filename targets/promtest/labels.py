"""Finds labels that a selector matches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, product

from slocompiler import promql
from slocompiler.ir import Filter, Matcher
from slocompiler.regex.examples import example
from slocompiler.regex.sets import fulfills, never

MOST_CHOICES = 1000
"""How many ways to fail a matcher of each filter are tried."""

Labels = Mapping[str, str]


class Impossible(Exception):
    """No such labels exist; the text says which."""


class Undecided(Exception):
    """It is unknown whether such labels exist, or are selected; the text says why."""


def solve(wanted: Sequence[Matcher], avoid: Sequence[Filter] = ()) -> dict[str, str]:
    """Labels that match all of `wanted` and, of each filter of `avoid`, fail at least one matcher.

    Raises Impossible if no such labels exist, Undecided if none were found.
    """
    undecided = None
    choices = product(*avoid)
    for choice in islice(choices, MOST_CHOICES):
        try:
            found = _solve([*wanted, *map(promql.opposite, choice)])
        except Undecided as reason:
            undecided = undecided or reason
            continue
        if found is not None:
            return found
    if undecided:
        raise undecided
    if next(choices, None) is not None:
        raise Undecided(f"its exclusions leave more than {MOST_CHOICES:,} combinations of labels to try")
    excluded = "".join(f" and not {promql.selector('', removed)}" for removed in avoid)
    raise Impossible(f"no labels match {promql.selector('', tuple(wanted))}{excluded}")


def matches(labels: Labels, matchers: Iterable[Matcher]) -> bool:
    """Whether a series with these labels is selected; an absent label is empty. Raises Undecided."""
    found = [(matcher, fulfills(matcher, labels.get(matcher.label, ""))) for matcher in matchers]
    unknown = [matcher for matcher, known in found if known is None]
    if unknown and all(known is not False for _, known in found):
        raise _undecided(unknown)
    return all(known for _, known in found)


def _solve(matchers: Sequence[Matcher]) -> dict[str, str] | None:
    found = {}
    for label in dict.fromkeys(matcher.label for matcher in matchers):
        own = [matcher for matcher in matchers if matcher.label == label]
        if never(own):
            return None
        value = example(own)
        if value is None:
            raise _undecided(own)
        found[label] = value
    return {label: value for label, value in found.items() if value}


def _undecided(matchers: Sequence[Matcher]) -> Undecided:
    return Undecided(f"sloc found no value that matches {promql.selector('', tuple(matchers))}")
