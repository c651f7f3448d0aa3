"""`sloc report` of a snapshot whose counts are known: a month on whose last Sunday clocks change."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema
import pytest

from slocompiler import grammar
from slocompiler.cli.snapshots import write_snapshot
from slocompiler.live import tiles
from slocompiler.live.kind import BUILDINFO
from slocompiler.live.questions import Range
from slocompiler.live.snapshot import taken
from slocompiler.targets.shared import Options
from support.command import sloc
from support.compile import ROOT, compile_text
from support.repository import commit, git, isolate

GOLDEN = ROOT / "tests" / "golden" / "report"
BERLIN = ZoneInfo("Europe/Berlin")
STEP, DAY = 300, 86400
FIRST = int(datetime(2026, 9, 16, tzinfo=BERLIN).timestamp())
BEGIN, END = (int(datetime(2026, month, 1, tzinfo=BERLIN).timestamp()) for month in (10, 11))
YOUNG = int(datetime(2026, 10, 12, 9, tzinfo=BERLIN).timestamp())
OUTAGES = {(9, 24, 7): (11, 12), (10, 6, 7): (10, 30), (10, 25, 2): (36, 13)}
"""By the local month, day and hour at which they begin: the number of tiles, and the bad events of each."""
RATE = 60
"""The events of a tile."""
WINDOW = 14 * DAY
SLOS = """service checkout "Checkout" {
  owner "payments"
  stakeholders "product", "support"
  slo availability "Shoppers get an answer" 99.9% over 14d {
    events  http_requests_total{job="checkout"}
    bad     {code=~"5.."}
    labels  { tier = "2" }
    because "Above 0.1% the support queue doubles."
    review  every 90d last 2026-07-01
    policy {
      below 50% "Risky roll-outs wait."
      exhausted "Only fixes are rolled out."
    }
  }
}
service mail "Mail" {
  owner "messaging"
  slo delivery "Confirmations | are <b>sent</b>" 99% over 14d {
    events  mail_total{job="mail"}
    bad     {result="lost"}
    labels  { tier = "2" }
    because "Without a confirmation people order twice."
  }
  slo unknown "Not in the snapshot" 99% over 7d {
    events  others_total{job="mail"}
    bad     {result="lost"}
    because "Nobody knows."
  }
  draft slo later 99% over 7d {
    events  mail_total{job="mail"}
    bad     {result="late"}
  }
}
"""


def counts() -> dict[str, tuple[dict[int, int], dict[int, int]]]:
    """The events and the bad events of the tiles of each SLO."""
    bad = dict.fromkeys(range(FIRST + STEP, END + 1, STEP), 0)
    for (month, day, hour), (many, count) in OUTAGES.items():
        begin = int(datetime(2026, month, day, hour, tzinfo=BERLIN).timestamp())
        bad |= {begin + STEP * (number + 1): count for number in range(many)}
    mail = range(YOUNG + STEP, END + 1, STEP)
    lost = {at: int(at % (4 * STEP) == 0) for at in mail}
    return {
        "checkout/availability": (dict.fromkeys(bad, RATE), bad),
        "mail/delivery": (dict.fromkeys(mail, RATE), lost),
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project and the snapshot of its server."""
    found = tmp_path_factory.mktemp("report")
    (found / "shop.slo").write_text(SLOS, encoding="utf-8")
    known: dict[Any, Any] = {BUILDINFO: {"version": "3.5.0", "goVersion": "go1.24"}}
    slos = {slo.id: slo for slo in compile_text(SLOS).slos}
    for id, own in counts().items():
        for expr, values in zip(tiles.sides(slos[id], 30, Options()), own, strict=True):
            asked = Range(expr=expr, start=FIRST + STEP, end=END, step=STEP)
            known[asked] = {"result": [{"metric": {}, "values": [[at, str(count)] for at, count in values.items()]}]}
    write_snapshot(str(found / "kept.json.gz"), END + 60, {None: taken(known)})
    return found


def printed(folder: Path, form: str, *more: str, period: str = "2026-10") -> str:
    zone = ("--timezone", "Europe/Berlin", "--shift", "12h@08:00Europe/Berlin")
    asked = ("report", "--period", period, "--snapshot", "kept.json.gz", *zone, "--format", form)
    answer = sloc(folder, *asked, *more)
    assert (answer.code, answer.err) == (0, "")
    return answer.out


FORMS = ("markdown", "html", "csv", "json")


@pytest.fixture(scope="module")
def texts(folder: Path) -> dict[str, str]:
    """The report of the month in each format."""
    return {form: printed(folder, form, "--by", "owner") for form in FORMS}


@pytest.fixture(scope="module")
def data(texts: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(texts["json"])
    jsonschema.validate(found, json.loads(grammar.text("report.schema.json")))
    return found


@pytest.fixture(scope="module")
def checkout(data: dict[str, Any]) -> dict[str, Any]:
    (found,) = data["slos"][0]["values"]
    return dict(found)


@pytest.mark.parametrize("form", FORMS)
def test_golden(texts: dict[str, str], golden: Callable[[Path, str], None], form: str) -> None:
    golden(GOLDEN / f"october.{form}", texts[form])


def test_no_golden_is_stale() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {f"october.{form}" for form in FORMS}


def left() -> dict[int, float]:
    """The share of the budget of checkout/availability that is left after each tile of the month."""
    bad = counts()["checkout/availability"][1]
    spent = {
        at: sum(bad.get(one, 0) for one in range(at - WINDOW + STEP, at + 1, STEP))
        for at in range(BEGIN + 5 * 3600, END + 1, 5 * 3600)
    }
    return {at: 1 - count / (WINDOW // STEP * RATE) / 0.001 for at, count in spent.items()}


def test_what_happened(checkout: dict[str, Any]) -> None:
    tiles_, bad = (END - BEGIN) // STEP, 300 + 468
    assert (checkout["events"], checkout["bad"]) == (tiles_ * RATE, bad)
    assert checkout["kept"] == pytest.approx(1 - bad / (tiles_ * RATE), abs=1e-12)
    assert checkout["spent"] == pytest.approx(bad / (tiles_ * RATE) / 0.001, rel=1e-9)
    rolling = left()
    assert checkout["left_end"] == pytest.approx(rolling[END], abs=1e-9)
    assert checkout["left_worst"] == pytest.approx(min(rolling.values()), abs=1e-9)
    assert [(one["bad"], (one["end"] - one["begin"]) // STEP) for one in checkout["incidents"]] == [
        (468, 36),
        (300, 10),
    ]


def test_days_are_those_of_the_zone(checkout: dict[str, Any]) -> None:
    """On the 25th, clocks go back an hour."""
    worst, second = checkout["days"]
    assert (worst["bad"], worst["events"]) == (468, 25 * 3600 // STEP * RATE)
    assert (second["bad"], second["events"]) == (300, DAY // STEP * RATE)


def test_policy_steps_and_pages(data: dict[str, Any], checkout: dict[str, Any]) -> None:
    steps = data["slos"][0]["policy"]
    for at, share in left().items():
        inside = {one["below"] for one in steps if (one["entered"] or 0) <= at < (one["left"] or END + 1)}
        assert inside == {below for below in (0.5, 0) if share < below}, at
    assert [(one["below"], one["left"] is None) for one in steps] == [(0.5, False), (0, False), (0.5, True), (0, True)]
    pages = [one["begin"] for one in checkout["alerts"] if one["severity"] == "page"]
    sums = {one["name"]: one for one in data["sums"]}
    assert sums["payments"]["pages"] == len(pages) > 0
    shift = sums["payments"]["busiest"]
    assert shift["begin"] <= pages[0] < shift["end"]
    assert datetime.fromtimestamp(shift["begin"], BERLIN).hour in (8, 20)


def test_an_slo_younger_than_the_period(texts: dict[str, str], data: dict[str, Any]) -> None:
    delivery = next(one for one in data["slos"] if one["id"] == "mail/delivery")
    (value,) = delivery["values"]
    assert (value["begun"], value["covered"]) == (YOUNG, END - YOUNG)
    assert value["events"] == (END - YOUNG) // STEP * RATE
    assert "Younger than the period: its data begin on 2026-10-12 09:00." in texts["markdown"]


def test_sums_are_weighted_by_events(folder: Path, data: dict[str, Any]) -> None:
    both = [one for slo in data["slos"] for one in slo["values"]]
    sums = {one["name"]: one for one in data["sums"]}
    assert [sums[name]["events"] for name in ("payments", "messaging")] == [one["events"] for one in both]
    of_tier, rest = json.loads(printed(folder, "json", "--by", "tier"))["sums"]
    assert (of_tier["name"], of_tier["judged"], of_tier["kept"]) == ("2", 2, 1)
    assert [of_tier[key] for key in ("events", "bad")] == [sum(one[key] for one in both) for key in ("events", "bad")]
    assert (rest["name"], rest["slos"], rest["judged"], rest["events"]) == ("without the label", 1, 0, 0)


def test_a_spreadsheet_reads_it(texts: dict[str, str], data: dict[str, Any]) -> None:
    rows = list(csv.DictReader(StringIO(texts["csv"], newline="")))
    assert [row["slo"] for row in rows] == ["checkout/availability", "mail/delivery"]
    for row, value in zip(rows, (one for slo in data["slos"] for one in slo["values"]), strict=True):
        assert Decimal(row["events"]) == Decimal(value["events"])
        assert Decimal(row["target"]) == Decimal(str(value["target"]))
        share = 1 - Decimal(row["bad"]) / Decimal(row["events"])
        assert abs(Decimal(row["kept"]) - share) < Decimal("1e-11")
        assert not any("e" in row[name] for name in ("kept", "spent", "left_end", "coverage"))
    assert rows[0]["worst_at"].endswith("+01:00"), "winter time"


def test_a_period_that_began_before_the_snapshot_and_goes_on(folder: Path) -> None:
    text = printed(folder, "markdown", "checkout", "--now", f"{BEGIN - 10 * DAY + 60}", period="2026-Q3")
    assert "Data from 2026-07-01 00:00 to 2026-09-21 00:00." in text
    assert "The period is not over: it ends on 2026-10-01 00:00." in text
    assert "Younger than the period: its data begin on 2026-09-16 00:00." in text


def test_what_changed_comes_from_git(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    isolate(monkeypatch, tmp_path)
    git(tmp_path, "init", "--quiet")
    (tmp_path / "kept.json.gz").write_bytes((folder / "kept.json.gz").read_bytes())
    for day, text in (
        ("09-30", SLOS.replace("99.9%", "99%")),
        ("10-09", SLOS),
        ("11-01", SLOS.replace("99.9%", "99.5%")),
    ):
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"2026-{day}T12:00:00Z")
        commit(tmp_path, {"shop.slo": text})
    text = printed(tmp_path, "markdown", "--history", "checkout")
    (line,) = [line for line in text.splitlines() if "tightened" in line or "loosened" in line]
    assert line == (
        "| 2026-10-09 | checkout/availability | tightened: target 99% → 99.9%, ×10 stricter "
        "| Above 0.1% the support queue doubles. | product, support |"
    )
