"""Deployments: what is made of one program in several places, and the dashboards that they share."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from slocompiler.compiler import analyse, render
from slocompiler.deployments import anywhere, deployed, mentioned
from slocompiler.ir import Matcher
from slocompiler.project import load
from slocompiler.project.deployments import read
from slocompiler.promql.judge import selectors
from slocompiler.regex.sets import never
from slocompiler.source import Source
from slocompiler.targets.alertmanager.receivers import owners
from support.command import files, sloc
from support.compile import compile_text
from support.deployed import CALM, SERVICE, program
from support.promtool import check_rules

PROJECT = """grafana_url: https://grafana.example.org
deployments:
  - {name: eu, where: {cluster: eu}}
  - {name: us, where: {cluster: us.1}, severity: {page: critical}}
  - {name: staging, where: {cluster: st}, alerts: none}
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    (folder / "sloc.yaml").write_text(PROJECT)
    (folder / "web.slo").write_text(SERVICE)
    answer = sloc(folder, "build")
    assert answer.code == 0, answer.err
    return folder


def rules(built: Path, name: str) -> list[dict[str, Any]]:
    text = (built / "generated" / "prometheus" / name / "web.rules.yaml").read_text(encoding="utf-8")
    return [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]


class TestOtherAlerts:
    """`alerts NAME` of a deployment."""

    def test_they_replace_those_of_slos_that_alert(self) -> None:
        found, project, _ = program(CALM)
        assert found
        texts = render(found, "prometheus", project.options())
        read = {folder: yaml.safe_load(texts[f"{folder}/web.rules.yaml"])["groups"] for folder in ("eu", "calm")}
        alerts = {
            (folder, rule["alert"], rule["labels"]["slo"], rule["labels"]["severity"])
            for folder, groups in read.items()
            for group in groups
            for rule in group["rules"]
            if rule.get("alert") in ("SLOBurn", "SLONoData")
        }
        slos = {"web/answers", "web/speed", "web/raw"}
        assert {slo for folder, _, slo, severity in alerts if (folder, severity) == ("eu", "page")} == slos
        calm = {(alert, slo, severity) for folder, alert, slo, severity in alerts if folder == "calm"}
        assert calm == {(alert, slo, "ticket") for alert in ("SLOBurn", "SLONoData") for slo in slos}
        assert 'running{job="web",cluster="calm"}' in texts["calm/web.rules.yaml"]
        assert "running" not in texts["eu/web.rules.yaml"]

    def test_the_lines_have_to_fit_each_target(self) -> None:
        assert program(CALM, "alerts calm { ticket at 2% of budget in 1h }")[2] == ["E405"]  # the 90% of a route
        assert program(CALM, "alerts calm { ticket at 2% of budget in 1d }")[2] == ["E404"]

    def test_a_receiver_for_severities_that_only_a_deployment_has(self) -> None:
        found, _, _ = program(CALM, "alerts calm { notify at 20% of budget in 1d }")
        assert found
        assert owners(found)["notify"] == ["team"]

    def test_names_that_a_file_does_not_know(self) -> None:
        assert program(CALM.replace("alerts: calm", "alerts: calmer"))[2] == ["E511"]
        assert program(CALM, "")[2] == ["E511"]


class TestDeployed:
    """One program, in its places."""

    def test_values_in_raw_promql(self) -> None:
        where = (Matcher("cluster", "=", "a.b"), Matcher("c", "=", "d"))
        text = """x{cluster="$cluster",a=~'$cluster|$c',b="$clusters"} # "$cluster\n+ y{c=`$c`, d=~ "$window$"}"""
        assert mentioned(text, where) == (
            """x{cluster="a.b",a=~'a\\\\.b|d',b="$clusters"} # "$cluster\n+ y{c=`d`, d=~ "$window$"}"""
        )

    @pytest.mark.parametrize(("name", "value"), [("eu", "eu"), ("us", "us.1"), ("staging", "st")])
    def test_every_selector_and_everything_recorded_says_where(self, built: Path, name: str, value: str) -> None:
        for rule in rules(built, name):
            assert rule["labels"]["cluster"] == value
            for selector in selectors(rule["expr"]):
                said = [matcher for matcher in selector if matcher.label == "cluster"]
                assert said, rule["expr"]
                assert not never((Matcher("cluster", "=", value), *said)), rule["expr"]

    def test_nothing_else_differs(self, tmp_path: Path) -> None:
        (tmp_path / "web.slo").write_text(SERVICE[: SERVICE.index("  slo raw")] + "}\n")
        (tmp_path / "sloc.yaml").write_text(PROJECT.replace("us.1", "us"))
        (tmp_path / "plain.yaml").write_text("grafana_url: https://grafana.example.org\n")
        plain = sloc(tmp_path, "build", "-o", "-", "--target", "prometheus", "--project", "plain.yaml").out
        assert sloc(tmp_path, "build").code == 0
        ours = (tmp_path / "generated" / "prometheus" / "eu" / "web.rules.yaml").read_text(encoding="utf-8")
        for said in (',cluster="eu"', '{cluster="eu"}', ", cluster: eu", ", cluster eu", "?var-at_cluster=eu", "eu/"):
            assert said in ours
            ours = ours.replace(said, "{}" if said.startswith("{") else "")
        assert (
            ours == plain.replace("queue{}", "queue").replace("(queue)", "(queue{})") or ours.replace("{}", "") == plain
        )

    def test_alerts(self, built: Path) -> None:
        eu, us, staging = ([r for r in rules(built, name) if "alert" in r] for name in ("eu", "us", "staging"))
        assert len(eu) == len(us) > 5
        assert staging == []
        assert {rule["labels"]["severity"] for rule in eu} == {"page", "ticket"}
        assert {rule["labels"]["severity"] for rule in us} == {"critical", "ticket"}
        for rule in us:
            assert ", cluster us.1" in rule["annotations"]["summary"]
            name = rule["labels"].get("slo", rule["labels"]["service"]).replace("/", "_")
            assert rule["annotations"]["dashboard"] == f"https://grafana.example.org/d/sloc-{name}?var-at_cluster=us.1"

    def test_promtool_accepts_them(self, built: Path) -> None:
        check_rules(*(built / "generated" / "prometheus").glob("*/*.yaml"))

    def test_the_folder_of_one_that_is_gone_is_removed(self, tmp_path: Path) -> None:
        (tmp_path / "web.slo").write_text(SERVICE)
        (tmp_path / "sloc.yaml").write_text(PROJECT)
        assert sloc(tmp_path, "build").code == 0
        made = {name for name in files(tmp_path) if "/prometheus/" in name}
        assert made == {f"generated/prometheus/{name}/web.rules.yaml" for name in ("eu", "us", "staging")}
        (tmp_path / "sloc.yaml").write_text(PROJECT.replace("name: us", "name: usa"))
        assert "removed generated/prometheus/us/web.rules.yaml\n" in sloc(tmp_path, "build").out
        assert sloc(tmp_path, "build", "--check").code == 0

    def test_commands_that_tell_of_slos_tell_of_the_program(self, built: Path) -> None:
        for command in (["show"], ["explain", "web/answers"], ["check"], ["diff", ".", "."]):
            answer = sloc(built, *command)
            assert answer.code == 0, answer.err
            assert 'cluster="eu"' not in answer.out
        assert {slo["deployment"] for slo in json.loads(sloc(built, "show", "--json").out)["services"][0]["slos"]} == {
            None
        }

    def test_any_of_them(self) -> None:
        """On dashboards, what is no label of recorded series has the values of all."""
        entries = [
            {"name": name, "where": {"k8s": f"{name}.1", "cluster": name}, "labels": {"cluster": name}} for name in "ab"
        ]
        without_raw = SERVICE.partition("  slo raw")[0] + "}\n"
        program = deployed(compile_text(without_raw), anywhere(read({"deployments": entries})))
        indicator: Any = program.slos[0].indicator
        where = (Matcher("k8s", "=~", r"a\.1|b\.1"), Matcher("cluster", "=", "$cluster"))
        assert indicator.total[0].all[1:] == where
        assert mentioned('x{k8s="$k8s",cluster=~"$cluster"}', where) == (
            'x{k8s=~"a\\\\.1|b\\\\.1",cluster=~"$cluster"}'
        )


class TestDashboards:
    """They are shared: readers choose."""

    def test_every_query_asks_for_what_is_chosen(self, built: Path) -> None:
        folder = built / "generated" / "grafana" / "dashboards"
        for name, chosen in (("overview.json", '=~"$at_cluster"'), ("services/web.json", '="$at_cluster"')):
            made = json.loads((folder / name).read_text(encoding="utf-8"))
            exprs = [target["expr"] for panel in made["panels"] for target in panel.get("targets", ())]
            assert len(exprs) > 8
            for expr in exprs:
                asked = expr.replace("$__rate_interval", "5m").replace("$__range", "1h").replace("$__interval", "1m")
                for selector in selectors(re.sub(r"\(\$by\)", "(by_)", asked)):
                    said = [matcher.value for matcher in selector if matcher.label == "cluster"]
                    assert said
                    assert {value.strip("|") for value in said} == {"$at_cluster"}, expr
                assert f"cluster{chosen}" in expr
            variables = {variable["name"]: variable for variable in made["templating"]["list"]}
            assert variables["at_cluster"].get("multi", False) is ("overview" in name)

    def test_one_that_pages_are_called_otherwise_in(self, built: Path) -> None:
        overview = (built / "generated/grafana/dashboards/overview.json").read_text(encoding="utf-8")
        assert r"severity=~\"page|critical\"" in overview
        assert "var-at_cluster=${__data.fields.cluster}" in overview


class TestExceptions:
    """`except` with a label of deployments is about those that have its value."""

    TEXT = """service web {
  owner "web"
  stakeholders "product"
  slo answers 99% over 30d {
    events requests_total{job="web"}
    bad    {code=~"5.."}
    per    route
    except {cluster="CLUSTER", route="/a"} 2026-10-01T03:00Z to 2026-10-01T04:30Z because "INC-1"
    except {route="/b"} 2026-10-01T03:00Z to 2026-10-01T04:30Z because "INC-2"
  }
}
"""

    def test_it_is_in_the_rules_of_one(self) -> None:
        project, problems = load(Source("sloc.yaml", PROJECT))
        found, problems = analyse([Source("web.slo", self.TEXT.replace("CLUSTER", "us.1"))], project)
        assert found is not None, problems
        route = [Matcher("route", "=", value) for value in ("/a", "/b")]
        filters = {
            one.name: [each.filter for slo in deployed(found, one).slos for each in slo.exceptions]
            for one in project.deployments
        }
        assert filters == {"eu": [(route[1],)], "us": [(route[0],), (route[1],)], "staging": [(route[1],)]}

    def test_a_deployment_that_there_is_not(self) -> None:
        project, _ = load(Source("sloc.yaml", PROJECT))
        _, problems = analyse([Source("web.slo", self.TEXT.replace("CLUSTER", "us"))], project)
        (found,) = [one for one in problems if one.is_error]
        assert (found.code, found.message) == ("E253", 'no deployment has `cluster="us"`')
