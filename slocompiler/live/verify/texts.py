"""Whether two texts of a rule are the same, one of them as a server writes it back."""

from __future__ import annotations

import re

from slocompiler import promql
from slocompiler.live.questions import Endpoint

_STRING = r'"(?:[^"\\]|\\.)*"'
_BLANKS = re.compile(rf"({_STRING})|(?<=group_left|roup_right)\s*\(\)|\s+|\+(?=Inf\b)")
"""A string, which stays, and what a server adds or leaves out."""
_WORDS = re.compile(rf"{_STRING}|[A-Za-z_:][\w:]*|(?:\d+[wdhms]+)+|\d[\d.]*(?:e[+-]?\d+)?")
_BRACES = re.compile(rf"\{{((?:{_STRING}|[^{{}}\"])*)\}}")
_MATCHER = re.compile(rf"[^,\"]+{_STRING}|{_STRING}")


def same(mine: str, theirs: str) -> bool:
    """Whether two expressions certainly are the same: but for blanks, the order of matchers, and how numbers are written."""
    return _bare(mine) == _bare(theirs) or _plain(mine) == _plain(theirs)


def formatted(expr: str) -> Endpoint:
    """The question how the server writes an expression."""
    return Endpoint(path="format_query", parameters=(("query", expr),))


def _bare(expr: str) -> str:
    """An expression without blanks outside of strings, and without what means nothing."""
    return _BLANKS.sub(lambda found: found[1] or "", expr)


def _plain(expr: str) -> str:
    """An expression with sorted matchers, durations in seconds and numbers in one form."""
    return _BRACES.sub(_sorted, _WORDS.sub(_word, _bare(expr)))


def _sorted(braces: re.Match[str]) -> str:
    return "{" + ",".join(sorted(_MATCHER.findall(braces[1]))) + "}"


def _word(word: re.Match[str]) -> str:
    text = word[0]
    if not text[0].isdigit():
        return text
    if text.endswith(tuple(promql.UNITS)) and not text.endswith("ms"):
        return f"{promql.seconds(text)}s"
    return text if "m" in text else repr(float(text))
