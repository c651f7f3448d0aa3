"""What the project file sets reaches the rules, and promtool accepts them under every set of options."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.command import files, sloc
from support.promtool import check_rules

SLO = """service NAME {
  owner "team" runbook "https://runbooks.example.org/${slo}"
  slo x "Answers" 99.9% over 30d {
    events requests_total{job="a"} bad {code=~"5.."}
    labels { area = "web" }
    alerts {
      page at 2% of budget in 1h
      page when exhausted within 4h
      ticket at 10% of budget in 1d
      notify when budget below 50%
      ticket when no data for 15m
    }
  }
}
"""
OPTIONS = {
    "none": "{}",
    "economy": "targets: {prometheus: {profile: economy}}",
    "three": 'targets: {prometheus: {server: "3.0"}}',
    "without catching up": "targets: {prometheus: {catch_up: no}}",
    "late series": "targets: {prometheus: {late_series: yes}}",
    "often": "{scrape_interval: 10s, evaluation_interval: 10s}",
    "seldom": "{scrape_interval: 1m, evaluation_interval: 1m}",
    "all": """
scrape_interval: 20s
evaluation_interval: 10s
retention: 1w
grafana_url: https://grafana.example.org/
docs_url: https://slo.example.org/{{/
targets:
  prometheus:
    server: "3.1.0"
    profile: economy
    late_series: true
    severities: {page: critical, ticket: "{{ $value }}", notify: "yes"}
    labels: {team: "{{", area: everything, prio: "1"}
""",
}


def built(folder: Path, project: str, source: str = SLO.replace("NAME", "web")) -> list[dict[str, Any]]:
    """Every rule of a build with these options; promtool accepts them."""
    (folder / "sloc.yaml").write_text(project)
    (folder / "a.slo").write_text(source)
    answer = sloc(folder, "build")
    assert answer.code == 0, answer.err
    (path,) = (folder / "generated" / "prometheus").iterdir()
    check_rules(path)
    groups = yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def alerts(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [rule for rule in rules if "alert" in rule]


@pytest.mark.parametrize("name", OPTIONS)
def test_promtool_accepts_them(name: str, tmp_path: Path) -> None:
    rules = built(tmp_path, OPTIONS[name])
    assert {rule["alert"] for rule in alerts(rules)} == {"SLOBurn", "SLOBudget", "SLONoData"}


def ranges_of_raw_series(rules: list[dict[str, Any]], *records: str) -> set[str]:
    chosen = [rule["expr"] for rule in rules if rule.get("record") in records]
    assert len(chosen) == len(records)
    return {found for expr in chosen for found in re.findall(r"requests_total\{[^}]*\}\[(\w+)\]", expr)}


def test_economy_reads_five_minutes_of_raw_series(tmp_path: Path) -> None:
    short = ("slo:error_ratio:rate5m", "slo:error_ratio:rate20m", "slo:error_ratio:rate1h", "slo:error_ratio:rate2h")
    slo = SLO.replace("NAME", "web").replace("page when", "page at 4% of budget in 4h page when")
    assert ranges_of_raw_series(built(tmp_path, OPTIONS["none"], slo), *short) == {"20m", "1h"}
    assert ranges_of_raw_series(built(tmp_path, OPTIONS["economy"], slo), *short) == set()


def test_economy_derives_from_what_was_recorded(tmp_path: Path) -> None:
    rules = {rule.get("record"): rule["expr"] for rule in built(tmp_path, OPTIONS["economy"])}
    assert 'sum_over_time(slo:errors:rate5m{slo="web/x"}[1h])' in rules["slo:error_ratio:rate1h"]


def test_severities_are_translated(tmp_path: Path) -> None:
    def severities(project: str) -> set[str]:
        return {rule["labels"]["severity"] for rule in alerts(built(tmp_path, project))}

    assert severities(OPTIONS["none"]) == {"page", "ticket", "notify"}
    assert severities("targets: {prometheus: {severities: {page: P1}}}") == {"P1", "ticket", "notify"}


def test_labels_are_on_every_alert_and_slo_info_and_nowhere_else(tmp_path: Path) -> None:
    rules = built(tmp_path, "targets: {prometheus: {labels: {team: a, area: everything}}}")
    labelled = [*alerts(rules), *(rule for rule in rules if rule.get("record") == "slo:info")]
    assert {(rule["labels"]["team"], rule["labels"]["area"]) for rule in labelled} == {("a", "web")}, "an SLO's win"
    assert all("team" not in rule["labels"] for rule in rules if rule not in labelled)


def test_pages_about_burn_rates_are_kept(tmp_path: Path) -> None:
    def kept(project: str) -> set[tuple[str, str]]:
        rules = alerts(built(tmp_path, project))
        return {(rule["labels"]["severity"], rule["keep_firing_for"]) for rule in rules if "keep_firing_for" in rule}

    assert kept(OPTIONS["none"]) == {("page", "15m")}
    assert kept("targets: {prometheus: {keep_firing_for: 0s}}") == set()


def test_intervals_reach_the_rules(tmp_path: Path) -> None:
    built(tmp_path, OPTIONS["all"])
    (path,) = (tmp_path / "generated" / "prometheus").iterdir()
    groups = yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
    assert [group["interval"] for group in groups] == ["10s", "5m", "1m"]


@pytest.mark.parametrize("service", ["web", "s" * 33, "s" * 34, "a-service-with-a-name-that-nobody-wants-to-type"])
def test_alerts_link_to_dashboard_and_page(service: str, tmp_path: Path) -> None:
    project = "{grafana_url: 'https://grafana.example.org/x/', docs_url: 'https://slo.example.org'}"
    rules = alerts(built(tmp_path, project, SLO.replace("NAME", service)))
    (dashboard,) = {rule["annotations"]["dashboard"] for rule in rules}
    uid = dashboard.removeprefix("https://grafana.example.org/x/d/")
    assert re.fullmatch("[a-z0-9_-]{1,40}", uid), "what Grafana takes for a uid"
    assert (uid == f"sloc-{service}_x") == (len(service) <= 33)
    assert {rule["annotations"]["documentation"] for rule in rules} == {f"https://slo.example.org/{service}/x.html"}


def test_nothing_is_linked_where_nothing_is_known(tmp_path: Path) -> None:
    names = {name for rule in alerts(built(tmp_path, "{}")) for name in rule["annotations"]}
    assert names == {"summary", "description", "runbook_url"}


def test_a_window_beyond_retention_is_warned_of(tmp_path: Path) -> None:
    (tmp_path / "a.slo").write_text(SLO.replace("NAME", "web"))
    for retention, warned in (("29d", True), ("30d", False), ("1y", None)):
        (tmp_path / "sloc.yaml").write_text(f"retention: {retention}")
        answer = sloc(tmp_path, "check")
        assert ("warning[W305]: the window is 30d, but data is kept for 29d" in answer.err) is (warned is True)
        assert answer.code == (1 if warned is None else 0), "there are no years: w, d, h, m, s"


def test_names_beyond_the_old_alphabet_need_a_server_that_knows_them(tmp_path: Path) -> None:
    slo = SLO.replace("NAME", "web").replace('requests_total{job="a"}', '{"http.requests", "service.name"="a"}')
    (tmp_path / "a.slo").write_text(slo)
    refused = sloc(tmp_path, "build")
    assert (refused.code, refused.err.count("error[E412]"), 'server: "3.0"' in refused.err) == (1, 2, True)
    assert "generated" not in files(tmp_path)
    (tmp_path / "sloc.yaml").write_text(OPTIONS["three"])
    assert sloc(tmp_path, "build").code == 0
    assert '{"http.requests","service.name"="a"}' in (tmp_path / "generated/prometheus/web.rules.yaml").read_text()


def test_slices_shorter_than_a_scrape_are_warned_of(tmp_path: Path) -> None:
    (tmp_path / "sloc.yaml").write_text("scrape_interval: 1m\nevaluation_interval: 15s\n")
    for length, code, said in (
        ("30s", 0, "warning[W320]: time slices of 30s are shorter than the scrape interval of 1m"),
        ("59s", 0, "warning[W320]: time slices of 59s are shorter than the scrape interval of 1m"),
        ("1m", 0, ""),
        ("14s", 1, "error[E417]: time slices of 14s are too short: rules are evaluated every 15s"),
    ):
        slo = f"slices {length} good when max(queue_length{{}}) < 5 alerts none"
        (tmp_path / "a.slo").write_text(f'service a {{\n owner "a"\n slo x 99% over 30d {{ {slo} }}\n}}\n')
        answer = sloc(tmp_path, "check")
        assert (answer.code, "W320" in answer.err or "E417" in answer.err) == (code, bool(said))
        assert said in answer.err


def test_scrapes_tell_how_many_nines_a_window_holds(tmp_path: Path) -> None:
    (tmp_path / "a.slo").write_text(SLO.replace("NAME", "web").replace("99.9%", "99.999%"))
    for project, warned in (("{}", True), ("{scrape_interval: 10s, evaluation_interval: 10s}", False)):
        (tmp_path / "sloc.yaml").write_text(project)
        answer = sloc(tmp_path, "check")
        assert ("warning[W317]: 99.999% over 30d allows 25.92 seconds" in answer.err) is warned
