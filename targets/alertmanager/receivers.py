"""The receivers: one for each owner and severity, and for each severity one for owners that are not known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from slocompiler.ir import SEVERITIES, Program, Severity
from slocompiler.targets.alertmanager.options import chosen
from slocompiler.targets.alertmanager.text import Secret
from slocompiler.targets.prometheus.alerts import budget_lines
from slocompiler.targets.shared import Options

TITLE = (
    '{{ $all := .Alerts }}{{ if eq .Status "firing" }}{{ $all = .Alerts.Firing }}{{ else }}Resolved: {{ end }}'
    "{{ (index $all 0).Annotations.summary }}{{ with slice $all 1 }}, and {{ len . }} more{{ end }}"
)
"""The summary of the first alert of a group, and the number of the others. Phones show it: for Slack, as the fallback."""
TEXT = """{{ range .Alerts.Firing }}{{ if slice $.Alerts.Firing 1 }}*{{ .Annotations.summary }}*
{{ end }}{{ .Annotations.description }}

{{ end }}{{ range .Alerts.Resolved }}Resolved: {{ .Annotations.summary }}
{{ end }}"""
"""The description of each alert, below its summary if there are several."""
URGENCY = {"page": "critical", "ticket": "warning", "notify": "info"}
"""The severities of PagerDuty."""


def owners(program: Program) -> dict[Severity, list[str]]:
    """The owners of alerts of each severity."""
    found: dict[Severity, set[str]] = {severity: set() for severity in SEVERITIES}
    for service in program.services:
        for slo in service.slos:
            for severity in {
                *(line.severity for one in slo.everywhere for line in one.every_alert),
                *(severity for severity, *_ in budget_lines(slo)),
            }:
                found[severity].add(service.owner)
    return {severity: sorted(names) for severity, names in found.items()}


def name(severity: Severity, owner: str = "") -> str:
    """The name of a receiver; without an owner, of the one for the other owners."""
    return f"slo-{owner}-{severity}" if owner else f"slo-{severity}"


def receivers(program: Program, options: Options) -> Iterator[dict[str, Any]]:
    """The receivers by severity, for the other owners first."""
    for severity, known in owners(program).items():
        for owner in ("", *known):
            yield {"name": name(severity, owner), **_integrations(severity, secret(owner), options)}


def secret(owner: str) -> str:
    """The Kubernetes Secret of an owner, and the folder of its secret files: `slo-payments`, with a hash if that is not the name."""
    plain = re.sub("[^a-z0-9]+", "-", owner.lower()).strip("-")[:40].strip("-")
    different = "" if plain == owner else sha256(owner.encode()).hexdigest()[:8]
    return "-".join(filter(None, ("slo", plain, different)))


def _integrations(severity: Severity, of: str, options: Options) -> dict[str, Any]:
    """What notifies: `of` is the Secret of the owner."""
    own = chosen(options)
    every: dict[str, dict[str, Any]] = {
        "pagerduty": {
            "routing_key": Secret(of, "pagerduty"),
            "severity": URGENCY[severity],
            "description": TITLE,
        },
        "slack": {"api_url": Secret(of, "slack"), "title": TITLE, "fallback": TITLE, "text": TEXT},
        "webhook": {"url": own.webhook},
    }
    return {f"{one}_configs": [every[one]] for one in dict.fromkeys(own.receivers.get(severity, ()))}
