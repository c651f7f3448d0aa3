"""Tests of `support.structure`: a change of prose leaves a structure as it is, a change of anything else does not."""

from __future__ import annotations

import re

import pytest

from slocompiler.targets import render
from slocompiler.targets.shared import Options
from support.compile import ROOT, compile_files
from support.structure import structure

OPTIONS = Options(grafana_url="https://grafana.example.org", docs_url="https://slo.example.org")
PROSE = [
    ("prometheus", r"(?m)^# .*", "# x"),
    ("prometheus", r'summary: ".*"', 'summary: "x"'),
    ("prometheus", r"(?m)^        [A-Z](?!.*(?:https://|query)).*$", "        x"),
    ("grafana", r'"title": "', '"title": "x '),
    ("grafana", r'"description": "[^"]*"', '"description": "x"'),
    ("grafana", r'"legendFormat": "[^"]*"', '"legendFormat": "x"'),
    ("grafana", r'"noValue": "[^"]*"', '"noValue": "x"'),
    ("docs", r"<p>[^<]*", "<p>x"),
    ("docs", r">[^<]+</h2>", ">x</h2>"),
    ("alertmanager", r"(?m)^# .*", "# x"),
]
MEANT = [
    ("prometheus", "interval: 30s", "interval: 31s"),
    ("prometheus", "for: 15m", "for: 16m"),
    ("prometheus", "severity: page", "severity: ticket"),
    ("prometheus", "owner: payments", "owner: shop"),
    ("prometheus", "0.0005 > 13.44", "0.0005 > 14.4"),
    ("prometheus", "[28d]", "[30d]"),
    ("prometheus", "record: slo:coverage:ratio", "record: slo:covered:ratio"),
    ("prometheus", "alert: SLONoData", "alert: SLOData"),
    ("prometheus", "query `slo:coverage:ratio", "query `slo:covered:ratio"),
    ("prometheus", "runbook_url: ", "runbook: "),
    ("prometheus", "/d/sloc-payments", "/d/sloc-shop"),
    ("grafana", '"type": "stat"', '"type": "gauge"'),
    ("grafana", '"x": 8', '"x": 9'),
    ("grafana", '"unit": "suffix:×"', '"unit": "short"'),
    ("grafana", '"color": "red"', '"color": "green"'),
    ("grafana", '"value": 0.00672', '"value": 0.0072'),
    ("grafana", "slo:burn_rate:ratio", "slo:burned:ratio"),
    ("grafana", '"instant": true', '"instant": false'),
    ("grafana", '"timeFrom": "28d"', '"timeFrom": "30d"'),
    ("grafana", '"uid": "sloc-payments"', '"uid": "sloc-shop"'),
    ("grafana", "label_values(slo:info, service)", "label_values(slo:info, owner)"),
    ("grafana", '"id": "merge"', '"id": "join"'),
    ("grafana", '"refresh": "1m"', '"refresh": "5m"'),
    ("docs", "https://runbooks.example.org/payments", "https://runbooks.example.org/shop"),
    ("docs", 'id="alerts"', 'id="alarms"'),
    ("docs", "slo:burn_rate:ratio", "slo:burned:ratio"),
    ("docs", "<svg", "<img"),
    ("docs", "<table", "<div"),
    ("alertmanager", 'repeat_interval: "4h"', 'repeat_interval: "5h"'),
    ("alertmanager", "severity=", "owner="),
    ("alertmanager", "equal: [slo]", "equal: [service]"),
]


def changed(target: str, pattern: str, after: str) -> bool:
    """Whether the structure of what is rendered changes with every text that fits a pattern."""
    rendered = render(compile_files(ROOT / "examples" / "payments.slo"), target, OPTIONS)
    altered = {name: re.sub(pattern, after, text) for name, text in rendered.items()}
    assert altered != rendered, pattern
    return structure(target, altered) != structure(target, rendered)


@pytest.mark.parametrize(("target", "pattern", "after"), PROSE)
def test_prose_is_not_in_it(target: str, pattern: str, after: str) -> None:
    assert not changed(target, pattern, after)


@pytest.mark.parametrize(("target", "before", "after"), MEANT)
def test_what_machines_read_is(target: str, before: str, after: str) -> None:
    assert changed(target, re.escape(before), after)
