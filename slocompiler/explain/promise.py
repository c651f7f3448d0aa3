"""Sentences about an SLO: its promise, its budget, its filters, its next review. Figures come from `burn.py` and the IR."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from slocompiler import burn
from slocompiler.explain import words
from slocompiler.ir import Ratio, RatioSlices, Raw, Review, Slices, Slo, Threshold
from slocompiler.visible import shown

NOUNS = {"request": "requests", "call": "calls", "attempt": "attempts", "message": "messages", "query": "queries"}
"""Nouns for events, singular and plural, by the words of a metric's name."""
_ONE = {plural: singular for singular, plural in NOUNS.items()}


def name(slo: Slo) -> str:
    """The title of the SLO, or its identity if it has none."""
    return shown(slo.title) or slo.id


def unit(slo: Slo) -> str:
    """The noun for what the SLO counts, in the plural: `requests`, `minutes`, `events`."""
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


def single(unit: str) -> str:
    """The singular of a unit of events: `request`, `event`."""
    return _ONE.get(unit, "event")


# The promise


@lru_cache(maxsize=256)
def among(target: Decimal) -> tuple[int, int]:
    """The budget as a share with whole numbers: (1, 1000) for a target of 99.9%."""
    share, of = burn.budget(target), 100
    while (share * of).denominator > 1:
        of *= 10
    return int(share * of), of


def allowed(target: Decimal, unit: str) -> str:
    """`at most 1 in 1,000 requests may be bad`."""
    bad, of = among(target)
    return f"at most {bad:,} in {of:,} {unit} may be bad"


def promise(slo: Slo) -> str:
    """The promise as a sentence."""
    limit = allowed(slo.target, unit(slo))
    return f"{limit[:1].upper()}{limit[1:]} over any {words.in_full(slo.window)}."


def outage(slo: Slo) -> str:
    """The budget as a duration of full outage, in a sentence."""
    lost = words.spoken(burn.budget(slo.target) * slo.window)
    if words.counted(slo.indicator) == "events":
        return f"At even traffic, that is {lost} of full outage."
    return f"That is {lost} in total."


def budget(slo: Slo) -> str:
    """The budget in a few words: `1 in 1,000 requests, or 43 minutes 12 seconds`."""
    bad, of = among(slo.target)
    return f"{bad:,} in {of:,} {unit(slo)}, or {words.spoken(burn.budget(slo.target) * slo.window)}"


def silence(slo: Slo) -> str:
    """That the whole budget can be spent without an alert, in a sentence; "" if an alert then fires, or there is none."""
    if not slo.alerts or any(step.notify for step in slo.policy):
        return ""
    least = burn.silent_below(slo.alerts, slo.target, slo.window, burn.slice_of(slo))
    if least is None:
        return "No alert depends on errors: the whole budget can be spent in silence."
    if least <= 1:
        return ""
    share, lasts = words.percent(least * burn.budget(slo.target)), words.spoken(slo.window / least)
    return f"While less than {share} of {unit(slo)} are bad, nothing alerts: the whole budget can be spent, in {lasts} or longer."


# Reviews


def next_review(review: Review | None) -> str:
    """The day of the next review as 2026-12-30, or why there is none."""
    if review is None:
        return "none planned"
    if review.last is None:
        return "due now"
    return due(review) or "after 9999-12-31"


def due(review: Review) -> str:
    """The day on which a review is due, as 2026-12-30; "" before the first, or beyond the last day a date can express."""
    if review.last is None:
        return ""
    try:
        return review.last.fromordinal(review.last.toordinal() + review.every // burn.DAY).isoformat()
    except (ValueError, OverflowError):
        return ""
