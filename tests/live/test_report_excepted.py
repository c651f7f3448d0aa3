"""`sloc report` with an incident that is left out by agreement: what was kept without it and with it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from slocompiler import grammar
from support import spreadsheet
from support.command import sloc
from support.reported import BEGIN, BERLIN, END, RATE, SLOS, STEP, WINDOW, counts, write

BEGUN, ENDED = (datetime(2026, 10, 25, hour, minute, tzinfo=BERLIN) for hour, minute in ((2, 0), (4, 0)))
"""Three hours: clocks go back at three. The outage of the month is in them."""
WHY = "The provider was down; agreed with product and support."
EXCEPT = f'except 2026-10-25T00:00Z to 2026-10-25T03:00Z because "{WHY}"'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The month of `support.reported`, whose second outage is left out."""
    found = tmp_path_factory.mktemp("report")
    write(found)
    text = SLOS.replace("    labels  { tier", f"    {EXCEPT}\n    labels  {{ tier", 1)
    (found / "shop.slo").write_text(text, encoding="utf-8")
    return found


def printed(folder: Path, form: str) -> str:
    asked = ("report", "checkout", "--period", "2026-10", "--snapshot", "kept.json.gz", "--timezone", "Europe/Berlin")
    answer = sloc(folder, *asked, "--format", form)
    assert (answer.code, answer.err) == (0, "")
    return answer.out


@pytest.fixture(scope="module")
def value(folder: Path) -> dict[str, Any]:
    """The figures of checkout/availability."""
    found = json.loads(printed(folder, "json"))
    jsonschema.validate(found, json.loads(grammar.text("report.schema.json")))
    (slo,) = found["slos"]
    begun, ended = (int(one.timestamp()) for one in (BEGUN, ENDED))
    (excepted,) = slo["exceptions"]
    assert (excepted["begin"], excepted["end"], excepted["labels"]) == (begun, ended, {})
    (figures,) = slo["values"]
    return dict(figures)


def times() -> list[int]:
    """The ends of the tiles that are left out."""
    begun, ended = (int(one.timestamp()) for one in (BEGUN, ENDED))
    return [at for at in range(BEGIN + STEP, END + 1, STEP) if begun < at and at - STEP < ended]


def test_what_was_kept_without_it_and_with_it(value: dict[str, Any]) -> None:
    events, bad = counts()["checkout/availability"]
    all_ = [at for at in events if BEGIN < at <= END]
    left_out = times()
    every = (sum(events[at] for at in all_), sum(bad[at] for at in all_))
    own = (every[0] - sum(events[at] for at in left_out), every[1] - sum(bad[at] for at in left_out))
    assert (value["events"], value["bad"]) == own
    assert (value["excepted_events"], value["excepted_bad"]) == (len(left_out) * RATE, 468)
    assert value["kept"] == pytest.approx(1 - own[1] / own[0], abs=1e-11)
    assert value["kept_with_excepted"] == pytest.approx(1 - every[1] / every[0], abs=1e-11)


def test_the_budget_is_as_if_it_had_not_been(value: dict[str, Any]) -> None:
    events, bad = counts()["checkout/availability"]
    left_out = set(times())
    own = [at for at in events if END - WINDOW < at <= END and at not in left_out]
    share = sum(bad[at] for at in own) / sum(events[at] for at in own)
    assert value["left_end"] == pytest.approx(1 - share / 0.001, abs=1e-9)
    assert [one["bad"] for one in value["incidents"]] == [300], "the other one is left out"


def test_texts(folder: Path) -> None:
    text = printed(folder, "markdown")
    assert "| 99.9% over 14d | 99.94% kept; 99.85% with all incidents |" in text
    assert "- **Left out:** 468 bad of 2,160 events by agreement; with them, 99.85% are good" in text
    assert "Incidents that are left out by agreement do not count." in text
    assert f"| 2026-10-25 02:00 CEST to 2026-10-25 04:00 | 3 hours | {WHY} |" in text
    (row,) = spreadsheet.rows(printed(folder, "csv"))
    assert row["excepted_bad"] == 468
