"""Back-fill: the counts that the rules of an SLO would have recorded before they ran, from tiles of the raw series.

Two series are all that the rules need of the past. Ratios of long windows, the budget, the age and the coverage derive
from them, so a new SLO has its whole window at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from slocompiler import burn, promql
from slocompiler.ir import Slo
from slocompiler.live import tiles
from slocompiler.live.questions import Asking, Instant
from slocompiler.live.tiles import Tiles
from slocompiler.targets.prometheus import schedule
from slocompiler.targets.prometheus.series import history, identity
from slocompiler.targets.shared import Options

EVENTS, ERRORS = "slo:events:increase5m", "slo:errors:increase5m"
_FINE = 10
"""The seconds to which the time of the first recorded rate is found."""


class Counts(NamedTuple):
    """A series of counts, by their times in seconds."""

    labels: dict[str, str]
    values: dict[int, float]


class Past(NamedTuple):
    """What is added for an SLO, and why it is not more."""

    slo: Slo
    counts: tuple[Counts, ...]
    recorded: int | None
    """When its recorded counts begin, in seconds since the epoch; None without any."""

    @property
    def begins(self) -> int | None:
        """When the counts that are added begin; None if there are none."""
        return min((min(one.values) for one in self.counts), default=None)


def missing(slo: Slo, options: Options, now: int) -> Asking[Past]:
    """The counts that the window of the SLO lacks: those before the first recorded one."""
    counted = yield from _first(history(EVENTS, slo), slo.window, tiles.step(slo), now)
    rated = yield from _first(history("slo:events:rate5m", slo), slo.window, schedule.interval(slo, options), now)
    since, until = now - slo.window, _until(slo, counted, rated, options, now)
    if until - since < tiles.step(slo):
        return Past(slo, (), counted)
    found = yield from tiles.counted(slo, options, since, until + tiles.step(slo) - 1)
    return Past(slo, tuple(_counts(slo, found, until, now if counted is None else counted - 1)), counted)


def _first(selector: str, window: int, step: int, now: int) -> Asking[int | None]:
    """The time of the first sample of a series in a window, to a few seconds; None without a sample."""
    at: int | None = None
    for back, fine in ((window, max(step, burn.MINUTE)), (max(step, burn.MINUTE) + 2 * schedule.BASE, _FINE)):
        newest = f"timestamp({selector})"  # a subquery looks at round times only
        times = f"{newest}[{promql.duration(back)}:{promql.duration(fine)}]"
        question = Instant(expr=f"min(min_over_time({times}) or {newest})", at=now if at is None else at + fine)
        found = (yield (question,)).vector(question)
        if not found:
            return at
        at = round(found[0].value)
    return at


def _until(slo: Slo, counted: int | None, rated: int | None, options: Options, now: int) -> int:
    """Until when events are in no recorded count.

    The first recorded rate has a part of the events of the five minutes before it: the counts have those after the middle.
    Counts without rates are from an earlier back-fill, whose first tile follows ours.
    """
    if counted is None:
        return tiles.latest(now) // tiles.step(slo) * tiles.step(slo)
    if rated is None or counted < rated - schedule.BASE:
        return counted - tiles.step(slo)
    return rated - (burn.slice_of(slo) or (schedule.BASE + options.evaluation_interval) // 2)


def _counts(slo: Slo, found: Tiles, until: int, last: int) -> Iterator[Counts]:
    """The series of the tiles; of the tile in which `until` lies, the part before. No sample is later than `last`."""
    for value, counted in found.every.items():  # the rules subtract what is excepted
        shares = {at: min(1.0, 1 - (at - until) / found.step) for at in counted if at - until < found.step}
        events = {min(at, last): counted[at].events * share for at, share in shares.items()}
        errors = {min(at, last): counted[at].bad * share for at, share in shares.items()}
        if events:
            labels = identity(slo) | dict(value)
            yield Counts({"__name__": EVENTS, **labels}, events)
            yield Counts({"__name__": ERRORS, **labels}, errors)


# The files


def openmetrics(past: Sequence[Past]) -> Iterator[str]:
    """The counts in the text format of OpenMetrics, line by line, as promtool reads it."""
    for counts in _all(past):
        named = [(name, text) for name, text in counts.labels.items() if name != "__name__"]
        labels = ",".join(f"{promql.label_name(name)}={_quoted(text)}" for name, text in named)
        for at, number in counts.values.items():
            yield f"{counts.labels['__name__']}{{{labels}}} {number!r} {at}\n"
    yield "# EOF\n"


def import_lines(past: Sequence[Past]) -> Iterator[str]:
    """The counts as VictoriaMetrics imports them: one JSON object for each series."""
    import json

    for counts in _all(past):
        times = [1000 * at for at in counts.values]
        values = {"metric": counts.labels, "values": [*counts.values.values()], "timestamps": times}
        yield f"{json.dumps(values, ensure_ascii=False)}\n"


def _all(past: Sequence[Past]) -> Iterator[Counts]:
    """The series of one metric after those of the other: a format in which metrics alternate is not OpenMetrics."""
    for name in (EVENTS, ERRORS):
        yield from (counts for one in past for counts in one.counts if counts.labels["__name__"] == name)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
    return f'"{escaped}"'
