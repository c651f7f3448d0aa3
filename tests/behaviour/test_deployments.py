"""Three clusters on one server: each deployment's figures are its own, whatever else is stored there."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command import sloc
from support.promtool import Sample, Simulation
from support.traffic import counter

PROJECT = """scrape_interval: 1m
evaluation_interval: 1m
deployments:
  - {name: eu, where: {cluster: eu}}
  - {name: us, where: {cluster: us}, severity: {page: critical}}
  - {name: staging, where: {cluster: staging}, alerts: none}
targets: {prometheus: {catch_up: false, late_series: true}}
"""
SERVICE = """service shop {
  owner "shop"
  slo answers 99.9% over 30d { events requests_total{job="shop"} bad {code="500"} }
  slo routes 99% over 30d { events requests_total{job="shop"} bad {code="500"} per route }
  slo raw 99% over 30d {
    events `sum(rate(requests_total{cluster="$cluster"}[$window]))`
    bad    `sum(rate(requests_total{cluster="$cluster", code="500"}[$window]))`
  }
}
"""
SLOS = ("shop/answers", "shop/raw", "shop/routes")
ERRORS = {"eu": 30, "us": 0, "staging": 60, "": 60}
"""Of 60 requests a minute; the last are of no deployment. The `us` are gone after ten minutes, with their target."""
RATIOS = "slo:error_ratio:rate1h"
ALERTS = 'count by (alertname, cluster, severity) (ALERTS{alertstate="firing", slo="shop/answers"})'
ONES = "count by (cluster, slo) ({__name__=~'slo:(age:ratio|info)'})"
LOST = "count({__name__=~'slo:.+', cluster!~'eu|us|staging'})"
EARLY, LATE = "8m", "28m"


def series() -> dict[str, str]:
    made = {}
    for cluster, errors in ERRORS.items():
        lasts, end = ("10m", " stale") if cluster == "us" else ("28m", "")
        place = f'job="shop",instance="a",route="/",cluster="{cluster}"'
        made[f'requests_total{{{place},code="200"}}'] = counter((lasts, 60 - errors), scrape=60) + end
        made[f'requests_total{{{place},code="500"}}'] = counter((lasts, errors), scrape=60) + end
        made[f'up{{job="shop",instance="a",cluster="{cluster}"}}'] = "1x10 stale" if end else "1x28"
    return made


@pytest.fixture(scope="module")
def seen(every_prometheus: None, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int | str], list[Sample]]:  # noqa: ARG001  # runs it
    """What the rules of all three record, loaded by one promtool over the series of all."""
    folder = tmp_path_factory.mktemp("together")
    (folder / "sloc.yaml").write_text(PROJECT)
    (folder / "shop.slo").write_text(SERVICE)
    answer = sloc(folder, "build", "--target", "prometheus")
    assert answer.code == 0, answer.err
    paths = [folder / "generated" / "prometheus" / name / "shop.rules.yaml" for name in ("eu", "us", "staging")]
    return Simulation(paths, series()).timeline([RATIOS, ALERTS, ONES, LOST], [EARLY, LATE])


ONLY = """scrape_interval: 1m
evaluation_interval: 1m
deployments:
  - {name: eu, where: {cluster: eu}, target: 40%}
  - {name: us, where: {cluster: us}, only: [shop/routes]}
  - {name: staging, where: {cluster: staging}, only: [shop], target: {shop/answers: 95%}}
targets: {prometheus: {catch_up: false, late_series: true}}
"""
TARGETS = "slo:target:ratio"
BURNING = "slo:burn_rate:ratio"


def test_other_slos_and_targets(every_prometheus: None, tmp_path: Path) -> None:  # noqa: ARG001  # runs it
    """Each deployment records its own SLOs alone, and burns by its own target: with half of all bad, 60% may be."""
    (tmp_path / "sloc.yaml").write_text(ONLY)
    (tmp_path / "shop.slo").write_text(SERVICE.replace("  slo raw", "  draft slo raw"))
    answer = sloc(tmp_path, "build", "--target", "prometheus")
    assert answer.code == 0, answer.err
    paths = [tmp_path / "generated" / "prometheus" / name / "shop.rules.yaml" for name in ("eu", "us", "staging")]
    found = Simulation(paths, series()).timeline([TARGETS, BURNING, ALERTS], [EARLY])

    def of(query: str) -> dict[tuple[str, str], float]:
        return {(labels["cluster"], labels["slo"]): value for labels, value in found[query, EARLY]}

    targets = {("eu", slo): 0.4 for slo in SLOS} | {("us", "shop/routes"): 0.99}
    targets |= {("staging", "shop/answers"): 0.95, ("staging", "shop/raw"): 0.99, ("staging", "shop/routes"): 0.99}
    assert of(TARGETS) == pytest.approx(targets)
    expected = {(place, slo): ERRORS[place] / 60 / (1 - target) for (place, slo), target in targets.items()}
    assert of(BURNING) == pytest.approx(expected, rel=0.005)
    fired = {(labels["cluster"], labels["severity"]) for labels, _ in found[ALERTS, EARLY]}
    assert fired == {("staging", "page")}  # in eu, the budget is not even spent as fast as it comes


def test_ratios(seen: dict[tuple[str, int | str], list[Sample]]) -> None:
    ratios = {(labels["cluster"], labels["slo"]): value for labels, value in seen[RATIOS, EARLY]}
    places = ("eu", "us", "staging")
    assert ratios == pytest.approx({(place, slo): ERRORS[place] / 60 for place in places for slo in SLOS})


def test_everything_recorded_is_of_one_of_them(seen: dict[tuple[str, int | str], list[Sample]]) -> None:
    assert seen[LOST, EARLY] == []
    found = [((labels["cluster"], labels["slo"]), value) for labels, value in seen[ONES, EARLY]]
    assert sorted(found) == [((place, slo), 2) for place in ("eu", "staging", "us") for slo in SLOS]


def test_alerts(seen: dict[tuple[str, int | str], list[Sample]]) -> None:
    def fired(at: str) -> set[tuple[str, str, str]]:
        return {(labels["alertname"], labels["cluster"], labels["severity"]) for labels, _ in seen[ALERTS, at]}

    assert fired(EARLY) == {("SLOBurn", "eu", "page")}
    # That another cluster's target is up says nothing of this one's.
    assert fired(LATE) == {("SLOBurn", "eu", "page"), ("SLONoData", "us", "ticket")}
