"""A report of a month of a real server, in a zone whose clocks change: its counts are those of `increase` over the month."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from support.command import sloc
from support.server import Prometheus

BERLIN = ZoneInfo("Europe/Berlin")
EVERY, OFFSET = 60, 17
"""The seconds between two scrapes, and those from a full minute to a scrape."""
WEEK = 7 * 86400
SINCE, UNTIL = (int(datetime(2026, month, 1, tzinfo=BERLIN).timestamp()) for month in (10, 11))
YOUNG = int(datetime(2026, 10, 20, 6, tzinfo=BERLIN).timestamp())
RESTART = int(datetime(2026, 10, 12, 3, tzinfo=BERLIN).timestamp())
"""The counters begin again at 0."""
CHANGE = int(datetime(2026, 10, 25, 2, tzinfo=BERLIN).timestamp())
"""At 3 o'clock of this day, it is 2 again: for these two hours, requests fail."""
SLO = """  slo {name} 99.9% over 7d {{
    events  requests_total{{job="{name}"}}
    bad     {{code="500"}}
    because "So it was agreed."
    alerts  none
  }}
"""
ACCURACY = 0.001


def scraped() -> Iterator[str]:
    """The counters of a job, and those of one that begins in the month. More is asked by day.

    No scrape is at the very end of a tile: Prometheus 2 would count it for two of them.
    """
    for job, begin in (("old", SINCE - WEEK), ("young", YOUNG)):
        good = bad = 0.0
        for at in range(begin, UNTIL + EVERY, EVERY):
            if at == RESTART:
                good = bad = 0
            rate = 300 + 200 * (at % 86400 // 3600 in range(6, 18))
            failing = rate * (0.02 if CHANGE <= at < CHANGE + 7200 else 0.0004)
            good, bad = good + rate - failing, bad + failing
            yield f'requests_total{{job="{job}",code="200"}} {good:.0f} {at + OFFSET}'
            yield f'requests_total{{job="{job}",code="500"}} {bad:.0f} {at + OFFSET}'


@pytest.fixture(scope="module")
def server(every_prometheus: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    del every_prometheus  # it chooses the program
    found = Prometheus(tmp_path_factory.mktemp("server"))
    found.backfill("\n".join([*sorted(scraped(), key=lambda line: line.partition("} ")[0]), "# EOF\n"]))
    with found:
        yield found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project."""
    folder = tmp_path_factory.mktemp("project")
    text = "".join(SLO.format(name=name) for name in ("old", "young"))
    (folder / "shop.slo").write_text(f'service shop {{\n  owner "web"\n  stakeholders "all"\n{text}}}\n', "utf-8")
    (folder / "sloc.yaml").write_text("scrape_interval: 60s\n", encoding="utf-8")
    return folder


def printed(folder: Path, server: Prometheus, command: str, form: str) -> str:
    """What a command prints of the month."""
    asked = ("--timezone", "Europe/Berlin", "--url", f"http://{server.address}", "--now", str(UNTIL + 120))
    done = sloc(folder, command, "--period", "2026-10", *asked, "--format", form)
    assert (done.code, done.err) == (0, "")
    return done.out


@pytest.fixture(scope="module")
def slos(folder: Path, server: Prometheus) -> dict[str, Any]:
    """What the report has of each SLO."""
    found = json.loads(printed(folder, server, "report", "json"))["slos"]
    return {one["id"].removeprefix("shop/"): one["values"][0] for one in found}


def increase(server: Prometheus, matchers: str, since: int, until: int) -> float:
    """What the server counts between two times."""
    ((_, found),) = server.query(f"sum(increase(requests_total{{{matchers}}}[{until - since}s]))", until)
    return float(found)


@pytest.mark.parametrize(("name", "since"), [("old", SINCE), ("young", YOUNG)])
def test_the_counts_are_those_of_increase(server: Prometheus, slos: dict[str, Any], name: str, since: int) -> None:
    """Of an SLO that is younger than the month, since its data began."""
    events = increase(server, f'job="{name}"', since, UNTIL)
    bad = increase(server, f'job="{name}",code="500"', since, UNTIL)
    value = slos[name]
    assert value["events"] == pytest.approx(events, rel=ACCURACY)
    assert value["bad"] == pytest.approx(bad, rel=ACCURACY)
    assert 1 - value["kept"] == pytest.approx(bad / events, rel=ACCURACY)
    assert value["spent"] == pytest.approx(bad / events / 0.001, rel=ACCURACY)


def test_the_budget_at_the_end_is_that_of_a_window(server: Prometheus, slos: dict[str, Any]) -> None:
    """The window has the hour that happens twice."""
    events, bad = (increase(server, f'job="old"{more}', UNTIL - WEEK, UNTIL) for more in ("", ',code="500"'))
    assert slos["old"]["left_end"] == pytest.approx(1 - bad / events / 0.001, abs=ACCURACY)


def test_the_day_of_25_hours(server: Prometheus, slos: dict[str, Any]) -> None:
    begin, end = (int(datetime(2026, 10, day, tzinfo=BERLIN).timestamp()) for day in (25, 26))
    assert end - begin == 25 * 3600
    worst = slos["old"]["days"][0]
    assert (worst["begin"], worst["end"]) == (begin, end)
    assert worst["events"] == pytest.approx(increase(server, 'job="old"', begin, end), rel=ACCURACY)
    (incident, *_) = slos["old"]["incidents"]
    assert abs(incident["begin"] - CHANGE) <= 300
    assert abs(incident["end"] - CHANGE - 7200) <= 300


def test_the_young_one_says_since_when(slos: dict[str, Any]) -> None:
    assert abs(slos["young"]["begun"] - YOUNG) <= 300
    assert slos["young"]["covered"] == pytest.approx(UNTIL - YOUNG, abs=600)
    assert slos["old"]["covered"] == UNTIL - SINCE


def test_a_review_has_the_same_budget(folder: Path, server: Prometheus, slos: dict[str, Any]) -> None:
    text = printed(folder, server, "review", "text")
    for name in ("old", "young"):
        (row,) = [line for line in text.splitlines() if line.startswith(f"shop/{name} ") and " over 7d " in line]
        assert f"{slos[name]['left_worst']:.0%}" in row.split()
