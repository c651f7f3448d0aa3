"""Checks PromQL and regular expressions that people wrote, with promql-parser and within safe limits.

The parser only checks; nothing is generated from its tree. It is quadratic in depth, and crashes the process at ten
thousand brackets, so size, depth and the number of operators are limited first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from slocompiler.ir import Filter, Matcher
from slocompiler.promql.strings import WINDOW as HOLE
from slocompiler.promql.strings import named, parts, windowed
from slocompiler.promql.tree import WINDOW, inner_of, parsed

LONGEST = 16 * 1024
DEEPEST = 100
MOST_OPERATORS = 250
_TOKEN = re.compile(
    r"(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<operator>[-+*/%^=!<>~]+|\b(?:and|or|unless|atan2)\b)|(?P<word>[\w:]+)",
    re.ASCII,
)
"""The tokens of code: the text between strings, comments and holes."""
_PAIRS = {")": "(", "]": "[", "}": "{"}
_QUOTED = re.compile(r"'([^']+)'|regex for (.+)\Z", re.DOTALL)

_OPS: dict[str, Literal["=", "!=", "=~", "!~"]] = {
    "MatchOp.Equal": "=",
    "MatchOp.NotEqual": "!=",
    "MatchOp.Re": "=~",
    "MatchOp.NotRe": "!~",
}


class Fault(NamedTuple):
    """What is wrong with a text, and the offsets of the faulty characters."""

    message: str
    start: int
    end: int


RATE = "events need an instant vector, such as `sum(rate(x[$window]))`"
CONDITION = "a condition needs an instant vector, such as `max(x) > 5`"


def fault(text: str, wanted: str = RATE) -> Fault | None:
    """Why `text`, which may contain `$window`, is not an instant vector; None if it is one. `wanted` explains the need."""
    if not text.strip():
        return Fault("this expression is empty", 0, len(text))
    if len(text) > LONGEST:
        return Fault(f"this expression is longer than {LONGEST // 1024} KiB", 0, len(text))
    return _bounds(text) or _judged(text, wanted)


def words(text: str) -> set[str]:
    """The words and `$…` of an expression, outside of its strings and comments."""
    return {token for kind, token, _ in _tokens(text) if kind in ("hole", "word")}


def selectors(text: str) -> list[Filter]:
    """The matchers of each selector of an expression, without the one on the metric's name; empty for a faulty expression.

    Each alternative of `or` inside braces counts as a selector.
    """
    if fault(text):
        return []
    found: list[Filter] = []
    for selector in _vector_selectors(parsed(windowed(text, WINDOW))):
        choices = selector.matchers.or_matchers or [selector.matchers.matchers]
        found += [tuple(Matcher(m.name, _OPS[str(m.op)], m.value) for m in choice) for choice in choices]
    return found


def _vector_selectors(tree: Any) -> Iterator[Any]:
    """The selectors of an expression, in no particular order."""
    trees = [tree]
    while trees:
        tree = trees.pop()
        if type(tree).__name__ == "VectorSelector":
            yield tree
        trees += inner_of(tree)


@lru_cache(maxsize=4096)
def regex_fault(pattern: str) -> str:
    """Why a regular expression does not compile; "" if it does. Prometheus has no look-around and no back-references."""
    if len(pattern) > LONGEST:
        return f"it is longer than {LONGEST // 1024} KiB"
    opened = pattern.count("(") + pattern.count("[")
    if opened > MOST_OPERATORS:
        return f"it has more than {MOST_OPERATORS} brackets"
    quoted = pattern.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    try:
        parsed(f'x{{a=~"{quoted}"}}')
    except ValueError:
        return "it does not compile"
    return ""


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Kind, text and position of each hole, bracket, operator and word, outside of strings and comments."""
    for part in parts(text):
        if part.kind == "hole":
            yield part.kind, part.text, part.start
        elif part.kind == "code":
            for match in _TOKEN.finditer(part.text):
                yield match.lastgroup or "", match[0], part.start + match.start()


def _bounds(text: str) -> Fault | None:
    """An unknown `$…`, brackets that do not match, or an expression beyond the limits; None if there is none of these."""
    above: list[tuple[str, int]] = []
    operators = 0
    for kind, token, at in _tokens(text):
        end = at + len(token)
        if kind == "hole" and named(token) != HOLE:
            return Fault(f"`{token}` is unknown here: use `$window`", at, end)
        if kind == "open":
            above.append((token, at))
            if len(above) > DEEPEST:
                return Fault(f"this expression has more than {DEEPEST} levels of brackets", at, end)
        elif kind == "close":
            if not above or above.pop()[0] != _PAIRS[token]:
                return Fault(f"`{token}` has no matching bracket", at, end)
        elif kind == "operator":
            operators += 1
            if operators > MOST_OPERATORS:
                return Fault(f"this expression has more than {MOST_OPERATORS} operators", at, end)
    if above:
        char, at = above[-1]
        return Fault(f"`{char}` is not closed", at, at + 1)
    return None


def _judged(text: str, wanted: str) -> Fault | None:
    try:
        tree = parsed(windowed(text, WINDOW))
    except ValueError as error:
        message = str(error)
        named = _QUOTED.search(message)
        word = (named[1] or named[2]).strip() if named else ""
        called = re.search(rf"\b{re.escape(word)}(?=\s*\()", text) if word else None
        at = called.start() if called else text.find(word) if word else -1
        return Fault(message, at, at + len(word)) if at >= 0 else Fault(message, 0, len(text))
    kind = _kind(tree)
    return None if kind == "vector" else Fault(f"this expression returns a {kind}: {wanted}", 0, len(text))


def _kind(tree: Any) -> str:
    """What an expression returns: a vector, a range, a scalar or a string."""
    while type(tree).__name__ in ("ParenExpr", "UnaryExpr"):
        tree = tree.expr
    name = type(tree).__name__
    if name == "BinaryExpr":
        return "vector" if "vector" in (_kind(tree.lhs), _kind(tree.rhs)) else "scalar"
    if name == "Call":
        return str(tree.func.return_type).rpartition(".")[2].lower()
    kinds = {"MatrixSelector": "range", "SubqueryExpr": "range", "NumberLiteral": "scalar", "StringLiteral": "string"}
    return kinds.get(name, "vector")
