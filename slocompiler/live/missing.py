"""Alerts about missing data, `no data` and `down`, in the past of an SLO: when they would have fired.

What the rules record is derived from tiles, and from minutes where data begin or end. What they read of raw series, such as
`up`, is asked as the rules do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from slocompiler import burn, jobs
from slocompiler.ir import Down, NoData, RatioSlices, Severity, Slices, Slo
from slocompiler.live import cost, tiles
from slocompiler.live.questions import Asking, NotKept, Range
from slocompiler.live.spans import Spans, both, joined, later, longer, without
from slocompiler.live.tiles import BLOCK, MINUTE, Count, Minutes, Tiles, Value
from slocompiler.targets.prometheus import down, exclusion, nodata, schedule, unclassified
from slocompiler.targets.prometheus.options import chosen
from slocompiler.targets.prometheus.slices import VERDICT
from slocompiler.targets.shared import Options


class Fired(NamedTuple):
    """An alert about missing data, and when it fires."""

    severity: Severity
    alert: str
    spans: Spans


class Missing(NamedTuple):
    """The alerts about missing data, and what is not known of them, in words."""

    fired: tuple[Fired, ...]
    unknown: tuple[str, ...]


def edges(found: Tiles, start: int, end: int) -> set[int]:
    """The blocks in which the data of all values begin or end."""
    present = {at for counts in found.values.values() for at in counts}
    times = range(start + found.step, end + 1, found.step)
    changes = (later for first, later in pairwise(times) if (first in present) != (later in present))
    return {_block(at) for change in changes for at in (change - found.step + MINUTE, change)}


def replayed(slo: Slo, options: Options, found: Tiles, minutes: Minutes, start: int, end: int) -> Asking[Missing]:
    """When the alerts about missing data of an SLO would have fired between two times."""
    fired: list[Fired] = []
    unknown = list(_never_replayed(slo))
    for line in slo.alerts:
        if not isinstance(line, NoData | Down):
            continue
        word = "down" if isinstance(line, Down) else "no data"
        try:
            if isinstance(line, Down):
                fired.append((yield from _down(slo, line, options, found, start, end)))
            else:
                fired += yield from _no_data(slo, line, options, found, minutes, start, end)
        except NotKept:
            unknown.append(f"`{line.severity} when {word}`: the snapshot has no answer")
    return Missing(tuple(one for one in fired if one.spans), tuple(unknown))


def _never_replayed(slo: Slo) -> Iterator[str]:
    if any(burn.needed_events(line, slo) for line in slo.every_alert):
        yield f"the {burn.PAGE_NEEDS} bad events that a page needs besides bad slices"
    is_about = any(isinstance(line, NoData) and not line.of_one for line in slo.alerts)
    if (
        is_about
        and not isinstance(slo.indicator, Slices)
        and (unclassified.partly(slo) or unclassified.unsorted(slo)[1:])
    ):
        yield "alerts about events that nothing classifies as good or bad"


# No data


def _no_data(
    slo: Slo, line: NoData, options: Options, found: Tiles, minutes: Minutes, start: int, end: int
) -> Asking[list[Fired]]:
    """The alerts of a line; each value that it watches alone has its own."""
    if isinstance(slo.indicator, Slices) and slo.indicator.missing in VERDICT:  # only raw series show it
        expr = nodata.condition(slo, line, options)
        holds = [(yield from _true(expr, options, start, end))] if expr else []
        excluded: Spans = []
    else:
        watched = _values_of(line.of_one, found) if line.of_one else [list(found.values)]
        proof = nodata.disproof(slo, line)
        proved = (yield from _true(proof, options, start, end)) if proof else None
        holds = [_gone(slo, line, _Presence(slo, found, minutes, of, start, end), proved) for of in watched]
        excluded = (yield from _true(exclusion.lately(slo, options), options, start, end)) if slo.excludes_times else []
    waits = nodata.waits(slo, line)
    return [Fired(line.severity, "SLONoData", later(without(spans, excluded), waits)) for spans in holds]


def _values_of(label: str, found: Tiles) -> list[list[Value]]:
    names = sorted({dict(value).get(label, "") for value in found.values})
    return [[value for value in found.values if dict(value).get(label, "") == name] for name in names]


class _Presence:
    """When some values have data, and when they had so much that no data is no idle time."""

    def __init__(self, slo: Slo, found: Tiles, minutes: Minutes, values: Sequence[Value], start: int, end: int) -> None:
        self.start, self.end, self._step = start, end, found.step
        self._counts = [found.values[value] for value in values]
        present = {at for counts in self._counts for at in counts}
        self._tiles = sorted(present)
        seen = dict.fromkeys(range(start + found.step, end + 1, found.step), False) | dict.fromkeys(present, True)
        if not burn.slice_of(slo):
            for block, counted in minutes.items():
                known = {at for value in values for at in counted.get(value, ())}
                seen |= {
                    at: at in known for at in range(block - BLOCK + MINUTE, block + 1, MINUTE) if start < at <= end
                }
        times = sorted(seen)
        lasts = schedule.outlives(slo) if burn.slice_of(slo) else 0
        absent = joined((at, then) for at, then in zip(times, [*times[1:], end], strict=True) if not seen[at])
        self.absent = later(absent, max(0, lasts - found.step))

    def never(self, outlives: int) -> Spans:
        """When there was no data for a day, or since the beginning."""
        ends = [self.start + outlives - burn.DAY, *self._tiles, self.end]
        return joined((last + burn.DAY, then) for last, then in pairwise(ends) if last + burn.DAY < then)

    def busy(self, least: float) -> Spans:
        """When the day before had no idle time: nearly all of its counts exist, and are above `least`."""
        full = float(nodata.FULL) * burn.DAY / self._step
        return joined(span for counts in self._counts for span in self._busy(counts, least, full))

    def _busy(self, counts: Mapping[int, Count], least: float, full: float) -> Iterator[tuple[int, int]]:
        idle, seen = 0, 0
        times = range(self.start + self._step, self.end + 1, self._step)
        for at in times:
            seen += at in counts
            idle += at in counts and counts[at].events <= least
            if (old := at - burn.DAY) in counts and old > self.start:
                seen -= 1
                idle -= counts[old].events <= least
            if seen > full and not idle:
                yield at + burn.DAY, at + burn.DAY + self._step


def _gone(slo: Slo, line: NoData, data: _Presence, proved: Spans | None) -> Spans:
    """When the condition of the line holds, without excluded moments; as `nodata.branches`, but for unclassified events."""
    least = 0 if burn.slice_of(slo) else nodata.BUSY
    gone = data.absent
    if line.of_one:
        return without(both(gone, data.busy(least)), proved or [])
    never = data.never(max(schedule.outlives(slo), burn.slice_of(slo)))
    if line.unless:
        return joined([*never, *without(gone, proved or [])])
    with_target = [] if proved is None else without(gone, proved)
    return joined([*never, *with_target, *both(gone, data.busy(least))])


# Down


def _down(slo: Slo, line: Down, options: Options, found: Tiles, start: int, end: int) -> Asking[Fired]:
    """The alert of the jobs, as if no other SLO had a line for them.

    A job can be down only in blocks in which a scrape of each target fails, or no target is known.
    """
    counting = () if isinstance(slo.indicator, Slices | RatioSlices) else (slo.id,)
    watch = down.Watch(jobs.of(slo.indicator), line.severity, line.lasting, (slo,), (slo.id,), counting)
    scraped = down.scrapes(watch)
    every = schedule.BASE
    answered = yield from _points(f"max(avg_over_time({scraped}[5m])) == 1", options, _steps(start, end, every))
    wrong = {_block(at) for at in range(start // every * every + every, end + 1, every) if at not in answered}
    wrong |= {block + BLOCK for block in wrong}
    ask = [(block - BLOCK + MINUTE, min(block, end)) for block in sorted(wrong) if block - BLOCK < end]
    spans = joined(ask, MINUTE)
    failing = yield from _each_minute(exclusion.silenced(slo, down.failing(watch, options), options), options, spans)
    unknown: Spans = []
    if counting:
        expr = exclusion.silenced(slo, down.unknown(watch, options), options)
        unknown = both((yield from _each_minute(expr, options, spans)), _used(found, line.lasting + burn.HOUR))
    holds = later(joined([*failing, *unknown]), jobs.held(options.scrape_interval))
    return Fired(line.severity, "SLODown", longer(holds, chosen(options).keeps(line.severity)))


def _used(found: Tiles, lately: int) -> Spans:
    """When there were events lately, as many as people make."""
    busy = down.BUSY * found.step
    times = (at for counts in found.values.values() for at, count in counts.items() if count.events > busy)
    return joined((at, at + lately) for at in times)


# Conditions over raw series


def _block(at: int) -> int:
    """The block of a time, by its end."""
    return (at - 1) // BLOCK * BLOCK + BLOCK


def _true(expr: str, options: Options, start: int, end: int) -> Asking[Spans]:
    """When a condition holds: looked at every five minutes, and each minute around a change."""
    every = schedule.BASE
    times = range(start // every * every + every, end + 1, every)
    coarse = yield from _points(expr, options, _steps(start, end, every))
    changes = [at for first, at in pairwise(times) if (first in coarse) != (at in coarse)]
    around = joined(((at - every + MINUTE, at) for at in changes), MINUTE)
    fine = yield from _each_minute(expr, options, around)
    known = [(begin - MINUTE, stop) for begin, stop in around]
    return joined([*without([(at, at + every) for at in sorted(coarse)], known), *both(fine, known)])


def _steps(start: int, end: int, every: int) -> list[tuple[int, int, int]]:
    return [(start // every * every + every, end, every)]


def _each_minute(expr: str, options: Options, spans: Spans) -> Asking[Spans]:
    found = yield from _points(expr, options, [(begin, end, MINUTE) for begin, end in spans])
    return joined((at, at + MINUTE) for at in found)


def _points(expr: str, options: Options, spans: Sequence[tuple[int, int, int]]) -> Asking[set[int]]:
    """The times at which an expression returns something: from, until and the step of each span, in seconds."""
    asked = [
        Range(expr=expr, start=first, end=min(first + (tiles.POINTS - 1) * step, until // step * step), step=step)
        for begin, until, step in spans
        for first in range(begin, until + 1, tiles.POINTS * step)
    ]
    if not asked:
        return set()
    asked = yield from cost.estimated(asked, options.scrape_interval, max(one.end for one in asked))
    answers = yield asked
    return {at for one in asked for points in answers.matrix(one) for at in points.values}
