"""`sloc site`: the numbers of now for the pages of the documentation, with the budget that was left in the last month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from slocompiler import burn
from slocompiler.explain import words
from slocompiler.ir import Program, Service, Slo
from slocompiler.live import names, status, status_raw, tiles
from slocompiler.live.backtest import Unknown, judged, tried
from slocompiler.live.questions import Asking, Range, together
from slocompiler.live.replay import Past
from slocompiler.live.row import BURNING, EXHAUSTED, UNKNOWN, Row, Value, worst_first
from slocompiler.live.status_formats import FEW, NONE, exact, kept, notes, percent
from slocompiler.targets.prometheus.series import identity
from slocompiler.targets.shared import Now, Options, Reading

SPAN, STEP = 30 * burn.DAY, 6 * burn.HOUR
"""How far back the budget is shown, and the seconds between two points."""
LEFT = "slo:budget_left:ratio"


class Points(NamedTuple):
    """The share of the budget that was left at times, of the value with the least, and the seconds between two."""

    values: tuple[tuple[int, float], ...]
    step: int


Shown = tuple[Row, Points]


def read(program: Program, options: Options, now: int, raw: bool) -> Asking[list[Shown]]:
    """The SLOs of a deployment now, with their budgets over `SPAN`; with `raw` from raw series.

    Those whose raw series a snapshot lacks are absent.
    """
    if raw:
        each = yield from together(
            tried(slo, _counted(slo, service, options, now)) for service in program.services for slo in service.slos
        )
        return [one for one in each if not isinstance(one, Unknown)]
    rows = yield from status.recorded(program, options, now)
    found = yield from recorded(now)
    return [(row, _own(slo, found)) for row, slo in zip(rows, program.slos, strict=True)]


def recorded(now: int) -> Asking[list[tuple[Mapping[str, str], Mapping[int, float]]]]:
    """The recorded budgets of all SLOs of a server over `SPAN`; none from a snapshot without them."""
    asked = Range(expr=LEFT, start=now - SPAN, end=now, step=STEP)
    answers = yield (asked,)
    return [(one.labels, one.values) for one in answers.matrix(asked)] if answers.known(asked) else []


def _own(slo: Slo, found: Iterable[tuple[Mapping[str, str], Mapping[int, float]]]) -> Points:
    """Those of an SLO in its deployment: of several values, the one with the least budget counts."""
    own = {name: text for name, text in identity(slo).items() if name != "__name__"}
    return _least((values for labels, values in found if own.items() <= labels.items()), STEP)


def _counted(slo: Slo, service: Service, options: Options, now: int) -> Asking[Shown]:
    row = yield from status_raw.row(slo, service, options, now)
    points = yield from _tiles(slo, options, now)
    return row, points


def _tiles(slo: Slo, options: Options, now: int) -> Asking[Points]:
    """From raw series. Of a snapshot, a budget is known only after a window of it."""
    every = tiles.step(slo)
    until = tiles.latest(now) // every * every
    start = (until - SPAN - slo.window) // every * every
    found = yield from tiles.counted(slo, options, start, until)
    since = max(until - SPAN, found.known + slo.window if found.known > start else 0)
    step = max(STEP // every, 1) * every
    times = range(until, since, -step)

    def left(value: tiles.Value) -> dict[int, float]:
        past, (target, _) = Past(slo, options, found, {}, value, start, until), judged(slo, value)
        shares = {at: past.spent(at) for at in times if at - every in found.values[value] or at in found.values[value]}
        return {at: 1 - share / float(burn.budget(target)) for at, share in shares.items() if share is not None}

    return _least(map(left, found.values), step)


def _least(found: Iterable[Mapping[int, float]], step: int) -> Points:
    least: dict[int, float] = {}
    for values in found:
        for at, left in values.items():
            least[at] = min(left, least.get(at, left))
    return Points(tuple(sorted(least.items())), step)


def reading(found: Sequence[Shown], now: int, raw: bool) -> Reading:
    """The numbers of all servers, the worst first, as the documentation shows them."""
    points = {id(row): own for row, own in found}
    slos: dict[str, list[Now]] = {}
    for row in worst_first(row for row, _ in found):
        slos.setdefault(row.id, []).append(_now(row, points[id(row)]))
    source = "counted from raw series, as if the rules had run" if raw else "recorded by the rules"
    return Reading(at=now, since=now - SPAN, source=source, slos={id: tuple(each) for id, each in slos.items()})


def _now(row: Row, points: Points) -> Now:
    worst = row.worst
    gone = worst.gone_in(row.window)
    return Now(
        place=names.place(row.deployment),
        state=row.state,
        alarming=not row.draft and (row.state in (EXHAUSTED, BURNING, *UNKNOWN) or "page" in row.firing),
        target=row.target if worst.target is None else exact(worst.target),
        kept=_kept(worst),
        left=percent(worst.left),
        lasts="" if gone is None else words.time(Fraction(gone)),
        notes=tuple(notes(row)),
        values=tuple(
            (names.values(one.labels), _kept(one), percent(one.left)) for one in row.values[:FEW] if one.labels
        ),
        points=points.values,
        step=points.step,
    )


def _kept(value: Value) -> str:
    return NONE if value.target is None else kept(value.kept, exact(value.target))
