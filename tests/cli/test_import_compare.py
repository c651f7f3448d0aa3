"""`sloc import --compare`: promtool computes the ratios of both tools; the page shows what it prints."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from slocompiler import grammar
from slocompiler.cli.clicked import group
from slocompiler.importers import compare
from slocompiler.importers.compare.scenes import SCENES
from support import binaries
from support.compile import ROOT

PAGE = (ROOT / "docs" / "coming-from-sloth.md").read_text("utf-8")
SLOTH = """version: prometheus/v1
service: shop
labels: {owner: storefront}
slos:
  - name: twice
    objective: 99
    sli: {raw: {error_ratio_query: '(sum(rate(a_total{code="500"}[5m])) + sum(rate(a_total{code=~"5.."}[5m]))) / sum(rate(a_total[5m]))'}}
  - name: raw
    objective: 99
    sli: {raw: {error_ratio_query: '0.5 * sum(rate(a_total{code="500"}[5m])) / sum(rate(a_total[5m]))'}}
  - name: absent
    objective: 99
    sli: {raw: {error_ratio_query: '(sum(rate(a_total{code="500"}[5m])) + sum(rate(a_total{code="501"}[5m]))) / sum(rate(a_total[5m]))'}}
"""
PYRRA = """apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: latency, namespace: search, labels: {pyrra.dev/team: finders}}
spec:
  target: "99"
  window: 4w
  indicator:
    latency:
      success: {metric: 'search_seconds_bucket{le="5.0"}'}
      total: {metric: search_seconds_count}
      grouping: [route]
"""


def sloc_import(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["import", *arguments, "-o", "slo", "--promtool", str(binaries.promtool())])


@pytest.mark.parametrize("option", ["--compare", "--compare=alerts"])
def test_the_page_shows_what_is_printed(option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sloth").mkdir()
    for name, text in re.findall(r"^```yaml file=(\S+)\n(.*?)^```", PAGE, re.M | re.S):
        (tmp_path / name).write_text(text, "utf-8")
    (shown,) = re.findall(rf"^```text\n\$ sloc import sloth/shop.yml -o slo {option}\n(.*?)^```", PAGE, re.M | re.S)
    done = sloc_import("sloth/shop.yml", option)
    assert done.exit_code == 0, done.output
    assert done.stdout.partition("\n\n")[2] == shown


def test_a_difference_without_a_reason_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other tool counts an event that matches both selectors twice. Pyrra's ratio is the same as ours."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(compare, "SCENES", SCENES[:1])
    (tmp_path / "a.yaml").write_text(SLOTH, "utf-8")
    (tmp_path / "b.yaml").write_text(PYRRA, "utf-8")
    done = sloc_import("a.yaml", "b.yaml", "--compare=all", "--format", "json")
    assert done.exit_code == 1
    data = json.loads(done.stdout)
    Draft202012Validator(json.loads(grammar.text("import.schema.json"))).validate(data)
    twice, raw, absent, latency = data["comparison"]
    assert (twice["slo"], twice["reason"]) == ("shop/twice", None)
    (scenario,) = twice["scenarios"]
    assert (scenario["equal"], scenario["why"]) == (False, None)
    assert scenario["theirs"] == pytest.approx(2 * scenario["true"], rel=1e-3)
    assert scenario["ours"] == pytest.approx(scenario["true"], rel=1e-3)
    assert raw == {
        "slo": "shop/raw",
        "reason": "no event is bad",
        "alerts": [],
        "scenarios": [],
    }
    assert (absent["slo"], absent["scenarios"]) == ("shop/absent", [])
    assert absent["reason"].startswith("Sloth's rules record nothing of the made-up series")
    (scenario,) = latency["scenarios"]
    assert (latency["slo"], scenario["equal"]) == ("search/latency", True)
    assert scenario["theirs"] == pytest.approx(scenario["true"], rel=1e-3)
    alone = sloc_import("b.yaml", "--force", "--compare")
    assert alone.exit_code == 0, alone.output
    assert re.search(r"^  even traffic with an outage .* equal$", alone.stdout, re.M)


LOW = """version: prometheus/v1
service: shop
labels: {owner: storefront}
slos:
  - name: low
    objective: 90
    sli: {events: {error_query: 'sum(rate(a_total{code="500"}[{{.window}}]))', total_query: 'sum(rate(a_total[{{.window}}]))'}}
    alerting: {ticket_alert: {disable: true}}
"""
UNEQUAL = """apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: errors, namespace: search, labels: {pyrra.dev/team: finders}}
spec:
  target: "99.9"
  window: 28d
  indicator:
    ratio:
      errors: {metric: 'b_total{code="500", path!="/healthz"}'}
      total: {metric: 'b_total{path!="/healthz"}'}
"""


def test_alerts_of_both_fire_on_the_same_traffic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time at which one fires and the other does not has a reason, by counting what its lines compare."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(compare, "SCENES", SCENES[:2])
    for name, text in (("a", LOW), ("b", PYRRA), ("c", UNEQUAL)):
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    done = sloc_import("a.yaml", "b.yaml", "c.yaml", "--compare=alerts", "--format", "json")
    assert done.exit_code == 0, done.output
    data = json.loads(done.stdout)
    Draft202012Validator(json.loads(grammar.text("import.schema.json"))).validate(data)
    found = {one["slo"]: {(x["name"], x["urgency"]): x for x in one["alerts"]} for one in data["comparison"]}
    outage, night = (scene.name for scene in SCENES[:2])
    low = found["shop/low"]
    assert low[outage, "page"]["theirs"] == []  # 14.4 times a budget of 10% is more than all events
    assert low[outage, "page"]["ours"]
    assert low[outage, "page"]["why"] == "it has 14.4× in 1h, 6× in 6h, here 5× in 1h"
    assert low[outage, "ticket"]["theirs"] == []
    latency = found["search/latency"]
    assert latency[outage, "page"]["true"] == list(range(12 * 3600, 13 * 3600, 300))
    assert 13 * 3600 in latency[outage, "page"]["theirs"]
    assert latency[outage, "page"]["why"] == "a page stays for 15 minutes, so that one incident pages once"
    assert latency[night, "page"]["why"] == "it waits for 15m"
    unequal = found["search/errors"]
    assert unequal[outage, "page"]["theirs"] == []
    assert unequal[outage, "page"]["why"] == "its alerts select by `!=` a label that its series do not have"


def test_a_time_without_a_reason_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other tool counts an event that matches both selectors twice: its alert fires where its lines are not met."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(compare, "SCENES", SCENES[1:2])
    quiet = SLOTH[: SLOTH.index("  - name: raw")]
    (tmp_path / "a.yaml").write_text(quiet, "utf-8")
    done = sloc_import("a.yaml", "--compare=alerts")
    assert done.exit_code == 1
    assert re.search(r"^  a quiet night fails more  page .* they differ, and no reason is known$", done.stdout, re.M)
