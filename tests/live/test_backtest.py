"""A backtest against the rules' own alerts: promtool runs the rules over the traffic that a real server has scraped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from bench.accuracy.series import BEGIN

from slocompiler import grammar
from slocompiler.cli import backtests
from slocompiler.cli.prometheus import Server
from slocompiler.live import backtest, tiles
from slocompiler.live.questions import answered
from slocompiler.live.replay import Past, episodes
from slocompiler.record import replace
from slocompiler.targets.shared import Options
from support.command import sloc
from support.compile import compile_text
from support.server import Prometheus
from support.traffic import Phase, counters, service, simulate

HOUR, MINUTE = 3600, 60
PHASES = [
    Phase("3h", 1200, 2),
    Phase("14m", 1200, 400),
    Phase("2h46m", 1200, 2),
    Phase("3h", 1200, 40),
    Phase("3h", 1200, 2),
]
END = round(sum(phase.minutes for phase in PHASES)) * MINUTE
LINES = """events requests_total{job="shop"} bad {code="500"} review every 90d last 2026-10-01
    alerts {
      page at 10% of budget in 1h
      page at 15% of budget in 4h needs 100 bad events
      ticket when exhausted within 1d
      ticket when budget below 90%
      ticket when budget below 50%
    }"""
OBJECTIVE = "99.5% over 5d"
PRECISE = (("page", "SLOBurn", 2), ("ticket", "SLOBurn", 2))
LAST = END // MINUTE - 5
"""Tiles end then, in minutes from the beginning."""
MASK = """sum by (alertname, severity) (sum_over_time(
  (0 * ALERTS{alertstate="firing"} + on() group_left vector(2) ^ (vector(time() % 1800) / 60))[1799s:1m]))"""
"""The minutes of half an hour at which an alert fires, as the bits of a number."""


def scraped() -> Iterator[str]:
    """What scrapes saw of the phases: the errors are all of one route, which has half of the requests."""
    good = bad = 0
    at = BEGIN
    for phase in PHASES:
        for _ in range(round(phase.minutes * 2)):
            yield f'requests_total{{job="shop",route="/a",code="200"}} {good - bad} {at}'
            yield f'requests_total{{job="shop",route="/a",code="500"}} {bad} {at}'
            yield f'requests_total{{job="shop",route="/b",code="200"}} {good} {at}'
            good, bad, at = good + phase.requests // 4, bad + phase.errors // 2, at + 30


class Project:
    """A project, and the options of commands that ask its server at the end of the traffic."""

    def __init__(self, folder: Path, server: Prometheus) -> None:
        self.folder = folder
        self.live = ("--url", f"http://{server.address}", "--now", f"{BEGIN + END}")
        self.write("shop.slo", service(LINES, OBJECTIVE))
        self.write("sloc.yaml", "scrape_interval: 30s\n")

    def write(self, name: str, text: str) -> None:
        """Write a file of it."""
        (self.folder / name).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def project(every_prometheus: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    del every_prometheus  # it chooses the program
    server = Prometheus(tmp_path_factory.mktemp("server"))
    server.backfill("\n".join([*scraped(), "# EOF\n"]))
    with server:
        yield Project(tmp_path_factory.mktemp("project"), server)


@pytest.fixture(scope="module")
def fired(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], set[int]]:
    """The minutes at which alerts fire, by severities and names."""
    rules = simulate(tmp_path_factory.mktemp("rules"), service(LINES, OBJECTIVE), counters(PHASES), evaluate=MINUTE)
    found: dict[tuple[str, str], set[int]] = {}
    for (_, at), samples in rules.timeline([MASK], range(1800, END + 1, 1800)).items():
        for labels, bits in samples:
            minutes = found.setdefault((labels["severity"], labels["alertname"]), set())
            minutes |= {int(at) // 60 - (30 - bit) % 30 for bit in range(30) if int(bits) >> bit & 1}
    return found


@pytest.fixture(scope="module")
def replayed(project: Project) -> dict[str, Any]:
    """What a backtest says of the SLO."""
    (found,) = values(project)
    return found


@pytest.fixture(autouse=True)
def as_it_was(project: Project) -> Iterator[None]:
    yield
    project.write("shop.slo", service(LINES, OBJECTIVE))


def values(project: Project, *arguments: str) -> list[dict[str, Any]]:
    """What a backtest says of the values of the SLO with the files of HEAD."""
    done = sloc(project.folder, "backtest", *project.live, *arguments, "--format", "json")
    assert done.code == 0, done
    data = json.loads(done.out)
    jsonschema.validate(data, json.loads(grammar.text("backtest.schema.json")))
    found: list[dict[str, Any]] = data["slos"][0]["after"]["values"]
    return found


def minutes_of(value: dict[str, Any], severity: str, alert: str) -> set[int]:
    """The minutes at which an alert fires, from the beginning on."""
    spans = (
        (one["begin"], one["end"]) for one in value["alerts"] if (one["severity"], one["alert"]) == (severity, alert)
    )
    return {minute for begin, end in spans for minute in range((begin - BEGIN) // 60, (end - BEGIN) // 60)}


def begins(minutes: set[int]) -> list[int]:
    """When alerts begin, of the minutes at which they fire."""
    return sorted(minute for minute in minutes if minute - 1 not in minutes)


@pytest.mark.parametrize(("severity", "alert", "late"), [*PRECISE, ("ticket", "SLOBudget", 5)])
def test_the_same_alerts_fire(
    replayed: dict[str, Any], fired: dict[tuple[str, str], set[int]], severity: str, alert: str, late: int
) -> None:
    found, real = minutes_of(replayed, severity, alert), fired[severity, alert]
    real = {minute for minute in real if minute < LAST}
    assert len(begins(found)) == len(begins(real)) > 0
    for ours, theirs in zip(begins(found), begins(real), strict=True):
        assert abs(ours - theirs) <= late
    assert len(found ^ real) <= 0.03 * len(real)


def test_what_was_kept(replayed: dict[str, Any]) -> None:
    bad = sum(phase.minutes * phase.errors for phase in PHASES) / sum(
        phase.minutes * phase.requests for phase in PHASES
    )
    assert replayed["kept"] == pytest.approx(1 - bad, abs=2e-4)
    assert replayed["left"] == pytest.approx(1 - bad / 0.005 / 10, abs=0.01)  # the SLO is a tenth of its window old
    held = {step["target"]: step["least"] for step in replayed["targets"]}
    assert next(target for target, least in held.items() if least >= 0) == 0.998  # a tenth of 1.6% is bad
    assert held[0.995] == replayed["left"]


def test_the_minutes_that_are_not_asked_change_nothing(project: Project) -> None:
    (slo,), options = compile_text(service(LINES, OBJECTIVE)).slos, Options()
    slo = replace(slo, alerts=slo.alerts[:2])  # the pages
    answer = Server(project.live[1]).answer
    found = answered(backtest.data(slo, options, BEGIN, BEGIN + END), answer)
    every = range(BEGIN + tiles.BLOCK, BEGIN + END + tiles.BLOCK, tiles.BLOCK)
    assert 0 < len(found.minutes) < len(every)
    whole = answered(tiles.each_minute(slo, options, every, BEGIN + END), answer)
    late = {
        block: counts for block, counts in whole.items() if block > BEGIN + 8 * HOUR
    }  # begins in the second problem
    few, all_, some = (
        episodes(
            Past(slo, options, found.tiles, minutes, (), found.start, found.end), slo, slo.alerts, slo.target, options
        )
        for minutes in (found.minutes, whole, late)
    )
    assert few == all_ != []
    assert [one.begin for one in some] == [pytest.approx(one.begin, abs=10 * MINUTE) for one in all_]


def test_a_snapshot_replays_another_target(project: Project, tmp_path: Path) -> None:
    main = tmp_path / "main"
    main.mkdir()
    (main / "shop.slo").write_text(service(LINES, OBJECTIVE), encoding="utf-8")
    assert sloc(main, "snapshot", *project.live, "-o", "../kept.json.gz").code == 0
    project.write("shop.slo", service(LINES, "99% over 5d"))
    asked = ("backtest", str(main), "--fail-on", "pages")
    for form in ("json", "markdown"):
        live = sloc(project.folder, *asked, *project.live, "--format", form)
        kept = sloc(project.folder, *asked, "--snapshot", str(tmp_path / "kept.json.gz"), "--format", form)
        assert (kept.code, kept.err) == (0, "")
        assert kept.out == live.out.replace(project.live[1], "the snapshot")
        assert form == "json" or "99.5%/5d" in kept.out


def test_more_pages_fail(project: Project, tmp_path: Path) -> None:
    (tmp_path / "shop.slo").write_text(service(LINES, "95% over 5d"), encoding="utf-8")
    done = sloc(project.folder, "backtest", str(tmp_path), *project.live, "--fail-on", "pages")
    assert done.code == 1
    assert "  pages        0         3\n" in done.out
    assert "new: page 2026-10-01 03:11Z for 23m\n" in done.out
    same = sloc(project.folder, "backtest", str(project.folder), *project.live, "--fail-on", "pages")
    assert (same.code, same.out[:7]) == (0, "0 SLOs ")
    assert same.out.endswith("1 SLO did not change\n")


def test_a_shift_can_bear_some_pages(project: Project, tmp_path: Path) -> None:
    (tmp_path / "shop.slo").write_text(service(LINES, "95% over 5d"), encoding="utf-8")
    asked = ("backtest", str(tmp_path), *project.live, "--fail-on", "pages", "--shift", "12h@08:00Europe/Berlin")
    done = sloc(project.folder, *asked, "--pages-a-shift", "1")
    assert done.code == 1
    shift = "2 pages (2026-10-01 08:00 to 20:00 Europe/Berlin)"
    assert f"  busiest shift: no page → {shift}\n" in done.out
    assert done.err == f"sloc: pages: shop/answers: busiest shift: {shift} (--fail-on)\n"
    assert sloc(project.folder, *asked).code == 0
    assert "  busiest 12 hours: no page → 3 pages (2026-10-01 " in sloc(project.folder, *asked[:-2]).out


def test_a_comparison_has_the_past_too(project: Project, tmp_path: Path) -> None:
    (tmp_path / "shop.slo").write_text(service(LINES, "95% over 5d"), encoding="utf-8")
    asked = ("diff", str(tmp_path), *project.live, "--backtest")
    comment = sloc(project.folder, *asked, "--format", "markdown")
    assert comment.out.startswith("**1 target tightened")
    assert "\n**Backtest of what differs:** 1 SLO: 0 → 3 pages, 0 → " in comment.out
    assert "| pages | 0 | 3 |" in comment.out
    assert project.live[1] not in comment.out  # comments are public
    data = json.loads(sloc(project.folder, *asked, "--format", "json").out)
    jsonschema.validate(data, json.loads(grammar.text("diff.schema.json")))
    jsonschema.validate(data["backtest"], json.loads(grammar.text("backtest.schema.json")))
    failed = sloc(project.folder, *asked, "--fail-on", "loosened,pages")
    assert (failed.code, failed.err[:44]) == (1, "sloc: pages: shop/answers: busiest 12 hours:")
    assert "\n\nshop/answers  2026-" in failed.out
    assert sloc(project.folder, *asked, "--fail-on", "pages", "--pages-a-shift", "3").code == 0


def test_a_comment_has_space_for_some_of_the_past(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtests, "MOST", 100)
    (tmp_path / "shop.slo").write_text(service(LINES, "95% over 5d"), encoding="utf-8")
    out = sloc(project.folder, "diff", str(tmp_path), *project.live, "--backtest", "--format", "markdown").out
    assert "| pages |" not in out
    assert "\nMore is not shown, because a comment has a limit. `sloc backtest` prints all.\n" in out


def test_what_a_snapshot_does_not_have_is_not_replayed(project: Project, tmp_path: Path) -> None:
    kept = str(tmp_path / "kept.json")
    assert sloc(project.folder, "snapshot", *project.live, "-o", kept).code == 0
    new = 'slo new 99% over 5d { because "It is new." events other_total{job="shop"} bad {code="500"} }'
    project.write("shop.slo", service(LINES, OBJECTIVE, new))
    done = sloc(project.folder, "backtest", "--snapshot", kept)
    assert (done.code, done.err) == (0, "")
    assert "\nshop/new is not replayed: the snapshot has no counts of its indicator" in done.out
    project.write("shop.slo", service('events other_total{job="shop"} bad {code="500"}', OBJECTIVE))
    assert sloc(project.folder, "backtest", "--snapshot", kept).code == 2


def test_values_have_their_own_targets(project: Project) -> None:
    project.write(
        "shop.slo",
        service('events requests_total{job="shop"} bad {code="500"} per route target {route="/a"} 90%', OBJECTIVE),
    )
    worst, calm = values(project, "--targets", "99")
    assert (worst["labels"], worst["target"], calm["labels"], calm["target"]) == (
        {"route": "/a"},
        0.9,
        {"route": "/b"},
        0.995,
    )
    assert (calm["kept"], calm["left"], calm["alerts"]) == (1, 1, [])
    assert [step["target"] for step in calm["targets"]] == [0.995, 0.99]
