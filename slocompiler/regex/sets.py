"""What matchers take of a label: regular expressions as sets of strings, and whether sets have a string in common.

Only expressions of literals, `.`, classes, groups, alternations and counts are understood, which is nearly all that
people write; of any other nothing is known, and then the answer is no. Every question ends after a bounded number of
steps. A label that is absent has the value "", as in Prometheus.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from slocompiler.ir import Matcher
from slocompiler.promql import opposite
from slocompiler.regex.automaton import Automaton, automaton, word
from slocompiler.regex.parse import Node, parsed
from slocompiler.regex.witness import MOST_STEPS, TooManySteps, witness

LONGEST = 512
"""Characters of a value that is held against a pattern."""


def plain(pattern: str) -> str | None:
    """The one string that a pattern matches, "" if it is empty; None where it is no plain string."""
    node = parsed(pattern)
    if node is None or node.kind not in ("chars", "all"):
        return None
    parts = node.parts if node.kind == "all" else (node,)
    single = [part.chars[0] for part in parts if part.kind == "chars" and len(part.chars) == 1]
    if len(single) != len(parts) or any(first != last for first, last in single):
        return None
    return "".join(chr(first) for first, _ in single)


def takes_absent(matcher: Matcher) -> bool:
    """Whether a positive matcher surely takes series without its label, too."""
    if matcher.op == "=":
        return not matcher.value
    node = parsed(matcher.value) if matcher.op == "=~" else None
    return node is not None and _takes_nothing(node)


def _takes_nothing(node: Node) -> bool:
    """Whether a part takes the empty string."""
    if node.kind == "repeat" and not node.repeat[0]:
        return True
    found = map(_takes_nothing, node.parts)
    return node.kind != "chars" and (any(found) if node.kind == "any" else all(found))


@lru_cache(maxsize=8192)
def matches(pattern: str, value: str) -> bool | None:
    """Whether a pattern matches a whole value; None where that is not known, as with a line end: servers differ on dots."""
    found = automaton(pattern) if len(value) <= LONGEST and "\n" not in value else None
    if found is None or len(found.chars) * len(value) > MOST_STEPS:
        return None
    alphabet = sorted(set(map(ord, value)))
    readers = dict(zip(alphabet, found.readers(alphabet), strict=True))
    states = 1
    for char in value:
        states = found.after(states) & readers[ord(char)]
    return bool(states & found.final)


def fulfils(matcher: Matcher, value: str) -> bool | None:
    """Whether a value of its label fulfils a matcher; None where that is not known."""
    found = value == matcher.value if matcher.op in ("=", "!=") else matches(matcher.value, value)
    return None if found is None else found is not matcher.op.startswith("!")


def never(matchers: Iterable[Matcher]) -> bool:
    """Whether surely no value fulfils all these matchers of one label."""
    return _never(tuple(dict.fromkeys(matchers)))


def always(matcher: Matcher, given: Iterable[Matcher] = ()) -> bool:
    """Whether surely every value that fulfils the `given` matchers of its label fulfils this one."""
    return never((*given, opposite(matcher)))


@lru_cache(maxsize=8192)
def _never(matchers: tuple[Matcher, ...]) -> bool:
    values = {m.value for m in matchers if m.op == "="}
    if values:
        return len(values) > 1 or any(fulfils(m, *values) is False for m in matchers)
    taken = {m.value for m in matchers if m.op == "=~"}
    left_out = {m.value for m in matchers if m.op == "!~"}
    if taken & left_out:
        return True  # whatever it means
    if all(_may_be_absent(m) for m in matchers):
        return False
    some = [found for found in map(automaton, sorted(taken)) if found]
    none = [found for found in map(automaton, sorted(left_out)) if found]
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
    """Whether an automaton surely takes more than `count` strings: every state lies on the way to an end."""
    return found.endless or any(sum(b - a + 1 for a, b in ranges) > count for ranges in found.chars)


def _disjoint(some: list[Automaton], none: list[Automaton]) -> bool:
    """Whether surely no string is taken by all of `some` and by none of `none`."""
    try:
        return witness(some, none) is None
    except TooManySteps:
        return False
