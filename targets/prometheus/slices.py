"""Slices of time: each is judged once, at its end, and recorded as one event, 1 or 0; or as one for each series."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from slocompiler import promql
from slocompiler.ir import Gauge, Matcher, RatioSlices, RawCondition, Share, Slices, Slo, Stream
from slocompiler.record import replace
from slocompiler.targets.prometheus import indicator, late_series, reading, schedule
from slocompiler.targets.prometheus.reading import Reading, samples
from slocompiler.targets.prometheus.series import series
from slocompiler.targets.shared import Options

ROUNDING = Fraction(1, 10**9)
"""The tolerance for a share of bad events that is just allowed: the last digit of a float must not make a slice bad."""
VERDICT = ("bad", "good")
"""How slices without data may count; an ignored slice does not."""
LATELY = Fraction(5, 2)
"""The scrape intervals within which a gauge has to have a sample: two, so that one may be lost, and a late one."""
RAN = "[2m] offset 2m"
"""When the server has to have run for missing data to be bad: it has scraped since then. What it knew less than five
minutes ago, it still sees after a restart."""


def ran(selector: str) -> str:
    """A number if the server has run for a while; the selector is of series that a server that runs always has."""
    return f"count_over_time({selector}{RAN})"


def events(slo: Slo, slices: Slices, options: Options) -> str:
    """1 for each slice, or the number of its series; no result for a slice that is ignored without data."""
    if slices.each:
        return _seen(slo, slices, options)
    assert not slo.per or slices.missing == "ignored", "it is unknown which values are missing: lowered so"
    if slices.missing in VERDICT:
        return "vector(1)"
    seen = _seen(slo, slices, options)
    return f"0 * {seen if slices.at_least is None else _evaluated('count', seen, slices, options)} + 1"


def errors(slo: Slo, slices: Slices, options: Options, running: str = "") -> str:
    """1 for each slice that is bad, 0 for each that is good, or the bad share of it; or the number of bad series.

    `running` returns something if the server has run for a while; without it, that is seen in what the rules recorded.
    """
    bad = _bad(slo, slices, options)
    if slices.missing == "bad":
        bad = f"{bad} or (vector(1) and on() {running or ran(series('slo:info', slo))}) or vector(0)"
    elif slices.missing == "good":
        bad = f"{bad} or vector(0)"
    if slices.at_least is None:
        return bad
    return f"{_evaluated('avg', bad, slices, options)}\n> bool {_allowed(slices.at_least)}"


def _evaluated(fold: str, verdict: str, slices: Slices, options: Options) -> str:
    """An aggregation of the verdicts of all evaluations in a slice; those without data do not count."""
    over = promql.duration(slices.seconds - schedule.MOMENT)
    return f"{fold}_over_time(({verdict})[{over}:{promql.duration(options.evaluation_interval)}])"


def _allowed(at_least: Decimal) -> str:
    """The share of a good slice that may be bad."""
    return promql.number(1 - Fraction(at_least) + ROUNDING)


def events_of_ratio(slo: Slo, slices: RatioSlices, options: Options) -> str:
    """1 for each slice with events, 0 for one without, which still shows that there is data."""
    return f"({_counted(slo, slices, options)}) > bool 0"


def errors_of_ratio(slo: Slo, slices: RatioSlices, options: Options) -> str:
    """1 for each slice with too many bad events, 0 for each other, also for one without events."""
    return judged(slices, _failed(slo, slices, options), _counted(slo, slices, options))


def judged(slices: RatioSlices, bad: str, every: str) -> str:
    """1 if too many of the events of a slice are bad, else 0."""
    return f"({bad})\n> bool {_allowed(slices.at_least)} * ({every})"


def errors_in_slice(slo: Slo, slices: RatioSlices, options: Options) -> str:
    """The number of bad events in a slice."""
    return f"({_failed(slo, slices, options)}) * {slices.seconds}"


def _failed(slo: Slo, slices: RatioSlices, options: Options) -> str:
    """The bad events per second of a slice."""
    inner = replace(slo, indicator=slices.of)  # the SLO as if it counted events
    return indicator.filled(inner, rates(slo, slices, options))


def _counted(slo: Slo, slices: RatioSlices, options: Options) -> str:
    """The events per second of a slice."""
    return indicator.events(slices.of, rates(slo, slices, options))


def rates(slo: Slo, slices: RatioSlices, options: Options) -> Reading:
    """Reads rates over a slice and the scrape before it; a series that begins in the slice is new."""
    return late_series.rates(slo, schedule.reach(slo, options), options, slices.seconds)


def value(gauge: Gauge, slo: Slo, options: Options) -> str:
    """The value that a condition compares with its bound, as the rules read it."""
    return compared(gauge, _reading(gauge, slo, options))


def _reading(gauge: Gauge, slo: Slo, options: Options) -> Reading:
    """Reads what a condition judges: samples of a gauge, or rates over the slice and the scrape before it."""
    return reading.rates(slo, promql.duration(schedule.reach(slo, options))) if gauge.rate else _samples(slo, options)


def _samples(slo: Slo, options: Options) -> Reading:
    """Reads the newest samples, also those of a scrape ago."""
    return samples(slo, promql.duration(LATELY * options.scrape_interval))


def bad_share(of: Share, fold: str, by: Reading) -> str:
    """An aggregation of the bad shares."""
    shares = _shares(of, by)
    return by.fold(fold, f"1 - {shares}" if of.side == "good" else shares)


def _shares(of: Share, by: Reading) -> str:
    """The shares of series, from 0 to 1. The comparison drops NaN, which would spoil each sum."""
    return f"clamp_max(clamp_min(({by.read(of.stream)}) >= -Inf, 0), 1)"


def _seen(slo: Slo, slices: Slices, options: Options) -> str:
    """A number if there is data, which is not NaN; of several conditions only if each has data."""
    if isinstance(slices.good_when, RawCondition):
        return _results(slices.good_when.of, slo)
    if isinstance(slices.good_when, Share):
        by = _samples(slo, options)
        return by.fold("count", _shares(slices.good_when, by))
    found = []
    for gauge in slices.gauges:
        by = _reading(gauge, slo, options)
        found.append(_counted_series(gauge, by) if gauge.fold == "each" else _holds(gauge, by))
    return found[0] if len(found) == 1 else f"({' + '.join(found)})"


def _bad(slo: Slo, slices: Slices, options: Options) -> str:
    """1 while the condition does not hold, 0 while it holds, no result without data. NaN is bad.

    PromQL without `of` is bad without a result. Of several conditions, one that does not hold is enough; without data for
    one of them, the sum has no result.
    """
    condition = slices.good_when
    if isinstance(condition, Share):
        return bad_share(condition, "sum" if slices.each else "avg", _samples(slo, options))
    if isinstance(condition, RawCondition):
        holds = _results(condition.expr, slo)
        if not condition.of:
            return f"0 * {holds}"
        every = _results(condition.of, slo)
        return f"({every} unless {holds}) > bool 0 or 0 * {every}"
    found = [_violated(one, _reading(one, slo, options), slices.each) for one in slices.gauges]
    return found[0] if len(found) == 1 else f"{' + '.join(f'({one})' for one in found)} > bool 0"


def _results(expr: str, slo: Slo) -> str:
    """The number of results of PromQL; none if there are none."""
    return samples(slo).fold("count", promql.embedded(expr))


def _violated(gauge: Gauge, by: Reading, counts_series: bool) -> str:
    """1 while a condition does not hold, or the number of series for which it does not, else 0; no result without data."""
    if gauge.fold != "each":
        return f"1 - {_holds(gauge, by)}"
    judged = _bad_series(gauge, by) + ("" if counts_series else " > bool 0")
    return f"{judged} or 0 * {_counted_series(gauge, by)}"


def compared(gauge: Gauge, by: Reading) -> str:
    """The value that a condition compares with its bound."""
    read = _divided(gauge.stream, gauge.divisor, by) if gauge.divisor else by.read(gauge.stream)
    if gauge.fold == "each":
        return read
    if gauge.fold == "age":
        return f"time() - {by.fold('max', read)}"
    return f"{by.fold('min', read)} - time()" if gauge.fold == "until" else by.fold(gauge.fold, read)


def _holds(gauge: Gauge, by: Reading) -> str:
    return f"({compared(gauge, by)} {gauge.cmp} bool {promql.number(gauge.value)})"


def _divided(dividend: Stream, divisor: Stream, by: Reading) -> str:
    """The quotients of series that have the labels in common which both have; no result for a division by 0.

    A label that only one selector fixes may be absent in the series of the other. One that both fix to different values
    is not compared.
    """
    own, other = ({m.label: m for m in promql.fixed(one) if m.op == "="} for one in (dividend, divisor))
    apart = sorted(label for label in {*own, *other} if own.get(label) != other.get(label))
    dividend, divisor = _narrowed(dividend, other, own), _narrowed(divisor, own, other)
    matched = f" ignoring({', '.join(map(promql.label_name, apart))})" if apart else ""
    return f"({by.read(dividend)}) /{matched} (({by.read(divisor)}) != 0)"


def _narrowed(of: Stream, fixed: Mapping[str, Matcher], own: Mapping[str, Matcher]) -> Stream:
    """A stream whose series have the values that another one fixes, or do not have these labels."""
    more = (Matcher(label, "=~", f"{re.escape(m.value)}|") for label, m in fixed.items() if label not in own)
    return replace(of, all=(*of.all, *more))


def _counted_series(gauge: Gauge, by: Reading) -> str:
    """The number of series that a condition reads."""
    return by.fold("count", by.read(gauge.stream))


def _bad_series(gauge: Gauge, by: Reading) -> str:
    """The number of series that violate the condition, also if the value is NaN; no result if none does."""
    each = by.read(gauge.stream)
    return by.fold("count", f"({each}) unless ({each}) {gauge.cmp} {promql.number(gauge.value)}")
