"""Phrases that documentation, alerts, dashboards and comparisons share: text and code in a row, without markup."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from slocompiler import promql
from slocompiler.explain import language
from slocompiler.ir import Filter, Gauge, Matcher, Override, Stream
from slocompiler.visible import shown

OPERATORS = {"=": "is", "!=": "is not", "=~": "matches", "!~": "does not match"}
FOLDS = {
    "max": "the largest value of ",
    "min": "the smallest value of ",
    "avg": "the average of ",
    "sum": "the sum of ",
    "count": "the number of series of ",
    "age": "the newest time in ",
    "each": "every series of ",
}
COMPARED = {"<": "below", "<=": "at most", ">": "above", ">=": "at least", "==": "equal to", "!=": "other than"}
AGES = COMPARED | {"<": "less than", ">": "more than", "==": "exactly", "!=": "not"}


@dataclass(frozen=True, slots=True)
class Code:
    """Words that people wrote, PromQL and names: every output quotes them in its own way."""

    text: str


Phrase = tuple[str | Code, ...]


def plain(phrase: Phrase) -> str:
    """The phrase without any quoting."""
    return "".join(part.text if isinstance(part, Code) else part for part in phrase)


def joined(phrases: Iterable[Phrase], between: str) -> Phrase:
    """One phrase of several."""
    parts: list[str | Code] = []
    for phrase in phrases:
        parts += [between, *phrase] if parts else phrase
    return tuple(parts)


def matching(matcher: Matcher) -> Phrase:
    """`code` matches `5..`; an absent label is an empty one."""
    if not matcher.value and matcher.op in ("=", "!="):
        return Code(shown(matcher.label)), " is empty" if matcher.op == "=" else " is not empty"
    return Code(shown(matcher.label)), f" {OPERATORS[matcher.op]} ", Code(shown(matcher.value))


def filtered(choice: Filter) -> Phrase:
    """All matchers of a filter."""
    return joined(map(matching, choice), " and ")


def one_of(choices: Iterable[Filter]) -> Phrase:
    """Filters of which one is enough."""
    return joined(map(filtered, choices), ", or ")


def stream(of: Stream) -> Code:
    """A stream without what is left out of it, which is told on its own."""
    return Code(language.stream(Stream(metric=of.metric, all=of.all, any=of.any)))


def streams(of: Iterable[Stream]) -> Phrase:
    """`a` and of `b`: streams, summed."""
    return joined(((stream(one),) for one in of), " and of ")


def compared(of: Gauge) -> Phrase:
    """The largest value of `queue_length{}` is below 5."""
    if of.fold == "age":
        return FOLDS["age"], stream(of.stream), f" is {AGES[of.cmp]} {language.limit(of)} ago"
    return FOLDS[of.fold], stream(of.stream), f" is {COMPARED[of.cmp]} {language.limit(of)}"


def override(of: Override) -> Phrase:
    """Another target for some values: 99% for `{route="/"}`."""
    return f"{promql.percent(of.target)} for ", Code(promql.selector("", of.filter))
