"""What an SLO counts, as a noun: `requests`, `minutes`, `events`."""

from __future__ import annotations

import re
from functools import lru_cache

from slocompiler import burn
from slocompiler.explain import words
from slocompiler.ir import Ratio, RatioSlices, Raw, Slices, Slo, Threshold, Through
from slocompiler.pattern import lazy_pattern

NOUNS = {
    "request": ("requests", "are answered"),
    "rq": ("requests", "are answered"),
    "call": ("calls", "are answered"),
    "query": ("queries", "are answered"),
    "message": ("messages", "are handled"),
    "notification": ("notifications", "are handled"),
    "mail": ("mails", "are handled"),
    "order": ("orders", "are handled"),
    "payment": ("payments", "are handled"),
    "payout": ("payouts", "are handled"),
    "booking": ("bookings", "are handled"),
    "response": ("responses", "come"),
    "attempt": ("attempts", "end"),
    "task": ("tasks", "end"),
    "job": ("jobs", "end"),
    "run": ("runs", "end"),
    "evaluation": ("evaluations", "end"),
}
"""Nouns for events, by a word of a metric's name: the plural, and the verb that says how they come to an end.

Other plurals at the end of a name are nouns, too, and `end`.
"""
OTHERS = frozenset(
    [
        "seconds",
        "milliseconds",
        "microseconds",
        "minutes",
        "bytes",
        "errors",
        "failures",
        "timeouts",
        "retries",
        "drops",
        "rejects",
        "successes",
        "status",
        "series",
        "class",
        "address",
        "process",
        "access",
    ]
)
"""Words in the plural, or that look like it, that are no events."""
JOURNEYS = "journeys"
"""The noun for the attempts of a journey."""
_PLURAL = lazy_pattern("[a-z]{3,}[a-rtv-z]s")
_BY_WORD = {**{plural: word for word, (plural, _) in NOUNS.items()}, **{word: word for word in NOUNS}}
_ONE = {plural: word for word, (plural, _) in reversed(NOUNS.items())}
_VERBS = dict(NOUNS.values())


def unit(slo: Slo) -> str:
    """The noun for what the SLO counts, in the plural: `requests`, `minutes`, `events`."""
    indicator = slo.indicator
    if isinstance(indicator, Slices | RatioSlices):
        length = _slices(indicator.seconds)
        return f"series-{length}" if isinstance(indicator, Slices) and indicator.each else length
    return JOURNEYS if isinstance(indicator, Through) else events(indicator, slo.title)


def events(of: Ratio | Threshold | Raw, title: str) -> str:
    """The noun for events, in the plural: from the names of their metrics, else from the first word of the title."""
    word = title.partition(" ")[0]
    return _noun(_metrics(of)) or (NOUNS[_BY_WORD[word.lower()]][0] if is_noun(word) else "events")


def is_noun(word: str) -> bool:
    """Whether a word is a noun for events, in the singular or the plural."""
    return word.lower() in _BY_WORD


def single(unit: str) -> str:
    """The singular of a unit of events: `request`, `event`."""
    return _ONE.get(unit) or (f"{unit[:-3]}y" if unit.endswith("ies") else unit.removesuffix("s"))


def verb(unit: str) -> str:
    """The verb that says how events come to an end: requests `are answered`, tasks `end`."""
    return _VERBS.get(unit, "end")


def article(noun: str) -> str:
    """`a` or `an`."""
    return "an" if noun[:1].lower() in tuple("aeiou") else "a"


def _slices(seconds: int) -> str:
    whole = {1: "seconds", burn.MINUTE: "minutes", burn.HOUR: "hours"}
    return whole.get(seconds) or f"slices of {words.in_full(seconds)}"


def _metrics(indicator: Ratio | Threshold | Raw) -> tuple[str, ...]:
    """The metrics of all events."""
    if isinstance(indicator, Ratio):
        return tuple(stream.metric for stream in indicator.total)
    return (indicator.histogram.metric,) if isinstance(indicator, Threshold) else ()


@lru_cache(maxsize=1024)
def _noun(metrics: tuple[str, ...]) -> str:
    """The noun that all metrics have in common, in the plural; "" if there is none."""
    found = set(map(_of_metric, metrics))
    return found.pop() if len(found) == 1 else ""


def _of_metric(metric: str) -> str:
    """The last noun in a name: `attempts` of `payment_attempts_total`, and any plural at its end: `uploads_total`."""
    parts = re.split("[_.:]", metric.removesuffix("_total"))
    known = next((NOUNS[_BY_WORD[part]][0] for part in reversed(parts) if part in _BY_WORD), "")
    return known or (parts[-1] if _PLURAL.fullmatch(parts[-1]) and parts[-1] not in OTHERS else "")
