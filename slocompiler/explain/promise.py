"""Sentences about an SLO: its promise, its budget, its filters, its next review. Figures come from `burn.py` and the IR."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from slocompiler import burn, promql
from slocompiler.explain import words
from slocompiler.explain.nouns import events, unit
from slocompiler.explain.outcome import outcome, thing
from slocompiler.explain.phrases import Code, Phrase, compared, joined, listing, where
from slocompiler.ir import (
    Alert,
    Burn,
    Exhausted,
    RatioSlices,
    RawCondition,
    Review,
    Share,
    Slices,
    Slo,
    Stream,
    Threshold,
    Through,
)
from slocompiler.visible import shown

LONG = 120
"""Characters: a promise quotes a condition in PromQL up to this length."""
MOST_EXCLUSIONS = 4
"""The number of exclusions that a promise names; of more it gives the number."""


def name(slo: Slo) -> str:
    """The title of the SLO, or its identity if it has none."""
    return shown(slo.title) or slo.id


# The promise


@lru_cache(maxsize=256)
def among(share: Fraction) -> tuple[int, int]:
    """A share with whole numbers: (1, 1000) for 0.1%."""
    of = 10
    while (share * of).denominator > 1:
        of *= 10
    return int(share * of), of


def _of(target: Decimal) -> str:
    """`999 of 1,000`."""
    good, of = among(Fraction(target))
    return f"{good:,} of {of:,}"


def promise(slo: Slo) -> Phrase:
    """The promise in a sentence: `999 of 1,000 requests are answered without a server error, over any 30 days.`"""
    sentence = (*_values(slo.per), *_kept(slo), *_others(slo), f", over any {words.in_full(slo.window)}")
    first, *rest = (*sentence, *_excluded(slo), ".")
    return first[:1].upper() + first[1:] if isinstance(first, str) else first, *rest


def _kept(slo: Slo) -> Phrase:
    """What holds how often."""
    indicator, counted = slo.indicator, unit(slo)
    if isinstance(indicator, Slices) and isinstance(indicator.good_when, Share):
        good = indicator.good_when.side == "good"
        limit = (
            f"at least {promql.percent(slo.target)}" if good else f"at most {promql.percent(burn.budget(slo.target))}"
        )
        return "the average of ", _metric(indicator.good_when.stream), f" is {limit}"
    if isinstance(indicator, Slices):
        often = f" for at least {promql.percent(indicator.at_least)}" if indicator.at_least is not None else ""
        return *_condition(indicator), f"{often and often + ' of the time'} in {_of(slo.target)} {counted}"
    if isinstance(indicator, RatioSlices):
        noun = events(indicator.of, slo.title)
        least = f"at least {promql.percent(indicator.at_least)} of {noun} "
        return least, *outcome(indicator.of, noun), f" in {_of(slo.target)} {counted}"
    if isinstance(indicator, Through):
        return (f"{_of(slo.target)} {counted} succeed",)
    return f"{_of(slo.target)} {counted} ", *outcome(indicator, counted)


def _condition(of: Slices) -> Phrase:
    when = of.good_when
    if not isinstance(when, RawCondition):
        return joined((compared(one, _metric, of.each) for one in of.gauges), " and ")
    if len(when.expr) > LONG:
        return ("a condition in PromQL is true",)
    return "the condition ", Code(shown(when.expr)), " is true"


def _metric(of: Stream) -> Code:
    return Code(shown(of.metric))


def _values(per: tuple[str, ...]) -> Phrase:
    """For which label values the promise holds."""
    if not per:
        return ()
    labels = joined(((Code(shown(label)),) for label in per), " and ")
    return f"for each {'' if len(per) == 1 else 'combination of '}", *labels, ", "


def _others(slo: Slo) -> Phrase:
    """The targets of other label values and deployments."""
    others: list[Phrase] = [(_of(one.target), *where(one.filter)) for one in slo.overrides]
    others += [(f"{_of(one.target)} in {one.deployment}",) for one in slo.variants if one.target != slo.target]
    return (" (", *joined(others, ", "), ")") if others else ()


def _excluded(slo: Slo) -> Phrase:
    """What does not count."""
    found: list[Phrase] = [thing(one.filter) for one in slo.exclusions]
    found += [("the events of ", _metric(one.counter)) for one in slo.without]
    is_bounded = isinstance(slo.counting, Threshold) and slo.counting.bounded
    found += [("events without a bound",)] if is_bounded else []
    found += [("excluded times",)] if slo.exclude_when else []
    found += [("planned maintenance",)] if slo.maintenance else []
    found += [(words.plural(len(slo.exceptions), "excepted incident"),)] if slo.exceptions else []
    if len(found) > MOST_EXCLUSIONS:
        found = [(f"{len(found)} exclusions",)]
    return (", not counting ", *listing(found, "and")) if found else ()


def budget(slo: Slo) -> str:
    """The budget in a few words: `1 in 1,000 requests, or 43 minutes 12 seconds`."""
    return f"{_budget(slo)}, or {_lost(slo)}"


def outage(slo: Slo) -> str:
    """The budget as a share, and as a duration of full outage, in sentences."""
    if words.counted(slo.indicator) == "events":
        return f"The budget is {_budget(slo)}. At even traffic, that is {_lost(slo)} of full outage."
    return f"The budget is {_budget(slo)}, {_lost(slo)} in total."


def _budget(slo: Slo) -> str:
    bad, of = among(burn.budget(slo.target))
    return f"{bad:,} in {of:,} {unit(slo)}"


def _lost(slo: Slo) -> str:
    return words.spoken(burn.budget(slo.target) * slo.window)


def silence(slo: Slo) -> str:
    """That the whole budget can be spent without an alert, in a sentence; "" if an alert then fires, or there is none."""
    if not slo.alerts or any(step.notify for step in slo.policy):
        return ""
    least = burn.silent_below(slo.alerts, slo.target, slo.window, burn.whole_slice(slo))
    if least is None:
        return "No alert depends on errors: the whole budget can be spent in silence."
    if least <= 1:
        return ""
    share, lasts = words.percent(least * burn.budget(slo.target)), words.spoken(slo.window / least)
    return f"While less than {share} of {unit(slo)} are bad, nothing alerts: the whole budget can be spent, in {lasts} or longer."


def beside_a_page(line: Alert, alerts: Iterable[Alert]) -> str:
    """When a ticket about a burn rate is silent, as the end of a sentence; "" if no line of a page is among the alerts."""
    burning = [one for one in alerts if isinstance(one, Burn | Exhausted)]
    is_silent = line in burning and line.severity == "ticket" and any(one.severity == "page" for one in burning)
    return "silent while the condition of a page holds" if is_silent else ""


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
