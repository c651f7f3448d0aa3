"""`--fail-on removed,silenced` stops every change after which nobody is alerted, wherever it is written, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command import Answer, sloc

SLO = """service shop "Shop" {
  owner        "shop"
  stakeholders "product"
  runbook      "https://runbooks.example.org/shop"

  slo availability "Shoppers get an answer" 99.9% over 30d {
    events  requests_total{job="shop"}
    bad     {code=~"5.."}
    because "Above 0.1% the support queue doubles."
  }
}
"""
EU_US = "deployments: [{name: eu, where: {at: eu}}, {name: us, where: {at: us}%s}]\n"


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    for side in ("before", "after"):
        (tmp_path / side).mkdir()
        (tmp_path / side / "shop.slo").write_text(SLO)
        (tmp_path / side / "sloc.yaml").write_text(EU_US % "")
    return tmp_path


def passed(gate: Path, kinds: str = "removed,silenced") -> Answer:
    return sloc(gate, "diff", "before", "after", "--fail-on", kinds)


@pytest.mark.parametrize(
    "settings",
    [
        EU_US % ", alerts: none",
        "deployments: [{name: eu, where: {at: eu}}]\n",
        f"{EU_US % ''}targets: {{prometheus: {{severities: {{page: info}}}}}}\n",
        f"{EU_US % ''}targets: {{prometheus: {{severities: {{page: wakes-nobody}}}}}}\n",
        EU_US % ", severity: {page: none}",
    ],
)
def test_settings_that_end_alerts_are_stopped(gate: Path, settings: str) -> None:
    (gate / "after/sloc.yaml").write_text(settings)
    answer = passed(gate)
    assert (answer.code, ": 1 SLO (--fail-on)\n" in answer.err) == (1, True), answer


@pytest.mark.parametrize(
    "settings",
    [
        EU_US % ", labels: {at: us}",
        f"{EU_US % ''}targets: {{prometheus: {{severities: {{page: Critical, ticket: warning}}}}}}\n",
        EU_US.replace("}]", "}, {name: asia, where: {at: asia}, alerts: none}]") % "",
        f"{EU_US % ''}retention: 20d\n",
    ],
)
def test_settings_that_end_none_are_not(gate: Path, settings: str) -> None:
    (gate / "after/sloc.yaml").write_text(settings)
    assert passed(gate).code == 0


def test_histories_that_start_over_have_a_kind(gate: Path) -> None:
    (gate / "after/sloc.yaml").write_text((EU_US % "").replace("{at: us}", "{at: us-2}"))
    assert passed(gate).code == 0
    assert passed(gate, "restarted").code == 1
    (gate / "after/sloc.yaml").write_text((EU_US % "").replace("at:", "region:"))
    assert passed(gate, "restarted").code == 1


def test_a_draft_of_a_live_slo_is_silenced(gate: Path) -> None:
    (gate / "after/shop.slo").write_text(SLO.replace("  slo ", "  draft slo "))
    assert passed(gate).code == 1


def test_standard_alerts_that_follow_the_window_are_not(gate: Path) -> None:
    (gate / "after/shop.slo").write_text(SLO.replace("30d", "7d"))
    assert passed(gate).code == 0
    (gate / "after/shop.slo").write_text(SLO.replace("99.9%", "45%"))
    assert passed(gate).code == 1, "no page is left for such a target"


def test_an_own_line_that_is_dropped_is_silenced_with_any_window(gate: Path) -> None:
    own = SLO.replace("    because", "    alerts { page at 2% of budget in 1h }\n    because")
    (gate / "before/shop.slo").write_text(own)
    (gate / "after/shop.slo").write_text(own.replace("30d", "7d").replace("page at", "ticket at"))
    assert passed(gate).code == 1
