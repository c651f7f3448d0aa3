"""A report counts the alerts about missing data, too: on a real server, a route ends after two busy days, then the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench.accuracy.series import BEGIN

from support.command import sloc
from support.server import Prometheus

HOUR = 3600
HOURS = {"/a": 49, "/b": 50}
LAST = 52
SLO = """service shop {
  owner "web"
  stakeholders "product"
  slo answers 99% over 1d {
    events  requests_total{job="shop"}
    bad     {code="500"}
    PER
    because "a test"
    alerts { page when no data for 15m }
  }
}
"""


def scraped() -> Iterator[str]:
    """The counters of two routes. The target is up all the time."""
    for number in range(LAST * HOUR // 30):
        at = BEGIN + number * 30
        for route, hours in HOURS.items():
            if at < BEGIN + hours * HOUR:
                yield f'requests_total{{job="shop",route="{route}",code="200"}} {number * 60} {at}'
        yield f'up{{job="shop"}} 1 {at}'


@pytest.fixture(scope="module")
def server(every_prometheus: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    del every_prometheus  # it chooses the program
    found = Prometheus(tmp_path_factory.mktemp("server"))
    found.backfill("\n".join([*scraped(), "# EOF\n"]))
    with found:
        yield found


@pytest.mark.parametrize("per", ["", "per route"])
def test_alerts_about_missing_data_count(server: Prometheus, tmp_path: Path, per: str) -> None:
    """With values, they are alerts of all together, and count for the first."""
    (tmp_path / "shop.slo").write_text(SLO.replace("PER", per), encoding="utf-8")
    (tmp_path / "sloc.yaml").write_text("scrape_interval: 30s\n", encoding="utf-8")
    asked = ("report", "--period", "1d", "--url", f"http://{server.address}", "--now", f"{BEGIN + LAST * HOUR}")
    done = sloc(tmp_path, *asked, "--format", "json")
    assert done.code == 0, done
    data = json.loads(done.out)
    (slo,), (sums,) = data["slos"], data["sums"]
    (value,) = slo["values"][:1] if per else slo["values"]
    (alert,) = slo["alerts"] if per else value["alerts"]
    assert not (value["alerts"] if per else slo["alerts"])
    assert (alert["alert"], sums["pages"], slo["not_replayed"]) == ("SLONoData", 1, [])
    assert 15 * 60 <= alert["begin"] - BEGIN - max(HOURS.values()) * HOUR < HOUR
    rows = sloc(tmp_path, *asked, "--format", "csv").out.splitlines()[1:]
    assert [row.split(",")[10] for row in rows] == ["1", "0"][: len(rows)]
