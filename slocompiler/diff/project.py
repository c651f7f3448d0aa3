"""Changes of project settings, and what they do to SLOs: alerts that end, histories that start over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from slocompiler.diff.alerts import silences
from slocompiler.diff.change import KINDS, Case, Detail, Entry, Location, changed
from slocompiler.diff.subject import Subject
from slocompiler.explain.phrases import Code
from slocompiler.ir import Slo
from slocompiler.promql import seconds

Settings = Mapping[str, str]
"""The settings of a project by key (`targets.prometheus.server`), including defaults."""
Effect = tuple[str, Sequence[Slo], str]
"""The kind of a change, the SLOs that it affects, and what it does to them."""

WAKING = {"page", "pager", "critical", "emergency", "urgent", "high", "p0", "p1", "sev0", "sev1"}
"""Values of the label `severity` that page people in common configurations of Alertmanager."""
_DEPLOYMENT = re.compile(r"deployments\.(?P<name>[^.]+)\.(?P<setting>alerts|labels|where)(?:\.|\Z)")
_SEVERITY = re.compile(r"(?:deployments\.(?P<deployment>[^.]+)|targets\.prometheus)\.severities\.(?P<name>\w+)")
_PAGE = "targets.prometheus.severities.page"


def project(
    before: Settings, after: Settings, file: str, both: Sequence[tuple[Subject, Subject]] = ()
) -> Iterator[Entry]:
    """Settings of `file` that were added, removed or changed, with the SLOs that they affect.

    `both` are the SLOs of BASE that HEAD has too. An entry without SLOs holds for the whole project.
    """
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old != new:
            kind, affected, note = _effect(key, before, after, both) or ("project", (), "")
            yield Entry(
                kinds=tuple(sorted({kind, "project"}, key=list(KINDS).index)) if affected else ("project",),
                what=changed(old, new, Code(key)),
                alike=True,
                location=Location(file),
                cases=(
                    Case(
                        tuple(sorted(slo.id for slo in affected)),
                        Detail(notes=((note,),) if affected else (), before=old, after=new),
                    ),
                ),
            )


def _effect(key: str, before: Settings, after: Settings, both: Sequence[tuple[Subject, Subject]]) -> Effect | None:
    """What the change of a setting does to SLOs; None for nothing that is known."""
    slos = [old.slo for old, _ in both]
    alerting = [slo for slo in slos if slo.every_alert]
    if found := _DEPLOYMENT.match(key):
        return _of_deployment(found["name"], found["setting"], before, after, both)
    if found := _SEVERITY.match(key):
        return _of_severity(found["deployment"], found["name"], before, after, alerting)
    if key.startswith("targets.prometheus.labels."):
        return "labels", slos, "Alerts have other labels. Check the routes of Alertmanager."
    if key == "retention":
        kept = seconds(after[key])
        longer = [slo for slo in slos if slo.window > kept] if kept < seconds(before[key]) else []
        return "window", longer, "Prometheus keeps less than the window, so the budget covers only that time."
    return None


def _of_deployment(
    name: str, setting: str, before: Settings, after: Settings, both: Sequence[tuple[Subject, Subject]]
) -> Effect | None:
    slos = [slo.slo for slo, _ in both]
    old, new = (_deployments(side) for side in (before, after))
    if name in old and name not in new and old[name] not in new.values():
        end = "Nothing is recorded for this deployment any more, and nothing alerts there."
        return ("removed", slos, end) if setting == "alerts" else None
    if name in old and name in new:
        if setting == "labels":
            return (
                "restarted",
                slos,
                "Its recorded series have other labels, so that every history and budget starts over.",
            )
        if setting == "where":
            return "indicator", slos, "Other series are counted for this deployment."
        key = f"deployments.{name}.alerts"
        return _of_alerts(name, before[key], after[key], both)
    if not old and setting == "labels":
        return (
            "restarted",
            slos,
            "Recorded series get labels of a deployment, so that every history and budget starts over.",
        )
    return None


def _of_alerts(name: str, old: str, new: str, both: Sequence[tuple[Subject, Subject]]) -> Effect | None:
    """What other alerts of a deployment do: `old` and `new` are all, none or the name of those that replace the SLOs' own."""
    alerting = [before.slo for before, _ in both if before.slo.every_alert]
    if new == "none":
        return "silenced", alerting, "This deployment alerts nobody."
    if old == "none":
        return "alerts", alerting, "It alerts."
    if not {old, new} & {"all"}:
        return None  # the lines that differ are a change of the SLO
    there = [(before.variants.get(name, before), after.variants.get(name, after)) for before, after in both]
    other = [(before, after) for before, after in there if before.slo.every_alert != after.slo.every_alert]
    note = "The alerts of the SLO apply." if new == "all" else f"The alerts {new} replace those of the SLO."
    kind = "silenced" if any(silences(*one) for one in other) else "alerts"
    return kind, [before.slo for before, _ in other], note


def _deployments(settings: Settings) -> dict[str, dict[str, str]]:
    """The labels of each deployment, which identify its series, by its name."""
    found: dict[str, dict[str, str]] = {}
    for key, value in settings.items():
        if match := _DEPLOYMENT.match(key):
            labels = found.setdefault(match["name"], {})
            if match["setting"] == "labels":
                labels[key[match.end() :]] = value
    return found


def _of_severity(
    deployment: str | None, severity: str, before: Settings, after: Settings, alerting: Sequence[Slo]
) -> Effect | None:
    if deployment and not all(deployment in _deployments(side) for side in (before, after)):
        return None
    key = f"deployments.{deployment}.severities.page" if deployment else _PAGE
    value = after.get(key, after.get(_PAGE, "page"))
    paging = [slo for slo in alerting if _pages(slo)]
    if severity == "page" and value.casefold() not in WAKING and paging:
        return "silenced", paging, f"Pages have `severity: {value}`. Check that Alertmanager wakes somebody for it."
    return "alerts", alerting, "Alerts have another severity. Check the routes of Alertmanager."


def _pages(slo: Slo) -> bool:
    lines = slo.every_alert
    return any(line.severity == "page" for line in lines)
