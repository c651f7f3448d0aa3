"""`only` and `target` of deployments: which SLOs a deployment has, and with which targets."""

from __future__ import annotations

import json
import re
from decimal import Decimal

from slocompiler import standard
from slocompiler.compiler import analyse, render
from slocompiler.deployments import deployed, shared
from slocompiler.ir import Matcher, Through
from slocompiler.project import load
from slocompiler.record import replace
from slocompiler.source import Source
from support.deployed import CALM, SERVICE, program

SOME = """docs_url: https://docs.example.org
deployments:
  - {name: eu, where: {cluster: eu}, only: ["*/answers", "*/speed", web/queue]}
  - {name: us, where: {cluster: us}, only: [web/raw, "*/speed"], target: {web/raw: 95%, "*": 90%}}
  - {name: calm, where: {cluster: calm}, only: ["web/s*"], target: 90%, alerts: none}
"""


def test_a_deployment_has_some_of_the_slos() -> None:
    found, project, _ = program(SOME)
    assert found
    having = {one.name: [slo.name for slo in deployed(found, one).slos] for one in project.deployments}
    assert having == {"eu": ["answers", "speed", "queue"], "us": ["speed", "raw"], "calm": ["speed"]}
    texts = render(found, "prometheus", project.options())
    assert {path for path in texts if "/web" in path} == {f"{one}/web.rules.yaml" for one in having}
    assert set(re.findall(r"slo: web/(\w+)", texts["us/web.rules.yaml"])) == {"speed", "raw"}


def test_a_service_without_slos_there_has_no_files() -> None:
    text = SERVICE[: SERVICE.index("  slo raw")] + "}\n"
    sources = [Source("web.slo", text), Source("shop.slo", text.replace("web", "shop"))]
    settings = load(Source("sloc.yaml", CALM.replace("alerts: calm", "only: [web]")))[0]
    found, problems = analyse(sources, replace(settings, defaults_from=None))
    assert found, problems
    paths = render(found, "prometheus", settings.options())
    assert {path for path in paths if path.startswith("calm/")} == {"calm/web.rules.yaml"}


def test_targets_there_and_what_follows() -> None:
    found, project, _ = program(SOME)
    assert found
    us = {slo.name: slo for slo in deployed(found, project.deployments[1]).slos}
    assert {name: slo.target for name, slo in us.items()} == {"speed": Decimal("0.9"), "raw": Decimal("0.95")}
    assert us["speed"].overrides[0].target == Decimal("0.9")
    own = {slo.name: slo for slo in found.slos}
    assert us["raw"].alerts == standard.alerts(Decimal("0.95"), own["raw"].window, 0)
    assert standard.DOWN in us["speed"].alerts
    rules = render(found, "prometheus", project.options())
    assert 'slo:error_ratio:period{slo="web/speed",cluster="us"} + 0.9\n' in rules["us/web.rules.yaml"]
    assert re.search(r"slo:target:ratio\n +expr: vector\(0.95\)\n +labels: {slo: web/raw", rules["us/web.rules.yaml"])
    assert 'slo:error_ratio:period{slo="web/speed",cluster="eu"} + 0.99\n' in rules["eu/web.rules.yaml"]


def test_they_have_to_fit_the_alerts() -> None:
    text = SERVICE.replace(
        "slo queue",
        'slo q 99% over 30d { events a_total{} bad {c="5"} alerts { page at 2% of budget in 1h } }\n  slo queue',
    )
    settings = load(
        Source("sloc.yaml", CALM.replace("alerts: calm", "target: 90%").replace("defaults_from: org.slo\n", ""))
    )[0]
    _, problems = analyse([Source("web.slo", text)], settings)
    assert [one.code for one in problems if one.is_error] == ["E405"]


def test_one_that_is_the_own_one_changes_nothing() -> None:
    found, _, _ = program('deployments: [{name: eu, where: {cluster: eu}, target: {web/answers: 99.9%, "*": 99.0%}}]')
    assert found
    assert [slo.variants for slo in found.slos] == [()] * 4


def test_dashboards_look_where_the_slo_is() -> None:
    found, project, _ = program(SOME)
    assert found
    texts = render(found, "grafana", project.options())
    (raw,) = (json.loads(text) for path, text in texts.items() if path == "details/web.raw.json")
    assert [one["current"]["value"] for one in raw["templating"]["list"] if one["name"] == "at_cluster"] == ["us"]
    shown = shared(found, project.deployments)
    assert {slo.name: slo.deployment and slo.deployment.where for slo in shown.slos} == dict.fromkeys(
        ("answers", "speed", "queue", "raw"), (Matcher("cluster", "=", "$cluster"),)
    )
    assert "as a multiple of what the target allows" in texts["details/web.raw.json"]


def test_only_values_where_the_slo_is() -> None:
    lines = (
        f"  - {{name: {name}, where: {{region: {region}}}, labels: {{cluster: {name}}}, only: [{only}]}}\n"
        for name, region, only in (("a", "w", "web"), ("b", "x", "web"), ("c", "y", "web/queue"))
    )
    settings = load(Source("sloc.yaml", f"deployments:\n{''.join(lines)}"))[0]
    found, problems = analyse([Source("web.slo", SERVICE[: SERVICE.index("  slo raw")] + "}\n")], settings)
    assert found, problems
    places = {slo.name: slo.deployment for slo in shared(found, settings.deployments).slos}
    asked = {name: place.where[0].value for name, place in places.items() if place}
    assert asked == {"answers": "w|x", "speed": "w|x", "queue": "w|x|y"}


def test_pages_name_them() -> None:
    found, project, _ = program(SOME)
    assert found
    texts = render(found, "docs", project.options())
    page = texts["markdown/web/speed.md"]
    assert "Each deployment has its own budget: eu, us, calm." in page
    assert "Other targets: 90% in us, 90% in calm." in page
    assert "In the deployment us, with a target of 90%:" in page
    assert "us" not in re.findall(r"own budget: (.*?)\.", texts["markdown/web/answers.md"])[0]


def test_names_that_mean_none() -> None:
    assert program(SOME.replace('"*/answers"', '"*/answer"'))[2] == ["E507"]
    assert program(SOME.replace("target: 90%", "target: {web/answers: 90%}"))[2] == ["E506"]
    assert program(SOME.replace("[web/raw,", "[web/raw, web/rwa,"))[2] == ["E506"]
    assert program(SOME.replace("web/raw,", ""))[2] == ["E507"]


def test_a_part_of_the_project_says_nothing_of_the_rest() -> None:
    settings = load(Source("sloc.yaml", SOME.replace("[web/raw,", "[web/raw, cart,")))[0]
    for whole in (True, False):
        found, problems = analyse([Source("web.slo", SERVICE)], settings, whole=whole)
        assert [one.code for one in problems if one.is_error] == ["E506"] * whole
        assert (found is None) is whole


STEPS = """service cart { owner "o" slo answers 99% over 30d { events a_total{} bad {code="500"} } }
service search { owner "o" slo answers 99% over 30d { events b_total{} bad {code="500"} } }
journey buying 97% over 30d { owner "o" through search/answers, cart/answers }
"""


def test_a_journey_and_its_steps() -> None:
    """A deployment that has a journey has its steps, whose targets are those there."""
    text = "deployments:\n  - {name: eu, where: {c: eu}}\n  - {name: us, where: {c: us}, only: [buying, cart], target: {cart: 95%}}\n"
    for only, codes in (
        (text, ["E508"]),
        (text.replace("buying, ", ""), []),
        (text.replace("cart]", "cart, search]"), []),
    ):
        settings = load(Source("sloc.yaml", only))[0]
        found, problems = analyse([Source("a.slo", STEPS)], settings)
        assert [one.code for one in problems if one.is_error] == codes
    assert found
    us = {slo.id: slo.indicator for slo in deployed(found, settings.deployments[1]).slos}
    through = us["buying/journey"]
    assert isinstance(through, Through)
    assert {one.id: one.target for one in through.passed} == {
        "cart/answers": Decimal("0.95"),
        "search/answers": Decimal("0.99"),
    }
