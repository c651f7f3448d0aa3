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
from slocompiler.cli.prometheus import Samples, Server
from slocompiler.cli.unanswered import Unanswered
from slocompiler.live import backtest, tiles
from slocompiler.live.questions import answered
from slocompiler.live.replay import Past, episodes
from slocompiler.record import replace
from slocompiler.targets.shared import Options
from support.command import sloc
from support.compile import compile_text
from support.phases import END, HOUR, LINES, MINUTE, OBJECTIVE, PHASES, Project, scraped
from support.replayed import SETTLING, begins, by_rules
from support.server import Prometheus
from support.traffic import counters, service

PRECISE = (("page", "SLOBurn", 2), ("ticket", "SLOBurn", 2))


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
    found = by_rules(tmp_path_factory.mktemp("rules"), service(LINES, OBJECTIVE), counters(PHASES), END // HOUR)
    return {(severity, alert): minutes for (_, _, alert, severity), minutes in found.items()}


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


@pytest.mark.parametrize(("severity", "alert", "late"), [*PRECISE, ("ticket", "SLOBudget", 5)])
def test_the_same_alerts_fire(
    replayed: dict[str, Any], fired: dict[tuple[str, str], set[int]], severity: str, alert: str, late: int
) -> None:
    found, real = minutes_of(replayed, severity, alert), fired[severity, alert]
    found = {minute for minute in found if minute < END // MINUTE - SETTLING}
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


def test_a_month_of_a_hundred_series_reads_twelve_million_samples(project: Project) -> None:
    """Twelve samples of each series for a tile: 100 series, and the 15 of them that count bad events, for 8,640 tiles."""
    (slo,) = compile_text(service(LINES, OBJECTIVE)).slos
    series, count, spent = 3 + 1, END // 300, 12
    assert spent * 115 * 8_640 < 12_000_000
    address, enough = project.live[1], Samples(spent * series * count + 100)  # the series are counted before
    answered(tiles.counted(slo, Options(), BEGIN, BEGIN + END), Server(address, samples=enough).answer)
    with pytest.raises(Unanswered, match="the limit is"):
        few = Samples(10 * series * count)  # no less is read, and a limit is kept
        answered(tiles.counted(slo, Options(), BEGIN, BEGIN + END), Server(address, samples=few).answer)


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


def test_the_cost_of_a_change_is_by_the_series_of_the_server(project: Project, tmp_path: Path) -> None:
    """The server has two routes. What a snapshot does not know makes it an assumption again."""
    kept, main = tmp_path / "kept.json", tmp_path / "main"
    main.mkdir()

    def cost(*of: str, body: str = f"{LINES} per route") -> Any:
        (main / "shop.slo").write_text(service(body, OBJECTIVE), encoding="utf-8")
        done = sloc(project.folder, "diff", str(main), *of, "--format", "json")
        assert done.code == 0, done
        return json.loads(done.out)["cost"]

    live, stored = (*project.live, "--backtest"), ("--snapshot", str(kept), "--backtest")
    counted, assumed = cost(*live), cost()
    out = sloc(project.folder, "diff", str(main), *live).out
    assert " by the raw series there are." in " ".join(out.split())
    assert (counted["counted"], assumed["counted"]) == (True, False)
    assert counted["series"]["before"] == 2 * counted["series"]["after"]
    assert assumed["samples"]["after"] > 3 * counted["samples"]["after"]
    assert sloc(main, "snapshot", *project.live, "-o", str(kept)).code == 0
    assert cost(*stored) == counted
    other = LINES.replace('job="shop"', 'job="shop",tier!="test"')
    assert cost(*stored, body=other) == cost(body=other)


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
