"""Judges PromQL that people wrote, as the server does that must load it, and within limits of size and depth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from slocompiler.ir import Filter
from slocompiler.promql.refused import ANY, Fault, Version, newer, version
from slocompiler.promql.strings import WINDOW as HOLE
from slocompiler.promql.strings import named, parts, replaced, windowed
from slocompiler.promql.tree import WINDOW, nodes

LONGEST = 16 * 1024
DEEPEST = 100
MOST_OPERATORS = 250
_TOKEN = re.compile(
    r"(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<operator>[=!<>]=|[=!]~|[-+*/%^=!<>~]|\b(?:and|or|unless|atan2)\b)|(?P<word>[\w:]+)",
    re.ASCII,
)
"""The tokens of code: the text between strings, comments and holes."""
_PAIRS = {")": "(", "]": "[", "}": "{"}
RATE = "events need an instant vector, such as `sum(rate(x[$window]))`"
CONDITION = "a condition needs an instant vector, such as `max(x) > 5`"


@lru_cache(maxsize=1024)
def fault(text: str, wanted: str = RATE, server: str = "") -> Fault | None:
    """Why a server does not load `text` as an instant vector; None if it does. `wanted` says why it must be one.

    The text may contain `$window`. Without a server, it is fine if some version loads it.
    """
    if not text.strip():
        return Fault("this expression is empty", 0, len(text))
    if len(text) > LONGEST:
        return Fault(f"this expression is longer than {LONGEST // 1024} KiB", 0, len(text))
    return _bounds(text) or _judged(text, wanted, version(server) if server else ANY)


def words(text: str) -> set[str]:
    """The words and `$…` of an expression, outside of its strings and comments."""
    return {token for kind, token, _ in _tokens(text) if kind in ("hole", "word")}


def selectors(text: str) -> list[Filter]:
    """The matchers of each selector of an expression, without the one on the metric's name; empty for a faulty expression."""
    return [] if fault(text) else [node.matchers for node in nodes(text) if node.kind == "selector"]


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


def _judged(text: str, wanted: str, server: Version) -> Fault | None:
    from slocompiler.promql.parse import outcome  # imported only for raw PromQL

    found = outcome(windowed(text, WINDOW), server)
    if isinstance(found, Fault):
        return _as_written(text, found)
    if found.type != "vector":
        return Fault(f"this expression returns a {found.type}: {wanted}", 0, len(text))
    return None


def _as_written(text: str, found: Fault) -> Fault:
    """A fault of the text with a duration for `$window`, in the text itself."""
    start, end = replaced(text, WINDOW, found.start), replaced(text, WINDOW, found.end)
    hole = next((part.text for part in parts(text) if part.kind == "hole" and part.start == start), "")
    if hole:
        message, help = found.message.replace(f"`{WINDOW}`", f"`{hole}`"), newer(found.since) if found.since else ""
        return found._replace(message=message, start=start, end=start + len(hole), help=help, instead="")
    return found._replace(start=min(start, len(text) - 1), end=max(end, start + 1))
