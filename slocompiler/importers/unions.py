"""Selectors of one metric that differ in one label, as one selector: `{job="a"}` and `{job="b"}` are `{job=~"a|b"}`."""

from __future__ import annotations

import re

from slocompiler.importers.counted import Series
from slocompiler.ir import Matcher
from slocompiler.regex.sets import never

_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")


def united(found: tuple[Series, ...]) -> tuple[Series, ...]:
    """The same events with as few selectors as possible. Only selectors that certainly share no event are joined."""
    left = list(found)
    joined = list[Series]()
    while left:
        one = left.pop(0)
        for other in list(left):
            union = _union(one, other)
            if union:
                left.remove(other)
                one = union
        joined.append(one)
    return tuple(joined)


def _union(one: Series, other: Series) -> Series | None:
    """One selector for both; None if they differ in more than a value of one label."""
    if one._replace(matchers=()) != other._replace(matchers=()):
        return None
    mine = [matcher for matcher in one.matchers if matcher not in other.matchers]
    theirs = [matcher for matcher in other.matchers if matcher not in one.matchers]
    if len(mine) != 1 or len(theirs) != 1 or mine[0].label != theirs[0].label:
        return None
    if any(matcher.op.startswith("!") or not matcher.value for matcher in (mine[0], theirs[0])):
        return None
    if not never((mine[0], theirs[0])):
        return None
    matcher = Matcher(mine[0].label, "=~", f"{_pattern(mine[0])}|{_pattern(theirs[0])}")
    return one._replace(matchers=tuple([matcher if own is mine[0] else own for own in one.matchers]))


def _pattern(matcher: Matcher) -> str:
    """What a matcher matches, as a pattern."""
    return matcher.value if matcher.op == "=~" else _SPECIAL.sub(lambda char: f"\\{char[0]}", matcher.value)
