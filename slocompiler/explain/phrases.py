"""Phrases that documentation, alerts, dashboards and comparisons share: text and code in a row, without markup."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from slocompiler import promql
from slocompiler.explain import language, words
from slocompiler.ir import Filter, Gauge, Matcher, Override, Slo, Stream
from slocompiler.promql.listed import listed
from slocompiler.record import value
from slocompiler.visible import shown

OPERATORS = {"=": "is", "!=": "is not", "=~": "matches", "!~": "does not match"}
FOLDS = {
    "max": "the largest value of ",
    "min": "the smallest value of ",
    "avg": "the average of ",
    "sum": "the sum of ",
    "count": "the number of series of ",
    "age": "the latest time in ",
    "until": "the soonest time in ",
    "each": "every series of ",
}
QUOTIENTS = {
    "max": "the largest ratio of ",
    "min": "the smallest ratio of ",
    "avg": "the average ratio of ",
    "sum": "the sum of the ratios of ",
}
RATES = {
    "max": "the largest rate of ",
    "min": "the smallest rate of ",
    "avg": "the average rate of ",
    "sum": "the sum of the rates of ",
}
COMPARED = {"<": "below", "<=": "at most", ">": "above", ">=": "at least", "==": "equal to", "!=": "other than"}
AGES = COMPARED | {"<": "less than", ">": "more than", "==": "exactly", "!=": "not"}


@value()
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


def listing(phrases: Iterable[Phrase], word: str) -> Phrase:
    """Several phrases as a list: a, b or c."""
    *most, last = phrases
    return joined(filter(None, (joined(most, ", "), last)), f" {word} ")


def matching(matcher: Matcher) -> Phrase:
    """A matcher in words: `code` is `5xx`, `path` matches `/debug/.+`. An empty value stands for an absent label."""
    label, is_negated = Code(shown(matcher.label)), matcher.op in ("!=", "!~")
    if not matcher.value and matcher.op in ("=", "!="):
        return label, " is not empty" if is_negated else " is empty"
    if values := listed(matcher):
        either = listing(((Code(shown(value)),) for value in values), "or")
        return label, " is not " if is_negated else " is ", *either
    return label, f" {OPERATORS[matcher.op]} ", Code(shown(matcher.value))


def filtered(choice: Filter) -> Phrase:
    """All matchers of a filter, joined by "and"."""
    return joined(map(matching, choice), " and ")


def where(choice: Filter) -> Phrase:
    """What a filter limits the words before it to: where `route` is `/x`. Nothing without one."""
    return (" where ", *filtered(choice)) if choice else ()


def one_of(choices: Iterable[Filter]) -> Phrase:
    """Alternative filters, joined by "or"."""
    return joined(map(filtered, choices), ", or its ")


def stream(of: Stream) -> Code:
    """A stream without its exclusions."""
    return Code(language.stream(Stream(metric=of.metric, all=of.all, any=of.any)))


def streams(of: Iterable[Stream], between: str) -> Phrase:
    """Several streams: `a` and `b`, `a` or `b`."""
    return joined(((stream(one),) for one in of), between)


def compared(of: Gauge, write: Callable[[Stream], Code], each: bool = False) -> Phrase:
    """The largest value of `queue_length{}` is below 5. `write` names the series; `each` is judged by itself."""
    limit = language.limit(of) if of.divisor else words.bound(of.value, of.unit)
    ends = {"age": f"{AGES[of.cmp]} {limit} ago", "until": f"{AGES[of.cmp]} {limit} ahead"}
    end = ends.get(of.fold, f"{COMPARED[of.cmp]} {limit}{' per second' * of.rate}")
    begin = (QUOTIENTS if of.divisor else RATES if of.rate else FOLDS)[of.fold]
    return "a series of " if each else begin, *joined(((write(one),) for one in of.streams), " to "), f" is {end}"


def budgets(slo: Slo) -> Phrase:
    """Each value of `route` has its own budget."""
    each = f"Each {'value' if len(slo.per) == 1 else 'combination'} of "
    renamed = ((" The label ", Code(one.label), " is recorded as ", Code(one.name), ".") for one in slo.renamed)
    return each, Code(", ".join(slo.per)), " has its own budget.", *(part for phrase in renamed for part in phrase)


def override(of: Override) -> Phrase:
    """Another target for some values: 99% for `{route="/"}`."""
    return f"{promql.percent(of.target)} for ", Code(language.filters((of.filter,)))
