"""Routes and inhibitions: what amtool and a real Alertmanager make of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from slocompiler.deployments import anywhere, deployed
from slocompiler.project import load
from slocompiler.source import Source
from slocompiler.targets import render
from support.alertmanager import check, inhibited, receivers
from support.compile import EXAMPLES, compile_files, compile_text

pytestmark = pytest.mark.usefixtures("every_alertmanager")
SERVICE = """service shop {
  owner "shop"
  slo a 99.9% over 30d {
    events x_total{} bad {code="500"}
    alerts {
      page   at 2% of budget in 1h
      ticket at 10% of budget in 1d
      page   when budget below 10%
      ticket when budget below 0%
    }
  }
  slo b 99.9% over 30d { events x_total{} bad {code="500"} per route }
  policy { below 50% "Look." notify below 25% "Wait." notify exhausted "Stop." notify }
}
"""
CLUSTERS = """deployments:
  - {name: eu, where: {cluster: eu}}
  - {name: us, where: {cluster: us}, severity: {page: critical, ticket: page, notify: 'a "b" \\ c|d'}}
  - {name: staging, where: {cluster: staging}, alerts: none}
"""


def config(folder: Path, text: str = SERVICE, project: str = "") -> Path:
    """The configuration that is made of a program, in a folder."""
    known, problems = load(Source("sloc.yaml", project))
    assert problems == []
    program = compile_text(text)
    program = deployed(program, anywhere(known.deployments)) if known.deployments else program
    (made,) = render(program, "alertmanager", known.options()).items()
    path = folder / made[0]
    path.write_text(made[1], encoding="utf-8")
    return path


def alert(name: str, severity: str, slo: str = "a", **more: str) -> dict[str, str]:
    return {"alertname": name, "slo": f"shop/{slo}", "service": "shop", "severity": severity, "owner": "shop", **more}


def ordered(alerts: Iterable[Mapping[str, str]]) -> list[list[tuple[str, str]]]:
    return sorted(sorted(labels.items()) for labels in alerts)


LAST = (alert("SLOBurn", "page", "last", cluster="eu"), alert("SLOBurn", "ticket", "last", cluster="eu"))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return config(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return config(tmp_path_factory.mktemp("clusters"), project=CLUSTERS)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_accepted(example: Path, tmp_path: Path) -> None:
    (text,) = render(compile_files(example), "alertmanager", load(Source("sloc.yaml", ""))[0].options()).values()
    (tmp_path / "alertmanager.yml").write_text(text, encoding="utf-8")
    check(tmp_path / "alertmanager.yml")


def test_a_receiver_for_each_severity(plain: Path, clusters: Path) -> None:
    check(plain)
    assert receivers(plain, alert("SLOBurn", "page")) == ["slo-page"]
    assert receivers(plain, alert("SLONoData", "ticket")) == ["slo-ticket"]
    assert receivers(plain, alert("SLOBudget", "notify", below="50%")) == ["slo-notify"]
    assert receivers(plain, alert("SLOBurn", "what nobody expects")) == ["slo-notify"]
    assert receivers(plain, {"alertname": "DiskFull", "severity": "page"}) == ["default"]
    check(clusters)
    assert receivers(clusters, alert("SLOBurn", "page", cluster="eu")) == ["slo-page"]
    assert receivers(clusters, alert("SLOBurn", "page", cluster="us")) == ["slo-ticket"]
    assert receivers(clusters, alert("SLOBurn", "critical", cluster="us")) == ["slo-page"]


def test_what_inhibits_what(plain: Path, tmp_path: Path) -> None:
    woken = alert("SLOBurn", "page")
    of_a_value = alert("SLOBurn", "page", "b", route="/")
    shown = [
        woken,
        of_a_value,
        alert("SLOBurn", "ticket", "b", route="/other"),
        alert("SLOBudget", "page", below="10%"),  # what wakes is not hidden by what does not
        alert("SLOBudget", "notify", below="0%"),
        alert("SLOBudget", "notify", "c", below="50%"),
        {"alertname": "DiskFull", "severity": "ticket", "slo": "shop/a"},
    ]
    hidden = [
        alert("SLOBurn", "ticket"),
        alert("SLOBudget", "ticket", below="0%"),
        alert("SLOBurn", "ticket", "b", route="/"),
        alert("SLOBudget", "notify", below="25%"),
        alert("SLOBudget", "notify", below="50%"),
    ]
    assert ordered(inhibited(plain, [*shown, *hidden], LAST, tmp_path)) == ordered(hidden)


def down(job: str, severity: str = "page", **more: str) -> dict[str, str]:
    """The alert of a service, which has no label `slo`."""
    return {"alertname": "SLODown", "service": "shop", "job": job, "severity": severity, "owner": "shop", **more}


def test_a_job_that_is_down_inhibits_what_is_missing(plain: Path, tmp_path: Path) -> None:
    shown = [
        down("web"),
        down("api", "ticket"),
        alert("SLONoData", "ticket", job="api"),
        alert("SLONoData", "ticket", "b"),  # fixes no job
        alert("SLONoData", "ticket", "b", judged="partly"),
        alert("SLOBudget", "ticket", below="0%"),  # what is missing is hidden, what is wrong is not
        {**down("web", "ticket"), "service": "cart"},
        {**alert("SLONoData", "ticket", job="web"), "service": "cart"},
    ]
    hidden = [alert("SLONoData", "ticket", job="web"), alert("SLONoData", "page", "c", job="web")]
    assert ordered(inhibited(plain, [*shown, *hidden], LAST, tmp_path)) == ordered(hidden)


def test_deployments_inhibit_their_own(clusters: Path, tmp_path: Path) -> None:
    shown = [
        alert("SLOBurn", "page", cluster="eu"),
        alert("SLOBurn", "page", cluster="us"),  # a ticket there
        alert("SLOBurn", "ticket", cluster="us"),  # nothing there
        alert("SLOBurn", "critical", "b", cluster="us", route="/"),
        alert("SLOBudget", 'a "b" \\ c|d', cluster="us", below="25%"),
    ]
    hidden = [
        alert("SLOBurn", "ticket", cluster="eu"),
        alert("SLOBurn", "page", "b", cluster="us", route="/"),
        alert("SLOBudget", 'a "b" \\ c|d', cluster="us", below="50%"),
    ]
    assert ordered(inhibited(clusters, [*shown, *hidden], LAST, tmp_path)) == ordered(hidden)
