"""Tiles against the truth, and against what the rules record: of traffic in the past, as a real server has it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import pytest
from bench.accuracy.scenarios import SCENARIOS, Scenario, Truth
from bench.accuracy.series import BEGIN, DAY, HOUR

from slocompiler import burn, ir
from slocompiler.cli.prometheus import Server
from slocompiler.live import report, tiles
from slocompiler.live.period import Period
from slocompiler.live.questions import Answers, Endpoint, Question, Range, answered
from slocompiler.record import replace
from slocompiler.targets.shared import Options
from support.compile import compile_text
from support.histograms import INF, histogram
from support.native import histogram as native
from support.promtool import seconds
from support.server import HOST, Prometheus, free_port
from support.shapes import RATIO, SHAPES, maintenance, simulate, slo
from support.traffic import UP, counter, only
from support.victoria import started

DAYS, WINDOW = 2.5, 30 * HOUR
CHOSEN = (
    *("night-and-day", "low-traffic", "idle-nights", "service-down", "away-2m", "away-20m", "away-110m", "away-twice"),
    *("resets", "pods-come-and-go", "buckets-change", "values-come-and-go", "slices"),
)
CUT = {"idle-nights": 0.001, "pods-come-and-go": 0.001, "values-come-and-go": 0.001, "slices": 0.005}
"""The first error of a new series is not seen, nor is the phase at which the rules judge slices."""


def past(truths: Sequence[Truth]) -> Iterator[str]:
    """What scrapes saw, with the series of each scrape itself."""
    for truth in truths:
        yield from truth.samples()
        for scrape in truth.scrapes:
            if not truth.scenario.down((scrape.at - BEGIN) / HOUR):
                yield f'up{{job="{truth.scenario.name}"}} 1 {scrape.at}'


def measuring(scenario: Scenario) -> ir.Slo:
    """The SLO of a scenario."""
    body = f'{scenario.measured.format(job=scenario.name)} alerts none because ""'
    (found,) = compile_text(
        f'service {scenario.name} {{ owner "a" stakeholders "b" slo x 99% over 30h {{ {body} }} }}'
    ).slos
    return found


def wrong(truths: Sequence[Truth], address: str) -> dict[str, float]:
    """The worst relative error of the ratio of a window, by scenario, where it is more than it may be."""
    found, end = {}, BEGIN + round(DAYS * DAY)
    for truth in truths:
        seen = answered(tiles.counted(measuring(truth.scenario), Options(), BEGIN + 600, end), Server(address).answer)
        errors = []
        for at in range(BEGIN + WINDOW + 6 * HOUR, end + 1, 5 * HOUR):
            every = [seen.total(value, at - WINDOW, at) for value in seen.values]
            ratio = sum(count.bad for count in every) / sum(count.events for count in every)
            errors.append(abs(ratio / truth.ratio(at, WINDOW) - 1))
        found[truth.scenario.name] = max(errors)
    return {name: error for name, error in found.items() if error > CUT.get(name, 1e-4)}


@pytest.fixture(scope="module")
def truths() -> list[Truth]:
    """The traffic, counted event by event."""
    return [Truth(scenario, DAYS) for scenario in SCENARIOS if scenario.name in CHOSEN]


@pytest.fixture(scope="module")
def server(
    every_prometheus: None, truths: list[Truth], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prometheus]:
    """A server that has scraped it."""
    del every_prometheus  # which programs there are
    found = Prometheus(tmp_path_factory.mktemp("server"))
    found.backfill("\n".join([*past(truths), "# EOF\n"]))
    with found:
        yield found


def test_they_add_up_to_what_happened(server: Prometheus, truths: list[Truth]) -> None:
    assert wrong(truths, f"http://{server.address}") == {}


@pytest.mark.parametrize("job", ["night-and-day", "low-traffic", "resets", "away-2m"])
def test_a_report_has_the_raw_increases(server: Prometheus, job: str) -> None:
    """Of a day in a zone whose days begin at other times than those of the traffic."""
    begin = datetime.fromtimestamp(BEGIN + DAY, ZoneInfo("America/New_York")).replace(hour=0, minute=0)
    since = int(begin.timestamp())
    day = Period("a day", "A day", since, since + DAY, begin.tzinfo or UTC)
    (scenario,) = (one for one in SCENARIOS if one.name == job)
    slo = f'slo x 99% over 1d {{ {scenario.measured.format(job=job)} because "" }}'
    program = compile_text(f'service s {{ owner "a" stakeholders "b" {slo} }}')
    asked = report.accounts(program, Options(), day, BEGIN + round(DAYS * DAY))
    ((value,),) = (one.values for one in answered(asked, Server(f"http://{server.address}").answer))
    for found, matcher in ((value.total.events, ""), (value.total.bad, ',code="500"')):
        ((_, raw),) = server.query(f'sum(increase(requests_total{{job="{job}"{matcher}}}[1d]))', day.until)
        assert found == pytest.approx(raw, rel=1e-3) != 0


def test_they_do_on_victoria_metrics(truths: list[Truth], tmp_path: Path) -> None:
    address = f"http://{HOST}:{free_port()}"
    with started(tmp_path, "victoria-metrics", address, ["-storageDataPath=data", "-retentionPeriod=10y"]):
        body = "".join(f"{line}000\n" for line in past(truths))
        urlopen(f"{address}/api/v1/import/prometheus", body.encode()).close()
        urlopen(f"{address}/internal/force_flush").close()
        assert wrong(truths, address) == {}


def test_the_cost_is_what_the_server_reads(server: Prometheus, truths: list[Truth]) -> None:
    asked: list[Range] = []

    def answer(questions: Sequence[Question]) -> Answers:
        asked.extend(one for one in questions if isinstance(one, Range))
        return Server(f"http://{server.address}").answer(questions)

    end = BEGIN + DAY
    for truth in truths:
        if truth.scenario.name in (
            "night-and-day",
            "buckets-change",
        ):  # of a subquery, the server counts the result alone
            answered(tiles.counted(measuring(truth.scenario), Options(), end - 6 * HOUR, end), answer)
    for one in asked:
        times = {"start": str(one.start), "end": str(one.end), "step": str(one.step)}
        found = server.answer("query_range", query=one.expr, **times, stats="all")
        assert found["stats"]["samples"]["totalQueryableSamples"] == pytest.approx(one.cost, rel=0.25), one.expr


def made(lasts: str) -> dict[str, str]:
    """A series each minute of everything that some shape measures, even and with errors."""
    count = round(seconds(lasts) / 60)
    found = {UP: f"1x{count}", "maintenance": f"0x{count - 5} 1x2 0x3", "room": f"1x{count}", "size": "4 20 " * count}
    found |= {'queue{job="shop"}': "3 7 1 " * count, 'ready{job="shop"}': "1 0.5 0.25 " * count}
    for code, pace in (("200", 600), ("404", 20), ("500", 80)):
        labels = f'job="shop",code="{code}"'
        found[f"requests_total{{{labels}}}"] = counter((lasts, pace), scrape=60)
        found |= histogram("took_seconds", {f'code="{code}",': {"0.3": (pace * 3 // 4,), INF: (pace,)}}, (lasts,))
        found[f"took_seconds{{{labels}}}"] = native((lasts, (pace // 2, pace // 4, pace // 4)))
    for name, pace in (("due", 60), ("sent", 57)):
        found[f'{name}_total{{job="shop"}}'] = counter((lasts, pace), scrape=60)
    return found


@pytest.mark.usefixtures("prometheus_3")
def test_they_are_what_the_rules_count(tmp_path: Path) -> None:
    """Of every shape. In the last five minutes there is maintenance, which two of three SLOs exclude.

    promtool evaluates all rules each minute, and so counts long slices too often: a tile has one, as it is judged.
    """
    planned = maintenance("UTC", every=None, day=date(1970, 1, 1), begins=960)
    excluded: list[dict[str, Any]] = [
        {},
        {"exclude_when": "sum(maintenance) > 0 # planned"},
        {"maintenance": (planned,)},
    ]
    cases = [(shape, more) for shape in SHAPES.values() for more in excluded]
    slos = {f"s{n}": slo(one, name=f"s{n}", **more) for n, (one, more) in enumerate(cases)}
    at, options = ["15m", "20m"], Options(scrape_interval=59, evaluation_interval=60)
    simulation = simulate(tmp_path, list(slos.values()), made("20m"))
    asked = {name: tiles.sides(one, 59, options) for name, one in slos.items()}
    rules = {kind: [f"slo:{what}:{kind}" for what in ("events", "errors")] for kind in ("increase5m", "rate5m")}
    exprs = [expr for both in (*asked.values(), *rules.values()) for expr in both]
    later = ["16m", "21m"]  # counts leave out the newest evaluation
    found = simulation.timeline(exprs, [*at, *later])
    by_rules = {
        (expr, labels["slo"], time): value
        for (expr, time), samples in found.items()
        for labels, value in samples
        if "slo" in labels
    }
    for name, one in slos.items():
        kind, times = ("rate5m", at) if burn.slice_of(one) > 60 else ("increase5m", later)
        counted = [[only(found[expr, time]) for time in at] for expr in asked[name]]
        assert counted == [
            pytest.approx([by_rules[expr, f"shop/{name}", time] for time in times], rel=1e-9) for expr in rules[kind]
        ], asked[name]
        assert bool(counted[0][1]) is not one.excludes_times


def test_long_times_are_asked_for_in_parts_that_part_at_fixed_times() -> None:
    asked: list[Range] = []

    def answer(questions: Sequence[Question]) -> Answers:
        ranges = [one for one in questions if isinstance(one, Range)]
        asked.extend(ranges)
        none = {"resultType": "matrix", "result": []}
        return Answers(
            {one: {"version": "3.0.0", "goVersion": ""} if isinstance(one, Endpoint) else none for one in questions}
        )

    for since, until in ((0, 7_000_000), (2_900_100, 3_100_250)):
        answered(tiles.counted(slo(RATIO), Options(), since, until), answer)
    every = [(one.start, one.end) for one in asked if "code" not in one.expr]
    assert every[:3] == [(300, 2_999_700), (3_000_000, 5_999_700), (6_000_000, 6_999_900)]
    assert every[3:] == [(2_900_400, 2_999_700), (3_000_000, 3_100_200)]


def test_they_are_the_same_for_the_same_indicator() -> None:
    one, options = slo(RATIO), Options()
    other = replace(one, id="shop/other", name="other", target=1 - one.target, window=86_400)
    assert tiles.sides(one, 0, options) == tiles.sides(other, 0, options)
    assert tiles.sides(one, 0, options) != tiles.sides(replace(one, per=("route",)), 0, options)
