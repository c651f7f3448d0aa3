"""An SLO in sentences: what it promises, what that leaves, over what. Numbers from `burn.py` and the IR alone."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from slocompiler import burn
from slocompiler.explain import words
from slocompiler.ir import Ratio, RatioSlices, Raw, Review, Slices, Slo, Threshold
from slocompiler.visible import shown

NOUNS = {"request": "requests", "call": "calls", "attempt": "attempts", "message": "messages", "query": "queries"}
"""What events are, where the name of the metric says so."""


def name(slo: Slo) -> str:
    """What it is called where people read: its title, else its identity."""
    return shown(slo.title) or slo.id


def unit(slo: Slo) -> str:
    """What is counted, in the plural: `requests`, `minutes`, `events`."""
    indicator = slo.indicator
    if isinstance(indicator, Slices | RatioSlices):
        return _slices(indicator.seconds)
    return _noun(_metrics(indicator))


def _slices(seconds: int) -> str:
    whole = {1: "seconds", burn.MINUTE: "minutes", burn.HOUR: "hours"}
    return whole.get(seconds) or f"slices of {words.in_full(seconds)}"


def _metrics(indicator: Ratio | Threshold | Raw) -> tuple[str, ...]:
    """The metrics of the bad events."""
    if isinstance(indicator, Ratio):
        return tuple(stream.metric for stream in (indicator.part if indicator.side == "bad" else indicator.total))
    return (indicator.histogram.metric,) if isinstance(indicator, Threshold) else ()


@lru_cache(maxsize=1024)
def _noun(metrics: tuple[str, ...]) -> str:
    found = {NOUNS[noun] for metric in metrics for noun in NOUNS for part in metric.replace(".", "_").split("_")
             if part in (noun, NOUNS[noun])}  # fmt: skip  # one expression
    return found.pop() if len(found) == 1 else "events"


# The promise


@lru_cache(maxsize=256)
def among(target: Decimal) -> tuple[int, int]:
    """Of how many at most how many may be bad: of 1,000 one, at 99.9%."""
    share, of = burn.budget(target), 100
    while (share * of).denominator > 1:
        of *= 10
    return of, int(share * of)


def allowed(target: Decimal, unit: str) -> str:
    """`of every 1,000 requests at most 1 may be bad`."""
    of, bad = among(target)
    return f"of every {of:,} {unit} at most {bad:,} may be bad"


def promise(slo: Slo) -> str:
    """The promise in plain language."""
    said = allowed(slo.target, unit(slo))
    return f"{said[:1].upper()}{said[1:]}, over any {words.in_full(slo.window)}."


def outage(slo: Slo) -> str:
    """The budget as a time of full outage, in a sentence."""
    lost = words.spoken(burn.budget(slo.target) * slo.window)
    if words.counted(slo.indicator) == "events":
        return f"Were traffic even, that is {lost} of full outage."
    return f"That is {lost} in all."


def budget(slo: Slo) -> str:
    """The budget in a few words: `1 of 1,000 requests, or 43 minutes`."""
    of, bad = among(slo.target)
    return f"{bad:,} of {of:,} {unit(slo)}, or {words.spoken(burn.budget(slo.target) * slo.window)}"


# Reviews


def next_review(review: Review | None) -> str:
    """The day of the next one, or what is known of it."""
    if review is None:
        return "none agreed"
    if review.last is None:
        return "none yet"
    day = due(review)
    return day or "beyond the calendar"


def due(review: Review) -> str:
    """The day in the form 2026-12-30; "" where there is none."""
    assert review.last is not None, "asked where there was one"
    try:
        return review.last.fromordinal(review.last.toordinal() + review.every // burn.DAY).isoformat()
    except (ValueError, OverflowError):
        return ""
