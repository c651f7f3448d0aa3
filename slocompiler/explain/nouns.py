"""What an SLO counts, as a noun: `requests`, `minutes`, `events`."""

from __future__ import annotations

from functools import lru_cache

from slocompiler import burn
from slocompiler.explain import words
from slocompiler.ir import Ratio, RatioSlices, Raw, Slices, Slo, Threshold

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
"""Nouns for events, by a word of a metric's name: the plural, and the verb that says how they come to an end."""
_BY_WORD = {**{plural: word for word, (plural, _) in NOUNS.items()}, **{word: word for word in NOUNS}}
_ONE = {plural: word for word, (plural, _) in reversed(NOUNS.items())}
_VERBS = dict(NOUNS.values())


def unit(slo: Slo) -> str:
    """The noun for what the SLO counts, in the plural: `requests`, `minutes`, `events`."""
    indicator = slo.indicator
    if isinstance(indicator, Slices | RatioSlices):
        return _slices(indicator.seconds)
    return events(indicator, slo.title)


def events(of: Ratio | Threshold | Raw, title: str) -> str:
    """The noun for events, in the plural: from the names of their metrics, else from the first word of the title."""
    found = _noun(_metrics(of)) or _BY_WORD.get(title.partition(" ")[0].lower())
    return NOUNS[found][0] if found else "events"


def single(unit: str) -> str:
    """The singular of a unit of events: `request`, `event`."""
    return _ONE.get(unit, "event")


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
def _noun(metrics: tuple[str, ...]) -> str | None:
    """The noun that all metrics have in common: the last one in each name, as in `payment_attempts_total`."""
    found = {next((_BY_WORD[part] for part in reversed(metric.replace(".", "_").split("_")) if part in _BY_WORD), None)
             for metric in metrics}  # fmt: skip  # one expression
    return found.pop() if len(found) == 1 else None
