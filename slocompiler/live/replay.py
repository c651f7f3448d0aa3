"""When the alerts of an SLO would have fired, from the counts of its past: the arithmetic of its rules, again.

Windows above an hour follow the age of the SLO, as in the rules. Each line is judged at every minute where the counts of
minutes are known for its whole window, and elsewhere once for each tile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from slocompiler import burn
from slocompiler.ir import SEVERITIES, Alert, Burn, Exhausted, Severity, Slo
from slocompiler.live.spans import Spans, joined, later, longer, without
from slocompiler.live.sums import Sums, ratio
from slocompiler.live.tiles import BLOCK, MINUTE, Count, Minutes, Tiles, Value
from slocompiler.targets.prometheus import alerts, schedule
from slocompiler.targets.prometheus.options import chosen
from slocompiler.targets.shared import Options

SLACK = 0.95
"""A rate over a short range may be so much above the share of bad events that tiles show."""


class Height(NamedTuple):
    """The share of bad events that a line compares, at a time and for a number of seconds from it; 0 if it does not hold."""

    at: int
    lasts: int
    share: float


class Past:
    """The past of a value of the `per` labels, from the time `start`."""

    def __init__(
        self, slo: Slo, options: Options, tiles: Tiles, minutes: Minutes, value: Value, start: int, end: int
    ) -> None:
        self._slo, self._options, self.step = slo, options, tiles.step
        counts = tiles.values.get(value, {})
        self.start, self.end = start, end
        self.begun = min(counts, default=self.end) - tiles.step
        self.tiles = Sums(self.start, tiles.step, tiles.step, counts, self.end)
        self.coverage = min(1, len(counts) * tiles.step / max(1, self.end - self.start))
        self._minutes = [
            (begin, *_each_minute(begin, {at: count for at, count in found.items() if start < at <= end}))
            for begin, found in _runs(minutes, value)
        ]
        self._spent: list[float | None] = []
        self._heights: dict[Burn | Exhausted, list[Height]] = {}

    def age(self, at: int) -> int:
        """The seconds since the first count, at most the window."""
        return min(max(at - self.begun, 0), self._slo.window)

    def spent(self, at: int) -> float | None:
        """The share of bad events in the window of the SLO; what is not there yet counts as good. None without events."""
        if not self._spent:
            window = self._slo.window
            found = ((one, ratio(self.tiles.over(window, one))) for one in self.tiles.times)
            self._spent = [None if share is None else share * self.age(one) / window for one, share in found]
        number = (at - self.start) // self.step
        return self._spent[number - 1] if number else None

    def heights(self, line: Burn | Exhausted) -> list[Height]:
        """What the line compares, in the order of time."""
        if line not in self._heights:
            self._heights[line] = list(self._measured(line))
        return self._heights[line]

    def _measured(self, line: Burn | Exhausted) -> Iterator[Height]:
        window = burn.long_window(line)
        at = self.start + self.step
        for begin, raw, derived in self._minutes if has_minutes(self._slo, line, self._options) else ():
            known = range(self.start + MINUTE if begin <= self.start else begin + window, derived.times.stop, MINUTE)
            if known:
                yield from self._each_tile(line, at, known.start)
                yield from (self._height(line, minute, MINUTE, raw, derived) for minute in known)
                at = self.start + ((known[-1] - self.start) // self.step + 1) * self.step
        yield from self._each_tile(line, at, self.end + 1)

    def _each_tile(self, line: Burn | Exhausted, since: int, until: int) -> Iterator[Height]:
        for at in range(since, until, self.step):
            yield self._height(line, at, min(self.step, until - at), self.tiles, self.tiles)

    def _height(self, line: Burn | Exhausted, at: int, lasts: int, raw: Sums, derived: Sums) -> Height:
        """`raw` has windows of up to an hour, as raw series have them, and `derived` sums of rates of five minutes."""
        window = burn.long_window(line)
        short = schedule.short_window(self._slo, window, self._options)
        counts = derived.over(window, at)
        seen = 1 if burn.slice_of(self._slo) else float(burn.NEEDS_SEEN)
        needed = ((counts.bad, line.needs), (counts.events, line.traffic))
        if any(least > 1 and count < seen * least for count, least in needed):
            return Height(at, lasts, 0)
        reads_raw = not self._slo.records_zeros and chosen(self._options).profile != "economy"
        long, ends = (
            ratio(
                (raw if seconds == schedule.BASE or (seconds <= burn.HOUR and reads_raw) else derived).over(seconds, at)
            )
            for seconds in (window, short)
        )
        if long is None or ends is None:
            return Height(at, lasts, 0)
        aged = min(1, self.age(at) / window) if window > burn.HOUR else 1
        return Height(at, lasts, min(long * aged, ends))


def _runs(minutes: Minutes, value: Value) -> Iterator[tuple[int, dict[int, Count]]]:
    """Blocks that follow each other, as one: the time at which they begin, and their counts."""
    begin, found, last = 0, dict[int, Count](), None
    for block in sorted(minutes):
        if last is not None and block != last + BLOCK:
            yield begin, found
        if last is None or block != last + BLOCK:
            begin, found = block - BLOCK, {}
        found |= minutes[block].get(value, {})
        last = block
    if last is not None:
        yield begin, found


def _each_minute(begin: int, counts: Mapping[int, Count]) -> tuple[Sums, Sums]:
    """Sums of windows as raw series have them, and of rates of five minutes at each minute."""
    end, share = max(counts, default=begin + MINUTE), MINUTE / schedule.BASE
    part = {at: Count(count.events * share, count.bad * share) for at, count in counts.items()}
    return Sums(begin, MINUTE, schedule.BASE, counts, end), Sums(begin, MINUTE, MINUTE, part, end)


def has_minutes(slo: Slo, line: Burn | Exhausted, options: Options) -> bool:
    """Whether the minutes matter to a line: its short window is below an hour. Slices are judged as a whole."""
    return not burn.slice_of(slo) and schedule.short_window(slo, burn.long_window(line), options) < burn.HOUR


def blocks(past: Past, slo: Slo, lines: Iterable[Alert], target: Decimal, stricter: int, options: Options) -> set[int]:
    """The blocks whose minutes have to be known: elsewhere no line can hold, even if the budget were `stricter` times smaller.

    A window that ends within a tile has at most the bad events of all tiles that it touches, and at least the events of
    those that lie in it. Rates of five minutes reach a tile further back.
    """
    found: set[int] = set()
    step, budget = past.step, float(burn.budget(target)) / stricter * SLACK
    for line in lines:
        if not isinstance(line, Burn | Exhausted) or not has_minutes(slo, line, options):
            continue
        window = burn.long_window(line)
        windows = (window, schedule.short_window(slo, window, options))
        above = float(burn.least(line, target, slo.window)) * budget
        for at in past.tiles.times:
            if all(_may_exceed(past.tiles, seconds, at, step, above) for seconds in windows):
                first = (at - window - 2 * step) // BLOCK
                found |= {(number + 1) * BLOCK for number in range(first, (at - 1) // BLOCK + 1)}
    return {block for block in found if block > past.start}


def _may_exceed(tiles: Sums, window: int, at: int, step: int, above: float) -> bool:
    bad = tiles.over(window + 2 * step, at).bad
    if not bad:
        return False
    events = (
        tiles.over(window - 2 * step, at - 2 * step).events if window > 2 * step and at - 2 * step > tiles.start else 0
    )
    return bad > above * events


# Alerts


class Episode(NamedTuple):
    """An alert that fired: from `begin` until before `end`, which may be when the data end."""

    severity: Severity
    alert: str
    begin: int
    end: int


def episodes(past: Past, slo: Slo, lines: Sequence[Alert], target: Decimal, options: Options) -> list[Episode]:
    """What would have fired at a target, in the order of time. `missing.py` has the alerts about missing data."""
    burning = {
        severity: joined(
            span
            for line in lines
            if isinstance(line, Burn | Exhausted) and line.severity == severity
            for span in _holds(past, slo, line, target)
        )
        for severity in SEVERITIES
    }
    burning["ticket"] = without(burning["ticket"], burning["page"])
    found = {(severity, "SLOBurn"): later(spans, _waits(severity)) for severity, spans in burning.items()}
    below: list[tuple[Severity, Fraction, Spans]] = []
    for severity, least, _ in sorted(alerts.budget_lines(slo), key=lambda one: one[1]):
        spans = later(_below(past, float(least), float(burn.budget(target))), _waits(severity))
        as_urgent = SEVERITIES[: SEVERITIES.index(severity) + 1]
        lower = joined(span for of, other, own in below if of in as_urgent and other < least for span in own)
        below.append((severity, least, spans))
        found[severity, "SLOBudget"] = joined((*found.get((severity, "SLOBudget"), ()), *without(spans, lower)))
    keeps = chosen(options).keeps
    return firing(
        [
            (severity, name, longer(spans, keeps(severity) if name == "SLOBurn" else 0))
            for (severity, name), spans in found.items()
        ],
        past.end,
    )


def firing(found: Iterable[tuple[Severity, str, Spans]], end: int) -> list[Episode]:
    """Alerts that fire in spans of time until the data end, in the order of time: those soon after one another are one."""
    return sorted(
        (
            Episode(severity, name, begin, min(stop, end))
            for severity, name, spans in found
            for begin, stop in joined(spans, schedule.BASE)
            if begin < end
        ),
        key=lambda one: (one.begin, one.severity),
    )


def _waits(severity: Severity) -> int:
    return burn.TICKET_WAITS if severity == "ticket" else 0


def _holds(past: Past, slo: Slo, line: Burn | Exhausted, target: Decimal) -> Spans:
    budget = float(burn.budget(target))
    if isinstance(line, Burn):
        above = float(burn.line_factor(line, target, slo.window)) * budget
        return joined((at, at + lasts) for at, lasts, share in past.heights(line) if share > above)
    slope, floor = (float(of(line.within, slo.window)) for of in (burn.exhaustion_slope, burn.exhaustion_floor))
    return joined(
        (at, at + lasts)
        for at, lasts, share in past.heights(line)
        if share > floor * budget and share > (budget - (past.spent(at) or 0)) * slope
    )


def _below(past: Past, least: float, budget: float) -> Spans:
    spent = ((at, past.spent(at)) for at in past.tiles.times)
    return joined((at, at + past.step) for at, share in spent if share is not None and 1 - share / budget < least)
