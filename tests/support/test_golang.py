"""Tests of `support.golang`: the Go program finds what Kubernetes and the operator refuse or drop of resources."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support import golang

RESOURCE = """apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: a.b
  labels: {release: "on"}
spec:
  groups:
  - name: g
    interval: 1m30s
    rules:
    - {record: r, expr: up, labels: {slo: a/b}}
    - {alert: A, expr: r > 1, for: 5m, keep_firing_for: 1h, annotations: {summary: s}}
  - name: h
    query_offset: 30s
    partial_response_strategy: WARN
    rules: []
"""
FAULTS = {
    "an unknown key": ("interval: 1m30s", "colour: red", 'unknown field "spec.groups[0].colour"'),
    "an unknown key in a rule": ("for: 5m", "four: 5m", 'unknown field "spec.groups[0].rules[1].four"'),
    "a key in capitals": ("for: 5m", "For: 5m", 'unknown field "spec.groups[0].rules[1].For"'),
    "a key twice": ("expr: up", "expr: up, expr: down", 'key "expr" already set in map'),
    "a label that is a number": ("slo: a/b", "slo: 1", "cannot unmarshal number into Go struct field"),
    "an annotation that is a list": ("summary: s", "summary: []", "cannot unmarshal array into Go struct field"),
    "an expression with a fraction": (
        "expr: up",
        "expr: 0.5",
        "cannot unmarshal number 0.5 into Go struct field",
    ),
    "rules that are a mapping": ("rules: []", "rules: {}", "cannot unmarshal object into Go struct field"),
    "no YAML": ("spec:", "spec: [", "yaml: line 7"),
    "an interval in words": ("1m30s", "1 minute", "spec.groups[0].interval: no duration"),
    "an interval with a fraction": ("1m30s", "1.5m", "spec.groups[0].interval: no duration"),
    "an offset before the event": ("30s\n    partial", "-30s\n    partial", "spec.groups[1].query_offset: no duration"),
    "units in the wrong order": ("5m", "5m1h", "spec.groups[0].rules[1].for: no duration"),
    "no time to go on firing": ("1h", "''", "spec.groups[0].rules[1].keep_firing_for: empty"),
    "another strategy": ("WARN", "hope", "spec.groups[1].partial_response_strategy: neither abort nor warn"),
    "a group without a name": ("name: h", "name: ''", "spec.groups[1].name: missing or empty"),
    "two groups with a name": ("name: h", "name: g", "spec.groups[1].name: the name of an earlier group"),
    "no groups": (RESOURCE.partition("spec:\n")[2], "  groups: []\n", "spec.groups: missing or empty"),
    "no expression": ("expr: up, ", "", "spec.groups[0].rules[0].expr: missing or 0"),
    "a rule that records and alerts": (
        "alert: A",
        "alert: A, record: r",
        "spec.groups[0].rules[1]: not exactly one of",
    ),
    "a rule that does neither": ("record: r, ", "", "spec.groups[0].rules[0]: not exactly one of record and alert"),
    "a name in capitals": ("name: a.b", "name: A", 'metadata.name: Invalid value: "A"'),
    "no name": ("name: a.b", "namespace: a", "metadata.name: Required value"),
    "a label that Kubernetes refuses": ('"on"', '"-on"', 'metadata.labels: Invalid value: "-on"'),
    "another version": ("com/v1", "com/v2", 'no kind "PrometheusRule" is registered for version'),
    "another kind": ("kind: PrometheusRule", "kind: Prometheus", 'unknown field "spec.groups"'),
}
ALERTS = """apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata: {name: a}
spec:
  route:
    receiver: r
    matchers: [{name: a, matchType: "=", value: c}]
    groupBy: [service]
    routes:
    - {matchers: [{name: a, matchType: "=~", value: b}], receiver: r, repeatInterval: 4h}
  inhibitRules:
  - sourceMatch: [{name: b, matchType: "=", value: c}]
    targetMatch: [{name: d, matchType: "=", value: c}]
    equal: [slo]
  receivers:
  - name: r
    pagerdutyConfigs: [{routingKey: {name: s, key: k}}]
    slackConfigs: [{apiURL: {name: s-2, key: k}}]
    webhookConfigs: [{url: "http://a"}]
"""
FAULTS_OF_ALERTS = {
    "a key of the file": ("groupBy", "group_by", 'unknown field "spec.route.group_by"'),
    "a key of the file in a child": ("repeatInterval", "repeat_interval", 'unknown field "repeat_interval"'),
    "a receiver that is missing": ("receiver: r, ", "receiver: x, ", "spec.route.routes[0].receiver: no receiver"),
    "a receiver twice": ("  - name: r", "  - name: r\n  - name: r", "spec.receivers[1].name: the name of an earlier"),
    "no receiver": ("receiver: r\n", "receiver: ''\n", "spec.route.receiver: missing or empty"),
    "a time in words": ("4h", "4 hours", "spec.route.routes[0].repeatInterval: no duration"),
    "an unknown operator": ('"=~"', '"~"', "spec.route.routes[0].matchers: invalid 'matchType'"),
    "no operator": (
        '"=", value: c}]\n    e',
        "'', value: c}]\n    e",
        "spec.inhibitRules[0].targetMatch: no matchType",
    ),
    "no secret": ("routingKey: {name: s, key: k}", "severity: error", "spec.receivers[0].pagerdutyConfigs.routingKey"),
    "a secret with a name in capitals": ("s-2", "S", "spec.receivers[0].slackConfigs.apiURL: a lowercase RFC 1123"),
    "no address": ("http://a", "ftp://a", "spec.receivers[0].webhookConfigs.url: no address"),
}
CONFIG_MAP = """apiVersion: v1
kind: ConfigMap
metadata: {name: a, labels: {grafana_dashboard: "1"}, annotations: {grafana_folder: "SLOs: details"}}
data: {a.json: b}
"""
FAULTS_OF_DATA = {
    "a number as a label": ('"1"', "1", "cannot unmarshal number into Go struct field"),
    "a key with a slash": ("a.json", "a/b.json", "data[a/b.json]: a valid config key"),
    "a text that is too long": (": b}", f": {'b' * (2**20 + 1)}}}", "data: 1048577 bytes, of at most 1048576"),
    "data that is no text": (": b}", ": {}}", "cannot unmarshal object into Go struct field"),
}
EVERY = [
    (RESOURCE, FAULTS),
    (ALERTS, FAULTS_OF_ALERTS),
    (CONFIG_MAP, FAULTS_OF_DATA),
]


@pytest.mark.parametrize(
    ("right", "fault"),
    [pytest.param(right, fault, id=name) for right, faults in EVERY for name, fault in faults.items()],
)
def test_a_fault_is_found(
    right: str, fault: tuple[str, str, str], resource_problems: Callable[[Path], list[str]], tmp_path: Path
) -> None:
    before, after, said = fault
    assert before in right
    (tmp_path / "wrong.yaml").write_text(right.replace(before, after, 1))
    (tmp_path / "right.yaml").write_text(right)
    found = resource_problems(tmp_path)
    assert [line.partition(":")[0] for line in found] == ["wrong.yaml"], found
    assert said in found[0]


def test_a_program_that_is_built_needs_no_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    golang.cache_file().parent.mkdir()
    golang.cache_file().touch()
    assert golang.program() == golang.cache_file()
    assert golang.absent() == ""


def test_without_go_tests_are_skipped_but_fail_in_ci(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    assert golang.absent().startswith("go is not on PATH")
    assert golang.main() == 0
    monkeypatch.setenv("CI", "true")
    assert golang.absent() == ""
    assert golang.main() == 1
    with pytest.raises(RuntimeError, match="go is not on PATH: install Go"):
        golang.program()
    assert capsys.readouterr().err == f"{golang.MISSING}\n"


def test_what_go_says_is_shown_where_it_cannot_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "go").write_text("#!/bin/sh\necho >&2 'no network'; exit 1\n")
    (tmp_path / "go").chmod(0o755)
    with pytest.raises(RuntimeError, match="`go build` in tests/support/kubernetes failed:\nno network"):
        golang.program()
    assert list((tmp_path / "cache" / "sloc").iterdir()) == []


@pytest.mark.skipif(not shutil.which("gofmt"), reason="gofmt is not on PATH")
def test_the_programs_have_the_layout_of_gofmt() -> None:
    folders = [str(golang.source(name)) for name in (golang.KUBERNETES, golang.OPENSLO)]
    shown = subprocess.run(["gofmt", "-l", *folders], capture_output=True, text=True, check=True)
    assert shown.stdout == ""
