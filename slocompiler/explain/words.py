"""Words for parts of the IR, as the language has them. Durations in seconds."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from slocompiler import burn, promql
from slocompiler.ir import (
    Alert,
    Burn,
    Exhausted,
    Filter,
    Gauge,
    Indicator,
    RatioSlices,
    Raw,
    RawCondition,
    Remaining,
    Risk,
    Slices,
    Stream,
    Threshold,
)

DELAYS = (
    "Times are from the first bad event; scraping and evaluation add about 1.5 minutes, and a ticket waits for 15 more."
)
"""What is said wherever it is told when alerts see errors."""
Unit = Literal["events", "slices of time"]
"""What a budget counts."""


def counted(of: Indicator) -> Unit:
    """What is good or bad."""
    return "slices of time" if isinstance(of, Slices | RatioSlices) else "events"


def alert(line: Alert, target: Decimal, period: int) -> str:
    """An alert line, for an SLO of this target and window."""
    needs = f" needs {line.needs} bad events" if isinstance(line, Burn | Exhausted) and line.needs else ""
    if isinstance(line, Burn):
        text = f"at {promql.percent(line.share)} of budget in {promql.duration(line.window)}"
        if line.ceiling is not None and burn.is_capped(line, target, period):
            text += f", held at {promql.percent(line.ceiling)} of all events"
    elif isinstance(line, Exhausted):
        text = f"when exhausted within {promql.duration(line.within)}"
    elif isinstance(line, Remaining):
        text = f"when budget below {promql.percent(line.below)}"
    else:
        text = f"when no data for {promql.duration(line.lasting)}"
    return f"{line.severity} {text}{needs}"


def time(seconds: Fraction) -> str:
    """To the second up to an hour, to the minute up to a day, then to the hour."""
    step = 1 if seconds < burn.HOUR else burn.MINUTE if seconds < burn.DAY else burn.HOUR
    return promql.duration(round(seconds / step) * step) if seconds >= 1 else "1s"


_SPOKEN = (("day", burn.DAY), ("hour", burn.HOUR), ("minute", burn.MINUTE), ("second", 1))


def spoken(seconds: int | Fraction) -> str:
    """A time as people say it, cut to what matters: `43 minutes`, `7 hours 12 minutes`, `21 days`."""
    found = _units(int(seconds))
    return _joined(found[:1] if found and found[0][0] >= 10 else found[:2]) or "less than a second"


def in_full(seconds: int) -> str:
    """A time as people say it, exactly: `1 day 12 hours`."""
    return _joined(_units(seconds)) or "no time"


def _units(seconds: int) -> list[tuple[int, str]]:
    found = []
    for name, size in _SPOKEN:
        count, seconds = divmod(seconds, size)
        found.append((count, name))
    return [pair for pair in found if pair[0]]


def _joined(units: list[tuple[int, str]]) -> str:
    return " ".join(f"{count:,} {name}{'s' if count > 1 else ''}" for count, name in units)


def outage(seconds: int) -> str:
    """A budget as a time of full outage."""
    return promql.duration(seconds) if seconds else "less than 1s"


def percent(share: Decimal | Fraction) -> str:
    """A share of 1 for reading: four digits."""
    return f"{promql.rounded(Fraction(share) * 100)}%"


def grouped(value: Fraction) -> str:
    """A number with its thousands apart."""
    return f"{int(value):,}" if value.denominator == 1 else promql.rounded(value)


def filters(choices: Iterable[Filter]) -> str:
    """`{a="1"} or {b="2"}`."""
    return " or ".join(promql.selector("", choice) for choice in choices)


def stream(of: Stream) -> str:
    """A stream as the language says it: its metric with braces, one of some filters, and what is left out."""
    text = promql.selector(of.metric, of.all)
    text = text if text.endswith("}") else f"{text}{{}}"
    chosen = f" only {filters(of.any)}" if of.any else ""
    return text + chosen + (f" exclude {filters(of.none)}" if of.none else "")


def events(of: Iterable[Stream]) -> str:
    """Streams, summed."""
    return " + ".join(map(stream, of))


def bound(of: Threshold) -> str:
    """`below 300ms`."""
    value = promql.duration(Fraction(of.bound)) if _is_duration(of) else f"{promql.number(of.bound)}{of.unit}"
    return f"{'below' if of.good == 'le' else 'above'} {value}"


def _is_duration(of: Threshold) -> bool:
    """Whether the bound can be said as a duration, exactly."""
    return of.unit == "s" and of.bound > 0 and of.bound * 1000 % 1 == 0


def condition(of: Gauge | RawCondition) -> str:
    """`max(queue_length{}) < 5`."""
    if isinstance(of, RawCondition):
        return of.expr
    looked_at = stream(of.stream)
    folded = looked_at if of.fold == "each" else f"{of.fold}({looked_at})"
    return f"{folded} {of.cmp} {promql.number(of.value)}"


def measured(of: Indicator) -> str:
    """What an SLO measures, in a line."""
    if isinstance(of, Slices):
        return f"slices {promql.duration(of.seconds)} good when {condition(of.good_when)} no data is {of.missing}"
    if isinstance(of, RatioSlices):
        return f"slices {promql.duration(of.seconds)} with {promql.percent(of.at_least)} good of {measured(of.of)}"
    if isinstance(of, Threshold):
        good = f"{filters(of.only)} {bound(of)}" if of.only else bound(of)
        return f"events {'native ' if of.native else ''}{stream(of.histogram)} good {good}"
    if isinstance(of, Raw):
        return f"events `{of.total}` {of.side} `{of.part}`"
    return f"events {events(of.total)} {of.side} {events(of.part)}"


def risk(of: Risk) -> str:
    """How often, how long and to how many users."""
    return (
        f"every {promql.duration(of.every)} lasting {promql.duration(of.lasting)} hitting {promql.percent(of.hitting)}"
    )
