"""Which values of a label matchers match: regular expressions as sets of strings, and whether sets overlap.

An answer of yes is certain. The answer is no, or None, for a pattern that `parsed` does not support and after too many
steps. A label that is absent has the value "", as in Prometheus.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from slocompiler.ir import Matcher
from slocompiler.promql import opposite
from slocompiler.regex.automaton import Automaton, automaton, word
from slocompiler.regex.parse import parsed, takes_nothing
from slocompiler.regex.witness import MOST_STEPS, TooManySteps, witness

LONGEST = 512
"""The length of a value, in characters, up to which it is matched against a pattern."""


def plain(pattern: str) -> str | None:
    """The only string that a pattern matches; None if it matches others, or is not supported."""
    node = parsed(pattern)
    if node is None or node.kind not in ("chars", "all"):
        return None
    parts = node.parts if node.kind == "all" else (node,)
    single = [part.chars[0] for part in parts if part.kind == "chars" and len(part.chars) == 1]
    if len(single) != len(parts) or any(first != last for first, last in single):
        return None
    return "".join(chr(first) for first, _ in single)


def takes_absent(matcher: Matcher) -> bool:
    """Whether a positive matcher certainly also matches series without its label."""
    if matcher.op == "=":
        return not matcher.value
    node = parsed(matcher.value) if matcher.op == "=~" else None
    return node is not None and takes_nothing(node)


@lru_cache(maxsize=8192)
def matches(pattern: str, value: str) -> bool | None:
    """Whether a pattern matches a whole value; None if unknown, as for a value with a line end: servers differ on dots."""
    found = automaton(pattern) if len(value) <= LONGEST and "\n" not in value else None
    if found is None or len(found.chars) * len(value) > MOST_STEPS:
        return None
    alphabet = sorted(set(map(ord, value)))
    readers = dict(zip(alphabet, found.readers(alphabet), strict=True))
    states = 1
    for char in value:
        states = found.after(states) & readers[ord(char)]
    return bool(states & found.final)


def fulfills(matcher: Matcher, value: str) -> bool | None:
    """Whether a value of its label fulfills a matcher; None if unknown."""
    found = value == matcher.value if matcher.op in ("=", "!=") else matches(matcher.value, value)
    return None if found is None else found is not matcher.op.startswith("!")


def never(matchers: Iterable[Matcher]) -> bool:
    """Whether certainly no value fulfills all these matchers of one label."""
    return _never(tuple(matchers))


def always(matcher: Matcher, given: Iterable[Matcher] = ()) -> bool:
    """Whether certainly every value that fulfills the `given` matchers of its label fulfills this one."""
    return never((*given, opposite(matcher)))


@lru_cache(maxsize=8192)
def _never(matchers: tuple[Matcher, ...]) -> bool:
    values = {m.value for m in matchers if m.op == "="}
    if values:
        return len(values) > 1 or any(fulfills(m, *values) is False for m in matchers)
    taken = {m.value for m in matchers if m.op == "=~"}
    excluded = {m.value for m in matchers if m.op == "!~"}
    if taken & excluded:
        return True  # whatever the pattern means
    if all(_may_be_absent(m) for m in matchers):
        return False
    some = [found for found in map(automaton, sorted(taken)) if found]
    none = [found for found in map(automaton, sorted(excluded)) if found]
    unequal = {m.value for m in matchers if m.op == "!=" and len(m.value) <= LONGEST}
    if not none and (not some or (len(some) == 1 and _has_more(some[0], len(unequal)))):
        return False
    none += [word(value) for value in sorted(unequal)]
    return _disjoint(some, none)


def _may_be_absent(matcher: Matcher) -> bool:
    if matcher.op == "!=":
        return bool(matcher.value)
    return takes_absent(matcher) if matcher.op == "=~" else not takes_absent(opposite(matcher))


def _has_more(found: Automaton, count: int) -> bool:
    """Whether an automaton certainly matches more than `count` strings: every state leads to an end."""
    return found.endless or any(sum(b - a + 1 for a, b in ranges) > count for ranges in found.chars)


def _disjoint(some: list[Automaton], none: list[Automaton]) -> bool:
    """Whether certainly no string is matched by all of `some` and by none of `none`."""
    try:
        return witness(some, none) is None
    except TooManySteps:
        return False
