"""V711: rules that were evaluated and are not any more. V712: what they recorded against a new count of the raw series."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from fractions import Fraction
from math import sqrt

from slocompiler import burn, promql
from slocompiler.explain.words import percent
from slocompiler.ir import RatioSlices, Slices, Through
from slocompiler.live import excepted, tiles
from slocompiler.live.questions import Answers, Asking, Instant, Range, Sample
from slocompiler.live.tiles import Count, Tiles, Value
from slocompiler.live.verify.subject import Found, Subject, Unchecked
from slocompiler.targets.prometheus.schedule import MOMENT
from slocompiler.targets.prometheus.series import identity
from slocompiler.targets.prometheus.series import series as recorded_series

SPAN = 6 * burn.HOUR
"""The seconds that are counted again: a whole window of many SLOs would take the server minutes."""
ENOUGH = 12
"""The tiles, at least, that are compared."""
EDGE = 2
"""The tiles at both ends whose events may be counted on one side only: the rules count a little later."""
OFF, NOISE = 0.005, 0.3
"""The share by which bad events may differ; and, times the root of their number, by how many: a rate extrapolates each of
them by a tenth of its window, up or down."""
LATE = 5 * burn.MINUTE
"""The seconds after which a sample of `slo:info` is late: it is recorded each minute, whether or not there are events."""


def evaluated(subjects: Iterable[Subject], now: int) -> Asking[list[Found]]:
    """V711 of the SLOs of a server: `slo:info` was recorded within the last day, and is not any more."""
    newest = Instant(expr="timestamp(slo:info)", at=now)
    before = Instant(expr=f"max_over_time(timestamp(slo:info)[{promql.duration(burn.DAY)}:5m])", at=now)
    answers = yield newest, before
    found: list[Found] = []
    at = [*answers.vector(newest), *answers.vector(before)]
    by_slo: dict[str, list[Sample]] = {}
    for row in at:
        by_slo.setdefault(row.labels.get("slo", ""), []).append(row)
    for of in subjects:
        own = [row.value for row in by_slo.get(of.slo.id, ()) if identity(of.slo).items() <= row.labels.items()]
        if own and now - max(own) > LATE:
            when = datetime.fromtimestamp(max(own), UTC)
            message = f"its rules have not been evaluated since {when:%Y-%m-%d %H:%M} UTC"
            help = "is the ruler running, and does it write to this server?"
            found.append(of.finding("V711", message, of.at.name, help))
    return found


def counted(of: Subject) -> Asking[list[Found]]:
    """V712 of an SLO, for the last hours; gaps in what is recorded are left out.

    A slice is judged at one moment, and a new count judges it at another one: what they see may differ. A journey has no
    raw series.
    """
    if isinstance(of.slo.indicator, Slices | RatioSlices | Through):
        return []
    every, until = tiles.step(of.slo), tiles.latest(of.now)
    since = until - SPAN
    events, errors = (_recorded(of, what, since, until) for what in ("events", "errors"))
    answers = yield events, errors
    recorded = _by_value(of, answers, events, errors)
    if not any(len(own) > ENOUGH for own in recorded.values()):
        return [Unchecked("V712", of.slo.id, "too little is recorded yet")]
    raw = yield from tiles.counted(of.slo, of.options, since, until)
    for value, own in recorded.items():
        both = [at for at in own if at - every in own and at in raw.values.get(value, {})]
        times = [at for at in both if not excepted.lasts(of.slo, value, at - 3 * every, at)]
        if len(times) > ENOUGH:
            mine, theirs = _total(own[at] for at in times), _total(raw.values[value][at] for at in times)
            if _differ(mine, theirs, _at_edges(raw, value, times)):
                return [_different(of, value, mine, theirs)]
    return []


def _recorded(of: Subject, what: str, since: int, until: int) -> Range:
    every = tiles.step(of.slo)
    window = promql.duration(every - MOMENT)
    expr = f"last_over_time({recorded_series(f'slo:{what}:increase5m', of.slo)}[{window}])"
    return Range(expr=expr, start=(since // every + 1) * every, end=until // every * every, step=every)


def _by_value(of: Subject, answers: Answers, events: Range, errors: Range) -> dict[Value, dict[int, Count]]:
    """What was recorded for each value of `per`, by times."""
    bad = {_value(of, one.labels): one.values for one in answers.matrix(errors)}
    found: dict[Value, dict[int, Count]] = {}
    for one in answers.matrix(events):
        value = _value(of, one.labels)
        found[value] = {at: Count(count, bad.get(value, {}).get(at, 0)) for at, count in one.values.items()}
    return found


def _value(of: Subject, labels: Mapping[str, str]) -> Value:
    return tuple(sorted((name, labels[name]) for name in of.slo.per if name in labels))


def _total(counts: Iterable[Count]) -> Count:
    every = list(counts)
    return Count(sum(one.events for one in every), sum(one.bad for one in every))


def _at_edges(raw: Tiles, value: Value, times: list[int]) -> float:
    """The bad events that may be counted on one side only."""
    return sum(raw.values[value][at].bad for at in (*times[:EDGE], *times[-EDGE:]))


def _differ(mine: Count, theirs: Count, edges: float) -> bool:
    if not (mine.events and theirs.events):
        return False
    expected = theirs.bad / theirs.events * mine.events
    return abs(mine.bad - expected) > OFF * expected + NOISE * sqrt(expected) + edges + 1


def _different(of: Subject, value: Value, mine: Count, theirs: Count) -> Found:
    recorded, raw = (percent(Fraction(one.bad / one.events)) for one in (mine, theirs))
    where = ", ".join(f'`{name}="{text}"`' for name, text in value)
    message = f"the rules recorded {recorded} bad events in {promql.duration(SPAN)}, and the raw series have {raw}"
    help = "were the rules changed, or is another version of them evaluated?"
    return of.finding("V712", f"{message}, for {where}" if where else message, of.at.name, help)
