"""`except`: a real Prometheus takes an incident out of what was recorded, as if it had never happened."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import accumulate

import pytest
import yaml

from slocompiler import ir
from slocompiler.record import replace
from slocompiler.targets.prometheus.options import Options as PrometheusOptions
from slocompiler.targets.shared import Options
from support.server import Prometheus
from support.shapes import RATIO, excepted, rules, slo
from support.traffic import only

pytestmark = pytest.mark.usefixtures("every_prometheus")
MINUTE, HOUR, DAY = 60, 3600, 86400
STEP, TILE, WEEK = 30, 300, 7 * DAY
BEGIN = 1790823600
END = BEGIN + 2 * HOUR
"""The exception: 2026-10-01, from 03:00 to 05:00 UTC."""
FIRST, LAST = BEGIN - WEEK - 2 * HOUR, BEGIN + WEEK + 3 * HOUR
PHASE = 90
"""The seconds after a multiple of five minutes at which counts are recorded."""
PERIOD, EVENTS, ERRORS = "slo:error_ratio:period", "slo:events:increase5m", "slo:errors:increase5m"
SEARCH = (ir.Matcher("route", "=", "/search"),)


def failed(at: int) -> float:
    """The errors among the 100 requests of the 30 seconds until a time: the incident has a burst, and so has an earlier day."""
    if BEGIN + 10 * MINUTE < at <= BEGIN + 100 * MINUTE:
        return 50 if BEGIN + 40 * MINUTE < at <= BEGIN + 47 * MINUTE else 5
    return 2 if BEGIN - 2 * DAY < at <= BEGIN - 2 * DAY + HOUR else 0.1


def served(_: int) -> float:
    """The requests of 30 seconds."""
    return 100


@cache
def since(counted: Callable[[int], float]) -> Callable[[int], float]:
    """The number of events until a time, of the number in each 30 seconds."""
    sums = dict(zip(range(FIRST, LAST, STEP), accumulate(map(counted, range(FIRST, LAST, STEP))), strict=True))
    return lambda at: sums.get(at, 0)


def tiles(counted: Callable[[int], float]) -> Iterator[tuple[int, float]]:
    """What the rules record every five minutes: the sum of rates of five minutes, which end half a minute earlier."""
    until = since(counted)
    rate = {at: (until(at) - until(at - TILE)) / TILE for at in range(FIRST + TILE, LAST, STEP)}
    for at in range(FIRST + 600 + PHASE, LAST, TILE):
        yield at, sum(rate.get(at - STEP - back, 0) * STEP for back in range(0, TILE, STEP))


GAPS = (5, 20, 60, 110, 200)
"""The minutes from the end of the exception to a gap."""


def openmetrics(series: Mapping[str, Iterable[tuple[int, float]]]) -> str:
    lines = [f"{name} {value!r} {at}" for name, samples in series.items() for at, value in samples]
    return "\n".join([*lines, "# EOF", ""])


def expressions(of: ir.Slo) -> dict[str, str]:
    """The expression of each recorded series of an SLO."""
    options = Options(targets={"prometheus": PrometheusOptions()})
    groups = yaml.safe_load(rules([of], options))["groups"]
    return {rule["record"]: rule["expr"] for group in groups for rule in group["rules"] if "record" in rule}


def truth(at: int, is_excepted: bool = True) -> float:
    """The ratio of the week until a time, without what happened during the exception."""
    bad, every = since(failed), since(served)

    def within(until: Callable[[int], float]) -> float:
        whole = until(at) - until(at - WEEK)
        begin, end = max(BEGIN, at - WEEK), min(END, at)
        return whole - (until(end) - until(begin) if is_excepted and begin < end else 0)

    return within(bad) / within(every)


AFTER = [END + 15 * MINUTE, BEGIN + 3 * DAY, BEGIN + WEEK - HOUR]
LEAVING = [BEGIN + WEEK + minutes * MINUTE for minutes in (0, 12, 25, 41, 44, 46, 60, 90, 105, 119, 140)]
"""While the exception leaves the window."""
MIDST = BEGIN + WEEK + 44 * MINUTE
"""The middle of its burst leaves the window: a piece is subtracted up to five minutes longer than the window has its count."""
MUTATIONS = {
    "nothing is subtracted": (r"-1 \* ", "0 * "),
    "pieces are added": (r"-1 \* ", ""),
    "one piece": (r'"__piece__", "[0-9]+"', '"__piece__", "1"'),
    "it never leaves": (r"(and on\(\) vector\(time\(\)\) >= [0-9]+) < [0-9]+", r"\1"),
    "it is there before it happens": (r"(and on\(\) vector\(time\(\)\)) >= [0-9]+", r"\1"),
    "pieces that are longer": (r"\[4m59s999ms\]", "[9m59s999ms]"),
    "pieces that are shorter": (r"\[4m59s999ms\]", "[3m59s999ms]"),
}


def counters() -> Iterator[tuple[str, list[tuple[int, float]]]]:
    """The raw counters of the two routes, around the incident."""
    for route in ("/search", "/cart"):
        for code, counted in (("200", since(served)), ("500", since(failed))):
            name = f'requests_total{{job="shop",route="{route}",code="{code}"}}'
            yield name, [(at, counted(at)) for at in range(BEGIN - 4 * HOUR, END + 6 * HOUR, STEP)]


def interrupted(gap: int) -> Iterator[tuple[str, list[tuple[int, float]]]]:
    """What the rules of a planned exception recorded, on a server that was down for ten minutes, `gap` minutes after it."""
    begin = END + gap * MINUTE
    for what, counted in (("events", served), ("errors", failed)):
        until = since(counted)
        rates = {
            at: 0 if BEGIN <= at < END + TILE else 2 * (until(at) - until(at - TILE)) / TILE
            for at in range(BEGIN - 4 * HOUR, begin, STEP)
        }
        counts = [
            (at, sum(rates.get(at - STEP - back, 0) * STEP for back in range(0, TILE, STEP)))
            for at in range(BEGIN - 3 * HOUR + PHASE, begin, TILE)
        ]
        yield f'slo:{what}:rate5m{{slo="shop/gap-{gap}"}}', [*rates.items()]
        yield f'slo:{what}:increase5m{{slo="shop/gap-{gap}"}}', counts


@pytest.fixture(scope="module")
def past(every_prometheus: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """What was recorded of an incident: of an SLO, of two routes, of an SLO that had another name, and of a new one."""
    del every_prometheus  # it chooses the program
    bad, every = [*tiles(failed)], [*tiles(served)]
    series = dict(counters())
    for labels, begins, ends in (
        ('slo="shop/answers"', FIRST, LAST),
        ('slo="shop/routes",route="/search"', FIRST, LAST),
        ('slo="shop/routes",route="/cart"', FIRST, LAST),
        ('slo="shop/earlier"', FIRST, BEGIN + HOUR),
        ('slo="shop/renamed"', BEGIN + HOUR, LAST),
        ('slo="shop/new"', END + HOUR, LAST),
    ):
        for name, samples in ((EVENTS, every), (ERRORS, bad)):
            series[f"{name}{{{labels}}}"] = [one for one in samples if begins < one[0] <= ends]
    for gap in GAPS:
        series |= dict(interrupted(gap))
    server = Prometheus(tmp_path_factory.mktemp("past"))
    server.backfill(openmetrics(series))
    with server:
        yield server


def week(name: str = "answers", filter: ir.Filter = (), **more: object) -> ir.Slo:
    return slo(RATIO, over="7d", name=name, exceptions=(excepted(BEGIN, END - BEGIN, filter),), **more)


def ratio(server: Prometheus, of: ir.Slo, at: int) -> float:
    return only(server.query(expressions(of)[PERIOD], at))


@pytest.mark.parametrize("at", [BEGIN - HOUR, *AFTER, *LEAVING])
def test_a_window_is_as_if_it_had_not_happened(past: Prometheus, at: int) -> None:
    found = ratio(past, week(), at)
    assert found == pytest.approx(truth(at), rel=0.04 if at == MIDST else 0.005)
    if at not in LEAVING:  # there, what is counted of the incident is a few minutes late
        assert ratio(past, replace(week(), exceptions=()), at) == pytest.approx(truth(at, False), rel=0.005)
    assert ratio(past, week("renamed", formerly=("shop/earlier",)), at) == pytest.approx(found, rel=1e-9)


def test_of_a_single_value(past: Prometheus) -> None:
    at = BEGIN + 3 * DAY
    found = past.query(expressions(week("routes", SEARCH, per=("route",)))[PERIOD], at)
    ratios = {labels["route"]: value for labels, value in found}
    assert ratios == pytest.approx({"/search": truth(at), "/cart": truth(at, False)}, rel=0.005)


def test_what_is_not_kept_any_more_takes_nothing_away(past: Prometheus) -> None:
    """A server that has only what was recorded after it: a retention shorter than the window, or a new SLO."""
    at = BEGIN + 3 * DAY
    assert ratio(past, week("new"), at) == ratio(past, replace(week("new"), exceptions=()), at) > 0


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_part_of_the_expression_is_needed(past: Prometheus, name: str) -> None:
    pattern, by = MUTATIONS[name]
    expr = expressions(week())[PERIOD]
    broken = re.sub(pattern, by, expr)
    assert broken != expr
    found = {at: past.query(broken, at) for at in (BEGIN - HOUR, AFTER[1], *LEAVING[::2])}
    assert any(not one or abs(only(one) / truth(at) - 1) > 0.02 for at, one in found.items())


@pytest.mark.parametrize("filter", [(), SEARCH])
def test_zeros_are_recorded_while_it_lasts(past: Prometheus, filter: ir.Filter) -> None:
    found = expressions(week("routes", filter, per=("route",)))
    for name in ("slo:events:rate5m", "slo:errors:rate5m"):
        for at, counts in ((BEGIN - STEP, True), (BEGIN, False), (END + TILE - 1, False), (END + TILE, True)):
            rates = {labels["route"]: value for labels, value in past.query(found[name], at)}
            assert {route: rate > 0 for route, rate in rates.items()} == {
                "/search": counts,
                "/cart": counts or filter == SEARCH,
            }


@pytest.mark.parametrize("gap", GAPS)
def test_catch_up_does_not_bring_it_back(past: Prometheus, gap: int) -> None:
    """The first count after a gap, on a server that knew of the exception before it began."""
    at = END + gap * MINUTE + 10 * MINUTE + PHASE + TILE
    of = week(f"gap-{gap}")
    errors, events = (only(past.query(expressions(of)[name], at)) for name in (ERRORS, EVENTS))
    if gap < 200:
        assert errors < 2, "what was recorded before the gap, of two errors in ten minutes"
    else:  # raw series have nothing of the exception any more: twenty minutes are in no count
        assert (errors, events) == pytest.approx((8, 8000), rel=0.03)
    if gap <= 60:
        assert only(past.query(expressions(replace(of, exceptions=()))[ERRORS], at)) > 100
