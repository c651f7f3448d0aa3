"""Slices of time: each is judged once, at its end, and recorded as one event, 1 or 0; or as one for each series."""

from __future__ import annotations

from fractions import Fraction

from slocompiler import promql
from slocompiler.ir import Gauge, RatioSlices, RawCondition, Slices, Slo
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
        return _counted_series(slices, samples_of(slo, options))
    assert not slo.per or slices.missing == "ignored", "it is unknown which values are missing: lowered so"
    return "vector(1)" if slices.missing in VERDICT else f"0 * {_seen(slo, slices, options)} + 1"


def errors(slo: Slo, slices: Slices, options: Options, running: str = "") -> str:
    """1 for each slice that is bad, 0 for each that is good; or the number of bad series.

    `running` returns something if the server has run for a while; without it, that is seen in what the rules recorded.
    """
    bad = _bad(slo, slices, options)
    if slices.missing == "bad":
        return f"{bad} or (vector(1) and on() {running or ran(series('slo:info', slo))}) or vector(0)"
    return f"{bad} or vector(0)" if slices.missing == "good" else bad


def events_of_ratio(slo: Slo, slices: RatioSlices, options: Options) -> str:
    """1 for each slice with events, 0 for one without, which still shows that there is data."""
    return f"({_counted(slo, slices, options)}) > bool 0"


def errors_of_ratio(slo: Slo, slices: RatioSlices, options: Options) -> str:
    """1 for each slice with too many bad events, 0 for each other, also for one without events."""
    return judged(slices, _failed(slo, slices, options), _counted(slo, slices, options))


def judged(slices: RatioSlices, bad: str, every: str) -> str:
    """1 if too many of the events of a slice are bad, else 0."""
    allowed = promql.number(1 - Fraction(slices.at_least) + ROUNDING)
    return f"({bad})\n> bool {allowed} * ({every})"


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


def samples_of(slo: Slo, options: Options) -> Reading:
    """Reads what a condition judges: samples of a gauge, or rates over the slice and the scrape before it."""
    if reach := schedule.reach(slo, options):
        return reading.rates(slo, promql.duration(reach))
    return samples(slo, promql.duration(LATELY * options.scrape_interval))


def _seen(slo: Slo, slices: Slices, options: Options) -> str:
    """A number if there is data, which is not NaN."""
    gauge = slices.good_when
    assert isinstance(gauge, Gauge), "a condition in PromQL is bad without a result"
    by = samples_of(slo, options)
    return _counted_series(slices, by) if gauge.fold == "each" else _holds(gauge, by)


def _bad(slo: Slo, slices: Slices, options: Options) -> str:
    """1 while the condition does not hold, 0 while it holds, no result without data. NaN is bad."""
    condition, by = slices.good_when, samples_of(slo, options)
    if isinstance(condition, RawCondition):
        return f"0 * count({promql.embedded(condition.expr)})"  # a condition without a result is bad
    if slices.each:
        return f"{_bad_series(condition, by)} or 0 * {_counted_series(slices, by)}"
    if condition.fold == "each":
        return f"{_bad_series(condition, by)} > bool 0 or 0 * {_counted_series(slices, by)}"
    return f"1 - {_holds(condition, by)}"


def compared(gauge: Gauge, by: Reading) -> str:
    """The value that a condition compares with its bound."""
    if gauge.fold == "each":
        return by.read(gauge.stream)
    read = by.read(gauge.stream)
    if gauge.fold == "age":
        return f"time() - {by.fold('max', read)}"
    return f"{by.fold('min', read)} - time()" if gauge.fold == "until" else by.fold(gauge.fold, read)


def _holds(gauge: Gauge, by: Reading) -> str:
    return f"({compared(gauge, by)} {gauge.cmp} bool {promql.number(gauge.value)})"


def _counted_series(slices: Slices, by: Reading) -> str:
    """The number of series that a slice judges."""
    assert isinstance(slices.good_when, Gauge), "PromQL has no series of its own"
    return by.fold("count", by.read(slices.good_when.stream))


def _bad_series(gauge: Gauge, by: Reading) -> str:
    """The number of series that violate the condition, also if the value is NaN; no result if none does."""
    each = by.read(gauge.stream)
    return by.fold("count", f"({each}) unless ({each}) {gauge.cmp} {promql.number(gauge.value)}")
