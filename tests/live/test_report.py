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

import jsonschema
import pytest

from slocompiler import grammar
from support import spreadsheet
from support.command import sloc
from support.compile import ROOT
from support.reported import BEGIN, BERLIN, DAY, END, FIRST, RATE, SLOS, STEP, WINDOW, YOUNG, counts, write
from support.repository import commit, git, isolate

GOLDEN = ROOT / "tests" / "golden" / "report"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project and the snapshot of its server."""
    found = tmp_path_factory.mktemp("report")
    write(found)
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
    assert sums["payments"]["pages_a_shift"] == pytest.approx(len(pages) * 12 * 3600 / (END - BEGIN), rel=1e-9)
    shift = sums["payments"]["busiest"]
    assert shift["begin"] <= pages[0] < shift["end"]
    assert datetime.fromtimestamp(shift["begin"], BERLIN).hour in (8, 20)


def test_an_slo_younger_than_the_period(texts: dict[str, str], data: dict[str, Any]) -> None:
    delivery = next(one for one in data["slos"] if one["id"] == "mail/delivery")
    (value,) = delivery["values"]
    assert (value["begun"], value["covered"]) == (YOUNG, END - YOUNG)
    assert value["events"] == (END - YOUNG) // STEP * RATE
    young = "Younger than the period, or the server has no older data: its data begin on 2026-10-12 09:00."
    assert young in texts["markdown"]
    assert [slo["cut"] for slo in data["slos"]] == [None, None, None]


def test_sums_are_weighted_by_events(folder: Path, data: dict[str, Any]) -> None:
    both = [one for slo in data["slos"] for one in slo["values"]]
    sums = {one["name"]: one for one in data["sums"]}
    assert [sums[name]["events"] for name in ("payments", "messaging")] == [one["events"] for one in both]
    of_tier, rest = json.loads(printed(folder, "json", "--by", "tier"))["sums"]
    assert (of_tier["name"], of_tier["judged"], of_tier["kept"]) == ("2", 2, 1)
    assert [of_tier[key] for key in ("events", "bad")] == [sum(one[key] for one in both) for key in ("events", "bad")]
    assert (rest["name"], rest["slos"], rest["judged"], rest["events"]) == ("without the label", 1, 0, 0)


def test_a_spreadsheet_reads_it(texts: dict[str, str], data: dict[str, Any]) -> None:
    rows = spreadsheet.rows(texts["csv"])
    assert [row["slo"] for row in rows] == ["checkout/availability", "mail/delivery"]
    for row, value in zip(rows, (one for slo in data["slos"] for one in slo["values"]), strict=True):
        assert [row[name] for name in ("events", "bad")] == [value[name] for name in ("events", "bad")]
        assert row["target"] == float(value["target"])
        assert row["kept"] == pytest.approx(1 - value["bad"] / value["events"], abs=1e-11)
        for name in ("spent", "left_end", "left_worst", "coverage", "pages", "tickets"):
            assert isinstance(row[name], int | float), name
    assert rows[0]["worst_at"].endswith("+01:00"), "winter time"


def test_its_numbers_have_all_digits_and_no_exponent(texts: dict[str, str], data: dict[str, Any]) -> None:
    rows = list(csv.DictReader(StringIO(texts["csv"], newline="")))
    for row, value in zip(rows, (one for slo in data["slos"] for one in slo["values"]), strict=True):
        assert Decimal(row["events"]) == Decimal(value["events"])
        assert Decimal(row["target"]) == Decimal(str(value["target"]))
        share = 1 - Decimal(row["bad"]) / Decimal(row["events"])
        assert abs(Decimal(row["kept"]) - share) < Decimal("1e-11")
        assert not any("e" in row[name] for name in ("kept", "spent", "left_end", "coverage"))


def test_a_period_that_began_before_the_snapshot_and_goes_on(folder: Path) -> None:
    text = printed(folder, "markdown", "checkout", "--now", f"{BEGIN - 10 * DAY + 60}", period="2026-Q3")
    assert "Data from 2026-07-01 00:00 to 2026-09-21 00:00." in text
    assert "The period is not over: it ends on 2026-10-01 00:00." in text
    assert "The snapshot begins on 2026-09-16 00:00, within the period. The figures are of the time after it." in text
    assert "Younger" not in text, "nothing is known of the time before"


def test_a_snapshot_without_the_window_before_the_period(folder: Path) -> None:
    """What was spent before it is missing from the budget left, for a window."""
    asked = ("checkout", "--now", f"{FIRST + 12 * DAY + 60}")
    text = printed(folder, "markdown", *asked, period="11d")
    assert (
        "> The snapshot begins on 2026-09-16 00:00, so the budget left does not count what was spent before: "
        "until 2026-09-30 00:00 it seems fuller than it was. Take one with a longer `--over`."
    ) in text
    (slo,) = json.loads(printed(folder, "json", *asked, period="11d"))["slos"]
    assert slo["cut"] == FIRST


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
