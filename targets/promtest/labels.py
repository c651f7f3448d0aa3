"""Label values that a selector takes: made up, then held against every matcher."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from itertools import islice, product
from typing import Any

from slocompiler.ir import Filter, Matcher
from slocompiler.promql import opposite

USUAL = ("200", "ok", "other", "1", "x", "GET", "/", "0", "a", "-")
"""Tried where only exclusions speak of a label."""
MOST = 12
"""Examples of one pattern."""
_WORDS = {"CATEGORY_DIGIT": "0", "CATEGORY_WORD": "a", "CATEGORY_SPACE": " ",
          "CATEGORY_NOT_DIGIT": "x", "CATEGORY_NOT_WORD": "-", "CATEGORY_NOT_SPACE": "x"}  # fmt: skip  # a table

Labels = Mapping[str, str]


class Impossible(Exception):
    """No value can be made up; its text says for what."""


def solve(wanted: Sequence[Matcher], avoid: Sequence[Filter] = ()) -> dict[str, str]:
    """Labels that match all of `wanted` and, of each filter of `avoid`, fail at least one matcher."""
    for choice in product(*avoid):
        found = _solve([*wanted, *map(opposite, choice)])
        if found is not None:
            return found
    raise Impossible(f"no labels match {_shown(wanted)}" + "".join(f" and not {_shown(f)}" for f in avoid))


def matches(labels: Labels, matchers: Iterable[Matcher]) -> bool:
    """Whether a series with these labels is selected; an absent label is empty."""
    return all(_accepts(matcher, labels.get(matcher.label, "")) for matcher in matchers)


def _solve(matchers: Sequence[Matcher]) -> dict[str, str] | None:
    found = {}
    for label in dict.fromkeys(matcher.label for matcher in matchers):
        own = [matcher for matcher in matchers if matcher.label == label]
        value = next((text for text in _candidates(own) if all(_accepts(m, text) for m in own)), None)
        if value is None:
            return None
        found[label] = value
    return {label: value for label, value in found.items() if value}


def _candidates(matchers: Sequence[Matcher]) -> Iterator[str]:
    """What may do, likely ones first; an absent label last."""
    for matcher in matchers:
        if matcher.op == "=":
            yield matcher.value
        elif matcher.op == "=~":
            yield from examples(matcher.value)
    yield from USUAL
    for matcher in matchers:
        yield matcher.value + "-other"
        if matcher.op == "!~":
            yield from (text + "-other" for text in examples(matcher.value))
    yield ""


def _accepts(matcher: Matcher, text: str) -> bool:
    if matcher.op in ("=", "!="):
        return (text == matcher.value) == (matcher.op == "=")
    pattern = _compiled(matcher.value)
    return pattern is not None and bool(pattern.fullmatch(text)) == (matcher.op == "=~")


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """None for what only Prometheus' own expressions know."""
    try:
        return re.compile(pattern, re.DOTALL)
    except re.error:
        return None


def _shown(matchers: Sequence[Matcher]) -> str:
    return "{" + ", ".join(f'{m.label}{m.op}"{m.value}"' for m in matchers) + "}"


# Patterns


@lru_cache(maxsize=1024)
def examples(pattern: str) -> tuple[str, ...]:
    """Texts that match a regular expression, found by walking it."""
    if _compiled(pattern) is None:
        return ()
    parser: Any = import_module("re._parser")
    found = dict.fromkeys(islice(_walk(parser.parse(pattern)), MOST))
    return tuple(text for text in found if matches({"": text}, (Matcher("", "=~", pattern),)))


def _walk(items: Any) -> Iterator[str]:
    """Every way through a sequence, the shortest first."""
    return map("".join, product(*(list(islice(_step(str(op), value), MOST)) for op, value in items)))


def _step(op: str, value: Any) -> Iterator[str]:
    match op:
        case "LITERAL":
            yield chr(value)
        case "NOT_LITERAL":
            yield "x" if value != ord("x") else "y"
        case "ANY":
            yield from "0x"
        case "IN":
            yield from _one_of(value)
        case "BRANCH":
            for branch in value[1]:
                yield from _walk(branch)
        case "SUBPATTERN":
            yield from _walk(value[3])
        case "MAX_REPEAT" | "MIN_REPEAT":
            least, most, items = value
            for count in dict.fromkeys((max(least, min(1, int(most))), least)):
                yield from ("".join(parts) for parts in product(list(islice(_walk(items), 3)), repeat=count))
        case _:
            yield ""


def _one_of(members: Any) -> Iterator[str]:
    if str(members[0][0]) == "NEGATE":
        taken = set(_members(members[1:]))
        yield from (char for char in "x0a-/_" if char not in taken)
    else:
        yield from _members(members)


def _members(members: Any) -> Iterator[str]:
    for op, value in members:
        match str(op):
            case "LITERAL":
                yield chr(value)
            case "RANGE":
                yield from (chr(code) for code in range(value[0], min(value[1], value[0] + 127) + 1))
            case "CATEGORY":
                yield _WORDS.get(str(value), "x")
