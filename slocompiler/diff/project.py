"""Changes of project settings, and what they do to SLOs: alerts that end, histories that start over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from slocompiler.diff.alerts import silences
from slocompiler.diff.change import KINDS, Budget, Case, Detail, Entry, Location, changed
from slocompiler.diff.subject import Subject
from slocompiler.diff.target import shift
from slocompiler.explain.phrases import Code
from slocompiler.ids import means
from slocompiler.ir import Slo
from slocompiler.promql import seconds

Settings = Mapping[str, str]
"""The settings of a project by key (`targets.prometheus.server`), including defaults."""


class Effect(NamedTuple):
    """What a change does to some SLOs."""

    kind: str
    slos: Sequence[Slo]
    note: str
    budget: tuple[Budget | None, Budget | None] | None = None


WAKING = {"page", "pager", "critical", "emergency", "urgent", "high", "p0", "p1", "sev0", "sev1"}
"""Values of the label `severity` that page people in common configurations of Alertmanager."""
_DEPLOYMENT = re.compile(r"deployments\.(?P<name>[^.]+)\.(?P<setting>alerts|labels|where|only|target)(?:\.|\Z)")
_ELSEWHERE = re.compile(r"deployments\.(?P<deployment>[^.]+)\.(?P<setting>only|target)(?:\.(?P<name>.+))?")
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
            effects = [one for one in _effects(key, before, after, both) if one.slos]
            for kind in dict.fromkeys(one.kind for one in effects) or ("project",):
                cases = [
                    Case(
                        tuple(sorted(slo.id for slo in one.slos)),
                        Detail(notes=((one.note,),), budget=one.budget, before=old, after=new),
                    )
                    for one in effects
                    if one.kind == kind
                ]
                yield Entry(
                    kinds=tuple(sorted({kind, "project"}, key=list(KINDS).index)),
                    what=changed(old, new, Code(key)),
                    alike=True,
                    location=Location(file),
                    cases=tuple(cases) or (Case((), Detail(before=old, after=new)),),
                )


def _effects(key: str, before: Settings, after: Settings, both: Sequence[tuple[Subject, Subject]]) -> list[Effect]:
    """What the change of a setting does to SLOs, as far as it is known."""
    if found := _ELSEWHERE.match(key):
        of = _of_only if found["setting"] == "only" else _of_target
        known = all(found["deployment"] in _deployments(side) for side in (before, after))
        return of(found["deployment"], found["name"] or "*", before, after, both) if known else []
    effect = _effect(key, before, after, both)
    return [effect] if effect else []


def _of_only(
    deployment: str, _: str, before: Settings, after: Settings, both: Sequence[tuple[Subject, Subject]]
) -> list[Effect]:
    """Other SLOs in a deployment."""
    key = f"deployments.{deployment}.only"

    def has(side: Settings, slo: Slo) -> bool:
        return key not in side or any(means(name, slo.id) for name in side[key].split(", "))

    slos = [old.slo for old, _ in both]
    lost = [slo for slo in slos if has(before, slo) and not has(after, slo)]
    found = [slo for slo in slos if has(after, slo) and not has(before, slo)]
    return [
        Effect("removed", lost, "Nothing is recorded for it in this deployment any more, and nothing alerts there."),
        Effect("added", found, "It has a budget in this deployment now."),
    ]


def _of_target(
    deployment: str, name: str, before: Settings, after: Settings, both: Sequence[tuple[Subject, Subject]]
) -> list[Effect]:
    """Other targets in a deployment. Where it had another one and still has, that is a change of the SLO."""

    def applies(side: Settings, slo: Slo) -> str | None:
        """The name by which the SLO has another target."""
        keys = filter(None, map(_ELSEWHERE.match, side))
        names = (
            found["name"] or "*" for found in keys if found["deployment"] == deployment and found["setting"] == "target"
        )
        return next((one for one in names if means(one, slo.id)), None)

    found: dict[tuple[str, tuple[Budget, Budget]], list[Slo]] = {}
    for old, new in both:
        is_in = [deployment in one.variants for one in (old, new)]
        was, now = (one.variants.get(deployment, one).scope for one in (old, new))
        applying = applies(after, old.slo) or applies(before, old.slo)
        if applying == name and is_in[0] != is_in[1] and was.target != now.target:
            kind = "loosened" if now.target < was.target else "tightened"
            found.setdefault((kind, (was.budget, now.budget)), []).append(old.slo)
    return [
        Effect(kind, slos, f"In this deployment: {shift(was.target, now.target)}.", (was, now))
        for (kind, (was, now)), slos in found.items()
    ]


def _effect(key: str, before: Settings, after: Settings, both: Sequence[tuple[Subject, Subject]]) -> Effect | None:
    """What the change of a setting does to SLOs; None for nothing that is known."""
    slos = [old.slo for old, _ in both]
    alerting = [slo for slo in slos if slo.every_alert]
    if found := _DEPLOYMENT.match(key):
        return _of_deployment(found["name"], found["setting"], before, after, both)
    if found := _SEVERITY.match(key):
        return _of_severity(found["deployment"], found["name"], before, after, alerting)
    if key.startswith("targets.prometheus.labels."):
        return Effect("labels", slos, "Alerts have other labels. Check the routes of Alertmanager.")
    if key == "retention":
        kept = seconds(after[key])
        longer = [slo for slo in slos if slo.window > kept] if kept < seconds(before[key]) else []
        note = "Prometheus keeps less than the window, so the budget covers only that time."
        return Effect("window", longer, note)
    return None


def _of_deployment(
    name: str, setting: str, before: Settings, after: Settings, both: Sequence[tuple[Subject, Subject]]
) -> Effect | None:
    slos = [slo.slo for slo, _ in both]
    old, new = (_deployments(side) for side in (before, after))
    if name in old and name not in new and old[name] not in new.values():
        end = "Nothing is recorded for this deployment any more, and nothing alerts there."
        return Effect("removed", slos, end) if setting == "alerts" else None
    if name in old and name in new:
        if setting == "labels":
            note = "Its recorded series have other labels, so that every history and budget starts over."
            return Effect("restarted", slos, note)
        if setting == "where":
            return Effect("indicator", slos, "Other series are counted for this deployment.")
        key = f"deployments.{name}.alerts"
        return _of_alerts(name, before[key], after[key], both)
    if not old and setting == "labels":
        note = "Recorded series get labels of a deployment, so that every history and budget starts over."
        return Effect("restarted", slos, note)
    return None


def _of_alerts(name: str, old: str, new: str, both: Sequence[tuple[Subject, Subject]]) -> Effect | None:
    """What other alerts of a deployment do: `old` and `new` are all, none or the name of those that replace the SLOs' own."""
    alerting = [before.slo for before, _ in both if before.slo.every_alert]
    if new == "none":
        return Effect("silenced", alerting, "This deployment alerts nobody.")
    if old == "none":
        return Effect("alerts", alerting, "It alerts.")
    if not {old, new} & {"all"}:
        return None  # the lines that differ are a change of the SLO
    there = [(before.variants.get(name, before), after.variants.get(name, after)) for before, after in both]
    other = [(before, after) for before, after in there if before.slo.every_alert != after.slo.every_alert]
    note = "The alerts of the SLO apply." if new == "all" else f"The alerts {new} replace those of the SLO."
    kind = "silenced" if any(silences(*one) for one in other) else "alerts"
    return Effect(kind, [before.slo for before, _ in other], note)


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
        note = f"Pages have `severity: {value}`. Check that Alertmanager wakes somebody for it."
        return Effect("silenced", paging, note)
    return Effect("alerts", alerting, "Alerts have another severity. Check the routes of Alertmanager.")


def _pages(slo: Slo) -> bool:
    lines = slo.every_alert
    return any(line.severity == "page" for line in lines)
