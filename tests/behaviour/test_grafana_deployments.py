"""Dashboards that deployments share, on a real Prometheus that runs the rules of two: each choice shows its own figures."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from support.command import sloc
from support.even_traffic import AHEAD, STEP
from support.even_traffic import shown as labels
from support.grafana import Data, chosen, fill, panels
from support.grafana_answers import options, shown
from support.grafana_watched import hurried
from support.server import Prometheus

PROJECT = """scrape_interval: 30s
evaluation_interval: 30s
deployments:
  - {name: eu, where: {k8s_cluster: eu}, labels: {cluster: eu}}
  - {name: us, where: {k8s_cluster: us}, labels: {cluster: us}, severity: {page: critical}}
targets: {prometheus: {catch_up: false}}
"""
SERVICE = """service shop {
  owner "shop"
  slo answers 99% over 30d { events requests_total{job="shop"} bad {code="500"} }
  slo routes 99% over 30d { events requests_total{job="shop"} bad {code="500"} per route }
  slo fast 99% over 30d { events latency_seconds{job="shop"} good below 300ms }
  slo queue 99% over 30d { slices 1m good when max(queue_length{job="shop"}) < 5 }
  slo raw 99% over 30d {
    events `sum(rate(requests_total{k8s_cluster="$k8s_cluster"}[$window]))`
    bad    `sum(rate(requests_total{k8s_cluster="$k8s_cluster", code="500"}[$window]))`
  }
}
"""
BAD = {"eu": 0.3, "us": 0.05}
"""The share of bad events: a page in one, nothing in the other."""
PACE = {"eu": 10, "us": 40}
"""Events a second."""
ROUTES = ("/", "/pay")
SINCE = 1800.0


def traffic(now: int) -> str:
    """An hour of both, and of a third cluster that is no deployment."""
    lines = []
    for at in range(now - 3600, now + AHEAD, STEP):
        for cluster, bad in (*BAD.items(), ("of-nobody", 1.0)):
            pace, place = PACE.get(cluster, 1000), {"job": "shop", "k8s_cluster": cluster}
            for route in ROUTES:
                for code, share in (("200", 1 - bad), ("500", bad)):
                    at_route = labels({**place, "route": route, "code": code})
                    lines.append(f"requests_total{at_route} {at * pace * share / len(ROUTES)!r} {at}")
            for le, share in (("0.3", 1 - bad), ("+Inf", 1.0)):
                lines.append(f"latency_seconds_bucket{labels({**place, 'le': le})} {at * pace * share!r} {at}")
            lines.append(f"latency_seconds_count{labels(place)} {at * pace} {at}")
            lines.append(f"queue_length{labels(place)} {10 * bad!r} {at}")
    return "\n".join([*lines, "# EOF\n"])


class Seen:
    """What both choices show at one time."""

    def __init__(self, server: Prometheus, folder: Path) -> None:
        self.server, self.at = server, math.ceil(time.time() / 60) * 60
        self.data: dict[str, Data] = {
            path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("**/*.json"))
        }
        self.panels = {
            (name, cluster): shown(server, data, self.at, SINCE, at_cluster=cluster)
            for name, data in self.data.items()
            for cluster in BAD
        }

    def last(self, cluster: str, slo: str, title: str) -> list[float]:
        """The last value of each line of a panel on the dashboard of the SLO."""
        found = self.panels[f"shop.{slo}", cluster]
        answers = next(a for p, a in found if p.title.startswith(title) and not p.time_from)
        return [_last(series) for answer in answers for series in answer]


def _last(series: Any) -> float:
    return float(series["value"][1] if "value" in series else series["values"][-1][1])


@pytest.fixture(scope="module")
def seen(every_prometheus: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:  # noqa: ARG001  # runs it
    folder = tmp_path_factory.mktemp("places")
    (folder / "sloc.yaml").write_text(PROJECT)
    (folder / "shop.slo").write_text(SERVICE)
    answer = sloc(folder, "build", "--target", "prometheus", "--target", "grafana")
    assert answer.code == 0, answer.err
    made = folder / "generated"
    texts = [(made / "prometheus" / name / "shop.rules.yaml").read_text(encoding="utf-8") for name in BAD]
    server = Prometheus(folder / "server", rules=[*map(hurried, texts)])
    server.backfill(traffic(int(time.time())))
    recorded = 'count by (cluster) (slo:budget_left:ratio{slo!="shop/routes"} and on (cluster, slo) slo:coverage:ratio)'
    with server:
        server.wait_for(lambda: [value for _, value in server.query(recorded)] == [4.0, 4.0], 60, "budgets of both")
        fires = 'ALERTS{alertstate="firing",cluster="eu",slo="shop/answers"}'
        server.wait_for(lambda: server.query(fires), 60, "an alert in eu")
        server.wait_for(lambda: len(server.query("slo:burn_rate:ratio")) == 2 * (4 + len(ROUTES)), 60, "burn rates")
        routes = '{slo="shop/routes"}'
        by_route = f"count by (cluster) (slo:budget_left:ratio{routes}) and on (cluster) slo:coverage:ratio{routes}"
        server.wait_for(lambda: len(server.query(by_route)) == len(BAD), 60, "budgets of values of `per`")
        yield Seen(server, made / "grafana")


def test_every_panel_answers(seen: Seen) -> None:
    """Nobody is paged in one of them, and the steps of a whole window are hours."""
    every = [(*place, panel, found) for place, shown in seen.panels.items() for panel, found in shown]
    quiet = {(*place, panel.title) for *place, panel, found in every if not (all(found) or panel.time_from)}
    table = "SLOs: what pages now, then the least budget"
    pages = "Pages by owner"
    assert quiet - {("overview", "eu", pages)} == {
        ("overview", "us", table),
        ("shop", "us", table),
        ("overview", "us", pages),
    }


@pytest.mark.parametrize("cluster", BAD)
def test_figures_are_of_the_one_that_is_chosen(seen: Seen, cluster: str) -> None:
    bad, pace = BAD[cluster], PACE[cluster]
    for slo in ("answers", "fast", "raw"):
        good, _ = seen.last(cluster, slo, "Good over 30d")
        assert good == pytest.approx(1 - bad, rel=1e-3), slo
        assert seen.last(cluster, slo, "Events and bad events") == pytest.approx([pace, pace * bad], rel=1e-3), slo
    assert sum(seen.last(cluster, "answers", "Bad events per second")) == pytest.approx(pace * bad, rel=1e-3)
    assert seen.last(cluster, "routes", "Events and bad events") == pytest.approx([pace, pace * bad], rel=1e-3)


@pytest.mark.parametrize("slo", ["answers", "raw"])
def test_a_promise_shows_what_is_counted_there(seen: Seen, slo: str) -> None:
    (promise,) = (p for p in panels(seen.data[f"shop.{slo}"]) if p.title == "Promise")
    text = unescape(fill(promise.options["content"], chosen(seen.data[f"shop.{slo}"], at_cluster="us")))
    assert 'k8s_cluster="us"' in text
    assert "$" not in text.replace("$window", "")


def test_only_deployments_can_be_chosen(seen: Seen) -> None:
    for name, data in seen.data.items():
        assert sorted(options(seen.server, data, "at_cluster")) == ["eu", "us"], name


def test_what_fires_is_of_the_one_that_is_chosen(seen: Seen) -> None:
    firing = {cluster: seen.last(cluster, "answers", "Alerts firing") for cluster in BAD}
    assert (firing["eu"][0] > 0, firing["us"]) == (True, [0])


def test_the_overview_has_a_row_of_each(seen: Seen) -> None:
    found = next(a for p, a in shown(seen.server, seen.data["overview"], seen.at, SINCE) if p.kind == "table")
    rows = {(s["metric"]["cluster"], s["metric"]["slo"]) for answer in found for s in answer if "slo" in s["metric"]}
    slos = {"shop/answers", "shop/routes", "shop/fast", "shop/queue", "shop/raw"}
    assert rows == {(cluster, slo) for cluster in BAD for slo in slos}
