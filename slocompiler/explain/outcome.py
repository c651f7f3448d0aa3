"""What good events have in common, as the end of a sentence: `are answered within 300 ms without a server error`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from slocompiler.explain import nouns, words
from slocompiler.explain.classification import classified
from slocompiler.explain.phrases import Code, Phrase, joined, listing
from slocompiler.ir import Events, Filter, Indicator, Matcher, Ratio, Raw, Threshold, Through
from slocompiler.promql import opposite
from slocompiler.promql.listed import listed
from slocompiler.visible import shown

OUTCOMES = {
    "5xx": "a server error",
    "4xx": "a client error",
    "server_error": "a server error",
    "client_error": "a client error",
    "error": "an error",
    "failed": "a failure",
    "failure": "a failure",
    "timeout": "a timeout",
}
"""Label values that everyone has a word for, in small letters."""
FAILED = {
    **dict.fromkeys(("fail", "failed", "failure", "failures"), "{} without a failure"),
    **dict.fromkeys(("error", "errors"), "{} without an error"),
    **{word: f"are not {word}" for word in ("dropped", "rejected", "lost")},
}
"""The outcome of events that a counter of bad events does not count, by a word of its name; braces are for the verb."""
WORKED = {
    **dict.fromkeys(("ok", "success", "successes", "successful", "succeeded"), "succeed"),
    **{word: f"are {word}" for word in ("accepted", "answered", "completed", "delivered", "handled", "sent", "served")},
}
"""The outcome of events that a counter of good events counts, by a word of its name."""
MOST = 8
"""The number of values of a label that a sentence lists; of more it gives the number."""


def outcome(of: Ratio | Threshold | Raw, unit: str) -> Phrase:
    """The end of the sentence that begins with the events, which have the noun `unit`."""
    if isinstance(of, Raw):
        return ("are good by a rule in PromQL",)
    if isinstance(of, Threshold):
        return _bounded(of, unit)
    side, filters = classified(of) or ("", frozenset())
    if not filters:
        return _counted(of, unit)
    return f"{nouns.verb(unit)} ", *(_neither(filters) if side == "bad" else _either(filters))


def failure(of: Indicator) -> str:
    """What bad events do, after their noun: `fail`, `take more than 300 ms`, `are bad`."""
    if isinstance(of, Ratio | Through):
        return "fail"
    if not isinstance(of, Threshold):
        return "are bad"
    verb = "take" if of.unit in words.TIMES else "are"
    if of.bounded:
        return f"{verb} {'more' if of.good == 'le' else 'no more'} than their bound"
    limit = f"{'more than' if of.good == 'le' else 'at most'} {words.bound(of.bound, of.unit)}"
    return f"{'fail or ' if of.only else ''}{verb} {limit}"


# Thresholds


def _bounded(of: Threshold, unit: str) -> Phrase:
    is_time, is_most = of.unit in words.TIMES, of.good == "le"
    is_answered = is_time and is_most and nouns.verb(unit) == "are answered"
    if not is_time:
        verb, most = "have a value", "of at most" if is_most else "above"
    else:
        verb, most = "take", "at most" if is_most else "more than"
    verb, most = ("are answered", "within") if is_answered else (verb, most)
    if of.bounded:
        each = ((f"{most} {words.bound(x.bound, x.unit)} ", *_either(x.histogram.any)) for x in of.parts)
        return f"{verb} ", *listing(each, "or")
    also = _either(of.only) if of.only else ()
    ends = f" and {nouns.verb(unit)}" if also and is_time and not is_answered else ""
    limit = f"{verb} {most} {words.bound(of.bound, of.unit)}{ends}"
    return (f"{limit} ", *also) if also else (limit,)


# Counters of their own


def _counted(of: Ratio, unit: str) -> Phrase:
    known = FAILED if of.side == "bad" else WORKED
    found = {_word(stream.metric, known) for stream in of.part}
    if len(found) == 1 and (text := found.pop()):
        return (text.format(nouns.verb(unit)),)
    metrics = _metrics(of.part)
    return ("are not counted as bad by ", *metrics) if of.side == "bad" else ("are counted as good by ", *metrics)


def _word(metric: str, known: dict[str, str]) -> str:
    """The outcome for the last known word of a metric's name; "" if it has none."""
    return next((known[word] for word in reversed(re.split("[_.:]", metric)) if word in known), "")


def _metrics(of: Events) -> Phrase:
    return listing(((Code(shown(stream.metric)),) for stream in of), "or")


# Filters


def _neither(filters: Iterable[Filter]) -> Phrase:
    """What events have that match none of the filters."""
    without, having = [], []
    for choice in _ordered(filters):
        if any(map(_is_positive, choice)):
            without.append(thing(choice))
        else:
            having.append(listing((thing((opposite(one),)) for one in choice), "or"))
    parts: list[Phrase] = [("with ", *listing(having, "and"))] if having else []
    parts += [("without ", *listing(without, "or"))] if without else []
    return joined(parts, " and ")


def _either(filters: Iterable[Filter]) -> Phrase:
    """What events have that match one of the filters."""
    parts = []
    for choice in _ordered(filters):
        having = [thing((one,)) for one in choice if _is_positive(one)]
        lacking = [thing((opposite(one),)) for one in choice if not _is_positive(one)]
        part: Phrase = ("with ", *listing(having, "and")) if having else ()
        between = " and " if having else ""
        parts.append((*part, f"{between}without ", *listing(lacking, "or")) if lacking else part)
    return listing(parts, "or")


@lru_cache(maxsize=4096)
def thing(choice: Filter) -> Phrase:
    """What events have that match a filter: `a server error`, `code` `409` with `reason` `timeout`."""
    positive = [one for one in choice if _is_positive(one)]
    lacking = [_value(opposite(one)) for one in choice if not _is_positive(one)]
    having = joined(map(_value, positive), " with ")
    if not lacking:
        return having
    without: Phrase = ("without ", *listing(lacking, "or"))
    return (*having, " ", *without) if having else without


def _ordered(filters: Iterable[Filter]) -> list[Filter]:
    """The shortest first, and of these the ones that have a word: the sentence begins with what is easy to understand."""
    return sorted(filters, key=lambda choice: (len(choice), isinstance(thing(choice)[0], Code), repr(choice)))


def _is_positive(matcher: Matcher) -> bool:
    """Whether events have what the matcher names. An empty value stands for an absent label."""
    return (matcher.op in ("=", "=~")) == bool(matcher.value)


def _value(matcher: Matcher) -> Phrase:
    """What events have that match a positive matcher: a word for it, or the label with its values."""
    label = Code(shown(matcher.label))
    if not matcher.value:
        return f"{nouns.article(matcher.label)} ", label
    values = (matcher.value,) if matcher.op == "=" else listed(matcher)
    if not values:
        return label, " matching ", Code(shown(matcher.value))
    named = list(dict.fromkeys(name for value in values if (name := _named(matcher.label, value))))
    others = [value for value in values if not _named(matcher.label, value)]
    if len(others) > MOST:
        return joined([*((name,) for name in named), (f"one of {len(others)} values of ", label)], " or ")
    first: list[Phrase] = [(label, " ", Code(shown(value))) for value in others[:1]]
    return listing([*((name,) for name in named), *first, *((Code(shown(value)),) for value in others[1:])], "or")


def _named(label: str, value: str) -> str:
    """The word for a value of a label, "" if there is none: `5` of a label for classes of codes is `5xx`."""
    is_class = label.endswith("class") and value in ("4", "5")
    return OUTCOMES.get(f"{value}xx" if is_class else value.lower(), "")
