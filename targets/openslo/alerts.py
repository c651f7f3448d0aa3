"""The burn-rate lines of an SLO as alert policies of OpenSLO: one window each, because a policy has one condition."""

from __future__ import annotations

from typing import Any

from slocompiler import burn
from slocompiler.ir import Burn, NoData, Slo
from slocompiler.promql import number
from slocompiler.targets.openslo.indicator import duration
from slocompiler.targets.openslo.text import Number
from slocompiler.targets.shared import Options, severity_name


def policies(slo: Slo, options: Options) -> list[dict[str, Any]]:
    """A policy for each burn-rate line; the first one has the alert about missing data."""
    found = list[dict[str, Any]]()
    names = dict[str, int]()
    for line in slo.alerts:
        if not isinstance(line, Burn):
            continue
        name = f"{line.severity}-{duration(line.window)}"
        names[name] = names.get(name, 0) + 1
        name = f"{name}-{names[name]}" if names[name] > 1 else name
        severity = severity_name(line.severity, None, options)
        condition = {
            "kind": "burnrate",
            "op": "gt",
            "threshold": Number(number(burn.line_factor(line, slo.target, slo.window))),
            "lookbackWindow": duration(line.window),
        }
        absent = {"alertWhenNoData": True} if not found and _watches(slo) else {}
        spec = {
            **absent,
            "alertWhenBreaching": True,
            "conditions": [_part("AlertCondition", name, {"severity": severity, "condition": condition})],
            "notificationTargets": [_part("AlertNotificationTarget", line.severity, {"target": severity})],
        }
        found.append(_part("AlertPolicy", name, spec))
    return found


def _watches(slo: Slo) -> bool:
    return any(isinstance(line, NoData) for line in slo.alerts)


def _part(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": name}, "spec": spec}
