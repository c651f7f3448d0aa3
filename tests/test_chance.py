"""The chance to keep a target, held against 20,000 simulated windows, against sums, and against replayed alerts."""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Iterator, Sequence
from decimal import Decimal

import pytest

from slocompiler import chance, standard
from slocompiler.burn import DAY, HOUR, MINUTE
from slocompiler.chance import Incidents
from slocompiler.ir import Remaining, Risk
from slocompiler.live.replay import Past, episodes
from slocompiler.live.tiles import Count, Tiles
from slocompiler.record import replace
from slocompiler.targets.shared import Options
from support.compile import answers, compile_text

WINDOWS = 20_000
PERIOD = 30 * DAY
BUDGET = 43.2 * MINUTE
"""The budget of 99.9% over PERIOD, in seconds."""
SHORT = 1e-6
"""So short that no incident is at the edge of a window."""
LISTS = {
    "one": [Incidents(90 * DAY, 4 * HOUR, 0.9)],
    "dull ones": [Incidents(30 * DAY, 600, 0.8), Incidents(90 * DAY, HOUR, 1), Incidents(7 * DAY, 300, 1)],
    "often and short": [Incidents(DAY, 60, 1)],
    "long for a few users": [Incidents(365 * DAY, 20 * DAY, 0.01)],
    "always a little": [Incidents(HOUR, 2.5, 1), Incidents(365 * DAY, HOUR, 1)],
    "short of the finest": [Incidents(60, 0.055, 1), Incidents(20 * DAY, 800, 0.5)],
    "more than are kept apart": [Incidents((20 + n) * DAY, 30 + 7 * n, 1) for n in range(25)],
}


def drawn(found: Sequence[Incidents], period: int, seed: int = 1) -> Iterator[tuple[float, float, Incidents]]:
    """The incidents of a period: when each begins, how long it lasts, and which it is."""
    draw = random.Random(seed)
    for one in found:
        at = draw.expovariate(1 / one.every)
        while at < period:
            yield at, draw.expovariate(1 / one.lasting), one
            at += draw.expovariate(1 / one.every)


@pytest.mark.parametrize("found", LISTS.values(), ids=LISTS)
def test_simulated_windows_are_kept_as_often(found: list[Incidents]) -> None:
    spent = [0.0] * WINDOWS
    often = [one for one in found if one.every <= HOUR]  # too many to draw one by one: their sum is normal
    for at, lasting, which in drawn([one for one in found if one not in often], WINDOWS * PERIOD):
        for window in range(int(at // PERIOD), min(int((at + lasting) // PERIOD) + 1, WINDOWS)):
            inside = min(at + lasting, (window + 1) * PERIOD) - max(at, window * PERIOD)
            spent[window] += inside * which.hitting
    draw = random.Random(2)
    for one in often:
        deviation = one.bad * math.sqrt(2 * PERIOD / one.every)
        spent = [other + draw.gauss(one.cost * PERIOD, deviation) for other in spent]
    spent.sort()
    known = chance.costliest(found)
    for budget in (BUDGET / 2, BUDGET):
        share = chance.kept(known, budget, PERIOD)
        deviation = math.sqrt(share * (1 - share) / WINDOWS)
        simulated = sum(one <= budget for one in spent) / WINDOWS
        assert abs(simulated - share) <= 4 * deviation + 0.002
    near = 0.05 if all(one.lasting < DAY for one in found) else 0.15  # parts of incidents are not exponential
    for share in (0.5, 0.9):
        assert chance.spent(known, share, PERIOD) == pytest.approx(spent[int(share * WINDOWS)], rel=near, abs=0.01)


@pytest.mark.parametrize("count", [0.01, 0.5, 4, 400, 500, 700])
@pytest.mark.parametrize("mean", [0.0015, 0.0025, 0.3, 5])
def test_the_chance_is_exact(count: float, mean: float) -> None:
    """Of one risk, the sum over the number of incidents is known: n exponential lengths have an Erlang distribution."""
    known = chance.kept((Incidents(PERIOD / count, SHORT, mean * BUDGET / SHORT),), BUDGET, PERIOD)
    few = math.exp(-count)
    total, erlang, term = few, 1.0, math.exp(-1 / mean)
    for number in range(1, 1500):
        few *= count / number
        erlang -= term
        term /= mean * number
        total += few * max(erlang, 0)
    assert known == pytest.approx(total, abs=1e-8)


def test_what_cannot_be_kept_has_no_chance_and_takes_no_time() -> None:
    assert chance.kept((Incidents(1, 1, 1),), BUDGET, 365 * DAY) == 0
    assert chance.kept((Incidents(60, 1, 1e-6),), BUDGET, PERIOD) == 1
    assert chance.kept((Incidents(60, 1, 1), Incidents(3 * DAY, 4 * DAY, 1)), BUDGET, PERIOD) == 0


def test_each_incident_that_exceeds_a_line_pages_once() -> None:
    """A page on the budget left: the sums of rolling windows exceed its line as often as the formula says."""
    risk = Risk(text="", every=5 * DAY, lasting=10 * MINUTE, hitting=Decimal("0.8"), on=())
    line = Remaining(severity="page", below=Decimal("0.25"))
    found = (chance.incidents(5 * DAY, 10 * MINUTE, Decimal("0.8")), Incidents(60 * DAY, 900, 1))
    months, level = 20_000, BUDGET * 0.75
    within: deque[tuple[float, float]] = deque()
    total, pages = 0.0, 0
    for at, lasting, which in sorted(drawn(found, months * chance.MONTH)):
        bad = lasting * which.hitting
        while within and within[0][0] <= at - PERIOD:
            total -= within.popleft()[1]
        pages += total <= level < total + bad and which is found[0]
        total += bad
        within.append((at, bad))
    expected = chance.pages(risk, found, (line,), Decimal("0.999"), PERIOD)
    assert expected == pytest.approx(pages / months, rel=0.05)


def test_replayed_alerts_page_as_often() -> None:
    """Incidents of some months, their alerts replayed on tiles of five minutes."""
    (slo,) = compile_text(answers('events requests_total{job="shop"} bad {code=~"5.."}').replace("99%", "99.9%")).slos
    risk = Risk(text="", every=DAY, lasting=30 * MINUTE, hitting=Decimal("0.02"), on=())
    burning = tuple(line for line in slo.alerts if line.severity == "page")
    until = 120 * DAY
    found = (chance.incidents(risk.every, risk.lasting, risk.hitting),)
    bad = dict.fromkeys(range(300, until + 1, 300), 0.0)
    for at, lasting, _ in drawn(found, until - DAY):
        end = at + lasting
        for tile in range(int(at // 300) * 300 + 300, int(end // 300) * 300 + 301, 300):
            bad[tile] += float(risk.hitting) * (min(end, tile) - max(at, tile - 300)) * 10
    counts = {(): {at: Count(3000, count) for at, count in bad.items()}}
    tiles = Tiles(300, counts, counts, 0)
    options = Options()
    past = Past(slo, options, tiles, {}, (), 0, until)
    fired = episodes(past, slo, burning, slo.target, options)
    expected = chance.pages(risk, found, burning, slo.target, slo.window)
    assert expected is not None
    assert len(fired) == pytest.approx(expected * until / chance.MONTH, rel=0.3)


def test_a_line_that_no_incident_reaches_pages_nobody() -> None:
    risk = Risk(text="", every=DAY, lasting=HOUR, hitting=Decimal("0.001"), on=())
    found = (chance.incidents(risk.every, risk.lasting, risk.hitting),)
    lines = standard.alerts(Decimal("0.99"), PERIOD)
    assert chance.pages(risk, found, lines, Decimal("0.99"), PERIOD) == 0
    tickets = tuple(replace(line, severity="ticket") for line in lines)
    assert chance.pages(risk, found, tickets, Decimal("0.99"), PERIOD) is None


def test_chances_are_never_certain() -> None:
    shown = [chance.percent(share) for share in (0, 0.00005, 0.0012, 0.5, 0.97251, 0.9932, 0.99995, 1)]
    assert shown == ["under 0.01%", "under 0.01%", "0.12%", "50.0%", "97.3%", "99.32%", "over 99.99%", "over 99.99%"]
