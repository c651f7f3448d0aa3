"""Routes and inhibitions: what amtool and a real Alertmanager make of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
import yaml

from slocompiler.deployments import anywhere, deployed
from slocompiler.project import load
from slocompiler.source import Source
from slocompiler.targets import render
from support.alertmanager import Inbox, check, inhibited, receivers
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
def test_every_alert_of_an_example_reaches_its_owner(example: Path, tmp_path: Path) -> None:
    program, options = compile_files(example), load(Source("sloc.yaml", ""))[0].options()
    (text,) = render(program, "alertmanager", options).values()
    (tmp_path / "alertmanager.yml").write_text(text, encoding="utf-8")
    check(tmp_path / "alertmanager.yml")
    owners = {service.name: service.owner for service in program.services}
    found = set()
    for rules in render(program, "prometheus", options).values():
        for rule in (rule for group in yaml.safe_load(rules)["groups"] for rule in group["rules"] if "alert" in rule):
            assert rule["labels"]["owner"] == owners[rule["labels"]["service"]]
            found.add((rule["alert"], rule["labels"]["owner"], rule["labels"]["severity"]))
    assert found
    for name, owner, severity in found:
        labels = {"alertname": name, "owner": owner, "severity": severity}
        assert receivers(tmp_path / "alertmanager.yml", labels) == [f"slo-{owner}-{severity}"]


def test_a_receiver_for_each_owner_and_severity(plain: Path, clusters: Path) -> None:
    check(plain)
    assert receivers(plain, alert("SLOBurn", "page")) == ["slo-shop-page"]
    assert receivers(plain, alert("SLONoData", "ticket")) == ["slo-shop-ticket"]
    assert receivers(plain, alert("SLOBudget", "notify", below="50%")) == ["slo-shop-notify"]
    assert receivers(plain, down("web")) == ["slo-shop-page"]
    assert receivers(plain, alert("SLOBurn", "page") | {"owner": "new"}) == ["slo-page"]
    assert receivers(plain, alert("SLOBurn", "what nobody expects")) == ["slo-notify"]
    assert receivers(plain, {"alertname": "DiskFull", "severity": "page", "owner": "shop"}) == ["default"]
    check(clusters)
    assert receivers(clusters, alert("SLOBurn", "page", cluster="eu")) == ["slo-shop-page"]
    assert receivers(clusters, alert("SLOBurn", "page", cluster="us")) == ["slo-shop-ticket"]
    assert receivers(clusters, alert("SLOBurn", "critical", cluster="us")) == ["slo-shop-page"]


def test_an_owner_can_have_any_name(tmp_path: Path) -> None:
    owner = 'Team "Ä" \\ a|b, 100%'
    path = config(tmp_path, SERVICE.replace('"shop"\n', '"Team \\"Ä\\" \\\\ a|b, 100%"\n'), RECEIVERS)
    check(path)
    found = receivers(path, alert("SLOBurn", "page") | {"owner": owner.replace("\\", "\\\\").replace('"', '\\"')})
    assert ",".join(found) == f"slo-{owner}-page"
    assert "/run/secrets/slo-team-a-b-100-" in path.read_text(encoding="utf-8")


RECEIVERS = """targets:
  alertmanager:
    receivers: {page: [pagerduty, slack], ticket: [webhook], notify: [webhook]}
    secrets: /run/secrets
    webhook: http://tickets.example.org/alerts
"""


def test_a_notification_reads_well(tmp_path: Path) -> None:
    """Pages of a service are one notification: of two SLOs and of a job that is down, which no SLO has."""
    secrets = tmp_path / "secrets" / "slo-shop"
    secrets.mkdir(parents=True)
    with Inbox() as inbox:
        path = config(tmp_path, project=RECEIVERS)
        document = yaml.safe_load(
            path.read_text(encoding="utf-8")
            .replace("/run/secrets", str(secrets.parent))
            .replace("http://tickets.example.org", inbox.address)
        )
        document["global"] = {"pagerduty_url": f"{inbox.address}/pagerduty"}
        document["route"]["group_wait"] = "200ms"
        path.write_text(yaml.safe_dump(document), encoding="utf-8")
        (secrets / "slack").write_text(f"{inbox.address}/slack")
        (secrets / "pagerduty").write_text("key of the shop")
        texts = (
            ("Shop: A: 2% of requests fail", "99.9% of requests …\nRunbook: r"),
            ("Shop: B: 3%", "b"),
            ("web is down", "c"),
        )
        labels = alert("SLOBurn", "page"), alert("SLOBurn", "page", "b", route="/"), down("web")
        alerts = [
            {"labels": one, "annotations": {"summary": text[0], "description": text[1]}}
            for one, text in zip(labels, texts, strict=True)
        ]
        alerts.append({"labels": alert("SLOBudget", "ticket", "c", below="25%"), "annotations": {"summary": "d"}})
        got = inbox.notified(path, alerts, {"/pagerduty", "/slack", "/alerts"}, tmp_path)
    (slack,) = got["/slack"]["attachments"]
    assert slack["title"] == slack["fallback"] == "web is down, and 2 more"
    assert slack["text"].rstrip() == (
        "*web is down*\nc\n\n*Shop: A: 2% of requests fail*\n99.9% of requests …\nRunbook: r\n\n*Shop: B: 3%*\nb"
    )
    assert got["/pagerduty"]["routing_key"] == "key of the shop"
    assert got["/pagerduty"]["payload"]["summary"] == slack["title"]
    assert got["/pagerduty"]["payload"]["severity"] == "critical"
    assert got["/alerts"]["groupLabels"] == {"service": "shop", "owner": "shop"}
    assert [one["annotations"]["summary"] for one in got["/alerts"]["alerts"]] == ["d"]


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


JOURNEY = """
journey buying 99% over 30d { owner "shop" through shop/a, shop/b alerts {
  page at 5% of budget in 1h ticket at 10% of budget in 1d page when no data for 15m
} }
"""


def test_a_page_of_a_step_inhibits_the_pages_of_the_journey(tmp_path: Path) -> None:
    trip = {"service": "buying", "slo": "buying/journey"}
    others = [
        alert("SLOBurn", "page", "other"),
        alert("SLOBurn", "page", "b", route="/x"),
        alert("SLOBurn", "ticket", "a"),
        alert("SLOBurn", "ticket") | trip,
    ]
    pages = [alert("SLOBurn", "page") | trip, alert("SLONoData", "page") | trip]
    made = config(tmp_path, SERVICE + JOURNEY)
    assert ordered(inhibited(made, [*others, *pages], LAST, tmp_path)) == ordered([others[3], *pages])
    assert ordered(inhibited(made, [others[0], others[2], *pages], LAST, tmp_path)) == []
