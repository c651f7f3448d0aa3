"""Tiles: five-minute counts of events and of bad events from raw series. All that reads the past is added up from them.

They are counted by the same algebra as the rules, so they need no loaded rules. An SLO with slices of more than five minutes
has a tile for each slice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from slocompiler import burn
from slocompiler.ir import Slo
from slocompiler.live import cost, excepted
from slocompiler.live.kind import BUILDINFO, kind
from slocompiler.live.questions import Answers, Asking, Range
from slocompiler.targets.prometheus import catch_up, counts, schedule
from slocompiler.targets.shared import Options

POINTS = 10_000
"""The points of a request: Prometheus returns at most 11,000 a series."""
GAP = 2 * burn.HOUR
"""The longest gap that is bridged, in seconds: as long as that of the rules."""
SETTLED = 60
"""Seconds until the samples of a tile have arrived."""

BLOCK, MINUTE = 2 * burn.HOUR, burn.MINUTE
"""The seconds of a block, whose counts at each minute are asked together; it ends at a multiple of them."""

Value = tuple[tuple[str, str], ...]
"""The `per` labels of a value, sorted; empty without `per`."""


class Count(NamedTuple):
    """What a tile counted."""

    events: float
    bad: float


NONE = Count(0, 0)


def summed(counts: Iterable[Count]) -> Count:
    """All events together, and all bad ones."""
    events = bad = 0.0
    for count in counts:
        events, bad = events + count.events, bad + count.bad
    return Count(events, bad) if events else NONE


Minutes = Mapping[int, Mapping[Value, Mapping[int, Count]]]
"""By the end of a block: for each value, what was counted in the five minutes until each minute of the block."""


class Tiles(NamedTuple):
    """The tiles of an SLO: for each value of its `per` labels, what was counted in the `step` seconds until a time.

    A tile that is absent is one in which nothing was scraped.
    """

    step: int
    values: Mapping[Value, Mapping[int, Count]]
    """Without what is excepted."""
    every: Mapping[Value, Mapping[int, Count]]
    """With it."""
    known: int
    """The begin of the first tile that was answered: a snapshot may begin later than what was asked."""

    def total(self, value: Value, since: int, until: int) -> Count:
        """All events of a value after `since`, up to `until`."""
        return summed(count for at, count in self.values.get(value, {}).items() if since < at <= until)


class Sides(NamedTuple):
    """The two queries of an SLO."""

    events: str
    errors: str


def sides(slo: Slo, before: int, options: Options) -> Sides:
    """The queries for the tiles of an SLO. Where both are the same text, tiles are the same: no name of an SLO is in it."""
    return Sides(counts.events(slo, before, options), counts.errors(slo, before, options))


def step(slo: Slo) -> int:
    """The seconds that a tile of the SLO counts."""
    return schedule.rollup(slo)


def latest(now: int) -> int:
    """Until when there are tiles, at a time."""
    return now - SETTLED


def counted(slo: Slo, options: Options, since: int, until: int) -> Asking[Tiles]:
    """The tiles that end after `since` and not after `until`. What gaps in the scrapes hide is added as by the rules."""
    every = step(slo)
    before = yield from _before(options)
    asked = [one for expr in sides(slo, before, options) for one in _ranges(expr, every, since, until)]
    asked = yield from cost.estimated(asked, options.scrape_interval, until)
    answers = yield asked
    events, bad = asked[: len(asked) // 2], asked[len(asked) // 2 :]
    found = _tiles(events, bad, answers)
    values = _counting(slo, found)
    known = min((answers.since(one) for one in events if answers.known(one)), default=until)
    if catch_up.applies(slo, options):
        for gap in (yield from _gaps(slo, before, options, found)):
            found[gap.value][gap.last] = gap.total
            if not excepted.lasts(slo, gap.value, gap.first - every, gap.last):
                values[gap.value][gap.last] = gap.total
    return Tiles(every, values, found, known - every)


def each_minute(slo: Slo, options: Options, blocks: Iterable[int], until: int) -> Asking[Minutes]:
    """The counts of five minutes that end at each minute of some blocks, by block; of a block that ends at its time.

    A block is asked as a whole, so that a snapshot has all of it or nothing: what it does not have is absent.
    """
    before = yield from _before(options)
    pairs = {
        block: [
            Range(expr=expr, start=block - BLOCK + MINUTE, end=min(block, until // MINUTE * MINUTE), step=MINUTE)
            for expr in sides(slo, before, options)
        ]
        for block in blocks
    }
    asked = yield from cost.estimated([one for pair in pairs.values() for one in pair], options.scrape_interval, until)
    answers = yield asked
    found = zip(pairs, asked[::2], asked[1::2], strict=True)
    return {
        block: _counting(slo, _tiles([events], [bad], answers))
        for block, events, bad in found
        if answers.known(events) and answers.known(bad)
    }


def _counting(slo: Slo, found: dict[Value, dict[int, Count]]) -> dict[Value, dict[int, Count]]:
    """The counts without those in which an exception lasts; a slice begins before the count that it ends in."""
    slices = burn.slice_of(slo) if burn.slice_of(slo) < schedule.BASE else 0
    return excepted.without(slo, found, step(slo) + slices, NONE) if slo.exceptions else found


def _before(options: Options) -> Asking[int]:
    """How far before its range a rate has to begin, in seconds."""
    answers = yield (BUILDINFO,)
    return 0 if kind(answers.data(BUILDINFO)) == "VictoriaMetrics" else options.scrape_interval


def _ranges(expr: str, every: int, since: int, until: int) -> list[Range]:
    """One question, or several that part at fixed times: what was answered for a longer time answers a shorter one."""
    first, last, most = since // every + 1, until // every, POINTS
    begins = [first, *range((first // most + 1) * most, last + 1, most)]
    ends = [*(begin - 1 for begin in begins[1:]), last]
    return [
        Range(expr=expr, start=begin * every, end=end * every, step=every)
        for begin, end in zip(begins, ends, strict=True)
        if begin <= end
    ]


def _tiles(events: Sequence[Range], bad: Sequence[Range], answers: Answers) -> dict[Value, dict[int, Count]]:
    """The counts by values and times. Where nothing is bad there may be no series of bad events."""
    every, failed = _read(events, answers), _read(bad, answers)
    return {
        value: {at: Count(count, failed.get(value, {}).get(at, 0)) for at, count in found.items()}
        for value, found in every.items()
    }


def _read(asked: Sequence[Range], answers: Answers) -> dict[Value, dict[int, float]]:
    """What is known of the time. A snapshot begins at some time: before it, nothing was scraped."""
    found: dict[Value, dict[int, float]] = {}
    for question in [one for one in asked if answers.known(one)] or asked:
        for points in answers.matrix(question):
            found.setdefault(tuple(sorted(points.labels.items())), {}).update(points.values)
    return found


class Gap(NamedTuple):
    """A time in which nothing of the SLO was scraped."""

    value: Value
    first: int
    """The time of the last tile before it."""
    last: int
    """The time of the first tile after it."""
    total: Count
    """What that tile counts together with what the gap hid."""


def _gaps(slo: Slo, before: int, options: Options, tiles: Mapping[Value, Mapping[int, Count]]) -> Asking[list[Gap]]:
    """What happened in gaps. A longer increase has it: from the beginning of the last tile before one to the end of the next."""
    every = schedule.BASE
    times = sorted({at for found in tiles.values() for at in found})
    gaps = [(first, last) for first, last in pairwise(times) if every < last - first <= GAP + every]
    asked = [
        Range(expr=expr, start=last, end=last, step=every)
        for first, last in gaps
        for expr in counts.over_gap(slo, last - first + every, before, options)
    ]
    if not asked:
        return []
    asked = yield from cost.estimated(asked, options.scrape_interval, times[-1])
    answers = yield asked
    hidden = []
    for (first, last), events, bad in zip(gaps, asked[::2], asked[1::2], strict=True):
        for value, found in _tiles([events], [bad], answers).items():
            own = tiles.get(value, {})
            if last in own:
                seen, after, whole = own.get(first, NONE), own[last], found[last]
                total = Count(max(after.events, whole.events - seen.events), max(after.bad, whole.bad - seen.bad))
                hidden.append(Gap(value, first, last, total))
    return hidden
