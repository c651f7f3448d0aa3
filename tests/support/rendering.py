"""Has a real Prometheus render the texts of alerts from recorded series that are made up."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict

import yaml

from support.server import Prometheus

STEP = 15
AHEAD = 300  # samples reach past now, so that a slow start finds every range as full as a quick one does
FAILED = "<error expanding template"


class Alert(TypedDict):
    """An alert as Prometheus shows it; state is pending or firing."""

    labels: dict[str, str]
    annotations: dict[str, str]
    state: str


def render_alerts(rules_yaml: str, series: Mapping[str, float], folder: Path, hours: int = 2) -> list[Alert]:
    """The alerts that these rules raise, sorted by labels, where each series was constant for the last hours.

    Recording rules are dropped and every group is evaluated each second, whatever its interval says. An alert
    with a `for` is pending, with its texts rendered.
    """
    rules = _alerting_only(rules_yaml)
    if not rules["groups"]:
        return []
    server = Prometheus(folder, rules=[yaml.safe_dump(rules, sort_keys=False)])
    server.backfill(_history(series, hours))
    with server:
        server.wait_for(lambda: _evaluated(server), 15, "evaluation of every alerting rule")
        found = [_alert(shown) for shown in server.alerts()]
        failed = _unhealthy(server)
    assert not failed, "\n".join(failed)
    for alert in found:
        texts = [*alert["labels"].values(), *alert["annotations"].values()]
        assert not any(FAILED in text for text in texts), f"a template fails: {alert}"
    return sorted(found, key=lambda alert: sorted(alert["labels"].items()))


def _alert(shown: Mapping[str, Any]) -> Alert:
    return Alert(labels=shown["labels"], annotations=shown["annotations"], state=shown["state"])


def _alerting_only(rules_yaml: str) -> dict[str, Any]:
    groups = [
        {**group, "interval": "1s", "rules": [rule for rule in group["rules"] if "alert" in rule]}
        for group in (yaml.safe_load(rules_yaml) or {}).get("groups") or ()
    ]
    return {"groups": [group for group in groups if group["rules"]]}


def _history(series: Mapping[str, float], hours: int) -> str:
    now = int(time.time())
    times = range(now - hours * 3600, now + AHEAD, STEP)
    samples = (f"{name} {value!r} {at}\n" for name, value in series.items() for at in times)
    return "".join(samples) + "# EOF\n"


def _evaluated(server: Prometheus) -> bool:
    return all(rule["health"] != "unknown" for rule in server.rules())


def _unhealthy(server: Prometheus) -> list[str]:
    failed = [rule for rule in server.rules() if rule["health"] == "err"]
    return [f"alert {rule['name']}: {rule['lastError']}" for rule in failed]
