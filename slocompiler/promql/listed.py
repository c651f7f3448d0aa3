"""Values that a matcher lists: what sentences name, and what checks judge."""

from __future__ import annotations

import re

from slocompiler.ir import Matcher
from slocompiler.pattern import lazy_pattern

_STATUS = lazy_pattern(r"(?:([1-9])|\[([1-9]+)\])(?:\.[.*+]|xx|(?:\[0-9\]|\\d)(?:\[0-9\]|\\d|\{2\}))")
"""A pattern for a class of status codes: `5..`, `5.*`, `5xx`, `5\\d\\d`, `5[0-9]{2}`, `[45]..`."""
_LITERAL = lazy_pattern(r"[^\\.+*?()|\[\]{}^$]+")


def listed(matcher: Matcher) -> tuple[str, ...]:
    """The values that a pattern lists: `5xx` and `429` for `code=~"5..|429"`; none if it is not a list."""
    found: list[str] = []
    for part in matcher.value.split("|") if matcher.op in ("=~", "!~") else ():
        status = _STATUS.fullmatch(part) if re.search("code|status", matcher.label) else None
        if status:
            found += [f"{digit}xx" for digit in status[1] or status[2]]
        elif _LITERAL.fullmatch(part):
            found.append(part)
        else:
            return ()
    return tuple(found)
