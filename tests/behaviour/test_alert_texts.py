"""The texts and labels of every alert, as a real Prometheus renders them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import indent

import pytest

from slocompiler.targets import render
from slocompiler.targets.shared import Options
from support.compile import ROOT, compile_files, rules
from support.rendering import Alert, render_alerts

pytestmark = pytest.mark.usefixtures("every_prometheus")

GOLDEN = ROOT / "tests" / "golden" / "alerts"
CHECKOUT = ROOT / "examples" / "checkout.slo"
LINKED = Options(grafana_url="https://grafana.example.org", docs_url="https://docs.example.org")

BURNING = {
    "error_ratio:rate5m": 0.0183,
    "error_ratio:rate30m": 0.0162,
    "error_ratio:rate1h": 0.0147,
    "error_ratio:rate2h": 0.0102,
    "error_ratio:rate6h": 0.0081,
    "error_ratio:rate1d": 0.0041,
    "error_ratio:rate3d": 0.0016,
    "events:rate5m": 110.0,
    "errors:rate5m": 2.0,
    "age:seconds": 40 * 86_400,
    "budget_left:ratio": 0.183,
    "coverage:ratio": 0.9973,
}
CALM = {name: value / 100 for name, value in BURNING.items() if name.startswith("err")}
"""The state of the other SLOs of the file, which stay silent."""
STATES: dict[str, Mapping[str, float]] = {
    "burning": BURNING,
    "burning-when-exhausted": BURNING
    | {"budget_left:ratio": -0.42, "error_ratio:rate5m": 29.7},  # all events stand still
    "burning-slowly": BURNING
    | {"error_ratio:rate5m": 0.002, "error_ratio:rate1h": 0.002, "error_ratio:rate6h": 0.0021}
    | {"error_ratio:rate30m": 0.002, "budget_left:ratio": 0.5},
    "exhausted": BURNING | CALM | {"budget_left:ratio": -0.1234, "coverage:ratio": 1.0},
    "young-and-low": BURNING | CALM | {"budget_left:ratio": 0.2, "coverage:ratio": 0.2},
    "unclassified": {"events:rate5m": 110.0},
    "gone": {},
}

ODD = """quotes " and ', \\backslash\\n, `ticks` {{ $value }} {{- "x" -}} {{ end }} {brace} }} ${x} 100% %s 🚨 <b> & - # : é"""
LINES = "first line\nsecond line: {{\n  third {"
HOSTILE = """service odd "x" {
  owner ODD stakeholders ODD, LINES runbook ODD
  link LINES ODD labels { tier = ODD, team = LINES }
  slo odd ODD 99.9% over 30d {
    events requests_total{job="odd", path=ODD}
    bad {code=ODD}
    because LINES
    alerts { page at 2% of budget in 1h ticket when budget below 25% ticket when no data for 5m }
  }
  policy { below 25% ODD exhausted LINES notify }
}"""


def quoted(text: str) -> str:
    """A string of the language."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("${", "$${")
    return f'"{escaped}"'


def recorded(slo: str, state: Mapping[str, float]) -> dict[str, float]:
    """The recorded series of an SLO."""
    service = slo.partition("/")[0]
    return {f'slo:{name}{{slo="{slo}",service="{service}"}}': value for name, value in state.items()}


def shown(alerts: list[Alert]) -> str:
    """Alerts as readable text."""
    parts = []
    for alert in alerts:
        labels = dict(alert["labels"])
        lines = [f"{labels.pop('alertname')} ({labels.pop('severity')})"]
        lines += [f"  {name} = {value!r}" for name, value in sorted(labels.items())]
        lines += [f"  {name}:\n{indent(text, '    ')}" for name, text in sorted(alert["annotations"].items())]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


class TestTexts:
    """The alerts of an SLO in each state that alerts."""

    @pytest.mark.parametrize("state", STATES)
    def test_of_the_checkout(self, state: str, tmp_path: Path, golden: Callable[[Path, str], None]) -> None:
        series = recorded("checkout/availability", STATES[state])
        for other in ("checkout/payment", "checkout/latency"):
            series |= recorded(other, BURNING | CALM | {"budget_left:ratio": 0.9})
        (text,) = render(compile_files(CHECKOUT), "prometheus", LINKED).values()
        found = render_alerts(text, series, tmp_path)
        assert found
        assert all(alert["labels"]["slo"] == "checkout/availability" for alert in found)
        golden(GOLDEN / f"checkout-{state}.txt", shown(found))


class TestHostileText:
    """User text is shown as written: none of it acts as YAML, PromQL or a template."""

    @pytest.mark.parametrize("state", ["burning", "exhausted", "gone"])
    def test_arrives(self, state: str, tmp_path: Path, golden: Callable[[Path, str], None]) -> None:
        text = HOSTILE.replace("ODD", quoted(ODD)).replace("LINES", quoted(LINES))
        found = render_alerts(rules(text, LINKED), recorded("odd/odd", STATES[state]), tmp_path)
        assert found
        for alert in found:
            assert (alert["labels"]["owner"], alert["labels"]["tier"], alert["labels"]["team"]) == (ODD, ODD, LINES)
            assert alert["annotations"]["runbook_url"] == ODD
            description = alert["annotations"]["description"]
            assert f"Agreed with {ODD}, {LINES}. {LINES}\n" in description
            assert f"Runbook: {ODD}\nDashboard: https://" in description
            assert f".html\n{LINES}: {ODD}" in description
            if alert["labels"]["alertname"] == "SLOBudget":
                action = LINES if alert["labels"]["below"] == "0%" else ODD
                assert f"Agreed action: {action}\n" in description
        golden(GOLDEN / f"hostile-{state}.txt", shown(found))


SITUATIONS = """service shop "Shop" {
  owner "x" stakeholders "y" runbook "https://runbooks.example.org"
  slo queue "Short queue" 99% over 30d { slices 1m good when max(queue{}) < 5 because "z" }
  slo lag "Small lag" 99% over 30d { slices 1m good when max(lag{}) < 5 because "z" }
  slo pages "Fast pages" 99% over 30d {
    events http_requests_seconds{job="shop"} good below 300ms exclude {code="499", path="/x"} "Gone." because "z"
  }
}
"""


def test_what_is_wrong_now(tmp_path: Path) -> None:
    """The value that slices judge, or that there is none; the bound of a latency; exclusions of several labels."""
    names = ("shop/queue", "shop/lag", "shop/pages")
    burning = BURNING | {"error_ratio:rate5m": 0.5, "error_ratio:rate1h": 0.5, "error_ratio:rate1d": 0.5}
    series = {name: value for slo in names for name, value in recorded(slo, burning).items()}
    found = render_alerts(rules(SITUATIONS), series | {"queue": 12}, tmp_path)
    texts = {(one["labels"]["slo"], one["labels"]["severity"]): one["annotations"] for one in found}
    rate = "(50.0x, budget gone in 2h 38m)"
    assert texts["shop/queue", "page"]["summary"] == f"Shop: Short queue: 12 is too high {rate}"
    assert "\nNow: 12, too high.\n" in texts["shop/queue", "page"]["description"]
    assert texts["shop/lag", "page"]["summary"] == f"Shop: Small lag: no data {rate}"
    slow = texts["shop/pages", "page"]
    assert slow["summary"] == f"Shop: Fast pages: 50% of requests take more than 300 ms {rate}"
    assert ', without {code="499",path="/x"}\n' in slow["description"]
    assert "First stop the damage" in slow["description"]
