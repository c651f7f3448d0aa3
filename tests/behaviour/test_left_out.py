"""The marks on dashboards at times that count as neither good nor bad: a real Prometheus has them then, and only then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from slocompiler.compiler import render
from support.compile import compile_text
from support.server import Prometheus

TEXT = """
service shop "Shop" {
  owner        "payments"
  stakeholders "product"
  runbook      "https://runbooks.example.org/shop"
  slo up "It answers" 99% over 30d {
    events requests_total{job="shop"}
    bad    {code=~"5.."}
    because "It is a test."
    maintenance "Costs $5 [[now]]" every sunday 02:00 for 1h in Europe/Berlin because "Nobody is there."
    maintenance "An upgrade" on 2026-10-20 from 22:30 for 2h in UTC because "It was announced."
  }
  slo routes "Each page answers" 99% over 30d {
    events requests_total{job="shop"}
    bad    {code=~"5.."}
    per    route
    because "It is a test."
    except 2026-10-18T03:00Z to 2026-10-18T04:30Z because "Agreed: $x was \\"down\\"."
    except {route="/pay"} 2026-10-19T03:00:30Z to 2026-10-19T03:10:30Z because "INC-2210"
  }
  slo other "It answers, too" 99% over 30d {
    events requests_total{job="other"}
    bad    {code=~"5.."}
    because "It is a test."
  }
}
"""
BEGIN, END = (int(datetime(2026, 10, day, tzinfo=UTC).timestamp()) for day in (17, 27))
MINUTE = 60
"""Between two moments that a dashboard asks for."""


def marks(name: str) -> list[dict[str, Any]]:
    """The annotations of a dashboard, without those of alerts."""
    files = dict(render(compile_text(TEXT), "grafana"))
    (text,) = [text for path, text in files.items() if path.endswith(f"{name}.json")]
    return [one for one in json.loads(text)["annotations"]["list"] if one["name"] == "Left out"]


@pytest.fixture
def server(every_prometheus: None, tmp_path: Path) -> Iterator[Prometheus]:
    del every_prometheus  # it chooses the program
    with Prometheus(tmp_path) as found:
        yield found


def found(server: Prometheus, name: str) -> dict[str, list[float]]:
    """The moments of each mark of a dashboard, by its text."""
    (mark,) = marks(name)
    assert mark["titleFormat"] == "{{what}}"
    found: dict[str, list[float]] = {}
    for begin in range(BEGIN, END, 5 * 86400):
        times = {"start": f"{begin}", "end": f"{min(END, begin + 5 * 86400) - MINUTE}", "step": f"{MINUTE}"}
        for series in server.answer("query_range", query=mark["expr"], **times)["result"]:
            found.setdefault(series["metric"]["what"], []).extend(float(at) for at, _ in series["values"])
    return found


def minutes(*spans: tuple[str, int]) -> list[float]:
    """The moments of spans: when each begins, and how many there are."""
    begins = [(datetime.fromisoformat(f"{begin}+00:00").timestamp(), count) for begin, count in spans]
    return [begin + MINUTE * n for begin, count in begins for n in range(count)]


def test_when_they_are_and_what_they_say(server: Prometheus) -> None:
    assert found(server, "shop.up") == {
        "Maintenance: Costs $5 [[now]]": minutes(("2026-10-18T00:00", 60), ("2026-10-25T00:00", 60)),
        "Maintenance: An upgrade": minutes(("2026-10-20T22:30", 120)),
    }
    assert found(server, "shop.routes") == {
        'Left out by agreement: Agreed: $x was "down".': minutes(("2026-10-18T03:00", 90)),
        'Left out by agreement, of {route="/pay"}: INC-2210': minutes(("2026-10-19T03:01", 10)),
    }


def test_without_any_there_are_none() -> None:
    assert marks("shop.other") == []
