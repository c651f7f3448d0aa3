"""The `deployments` of the project file, and their mistakes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from slocompiler.burn import LEAST_BUDGET
from slocompiler.diagnostics import Diagnostic
from slocompiler.diagnostics import Label as Place
from slocompiler.elsewhere import Elsewhere, Written, ratio
from slocompiler.ir import (
    SEVERITIES,
    Deployment,
    Label,
    Matcher,
)
from slocompiler.project import facts
from slocompiler.project.schema import Path
from slocompiler.project.yaml import Places
from slocompiler.promql import can_group, is_reserved


def read(data: dict[str, Any]) -> tuple[Deployment, ...]:
    """The deployments of a project file that has no mistakes."""
    return tuple(
        Deployment(
            name=entry["name"],
            where=tuple(Matcher(label, "=", value) for label, value in entry.get("where", {}).items()),
            labels=_labels(entry),
            severities=tuple(Label(name=name, value=value) for name, value in entry.get("severity", {}).items()),
            alerts=entry.get("alerts", "all"),
        )
        for entry in data.get("deployments", ())
    )


def elsewhere(data: dict[str, Any], places: Places) -> dict[str, Elsewhere]:
    """What differs in each deployment of a project file that has no mistakes, by its name."""
    found = {}
    for index, entry in enumerate(data.get("deployments", ())):
        at = ("deployments", index)
        alerts = entry.get("alerts", "all")
        one = Elsewhere(
            only=tuple(Written(name, places[*at, "only", number]) for number, name in enumerate(entry.get("only", ()))),
            targets=tuple((name, target) for name, target in _targets(entry, at, places)),
            alerts=None if alerts in ("all", "none") else Written(alerts, places[*at, "alerts"]),
        )
        found[entry["name"]] = one
    return found


def _targets(entry: dict[str, Any], at: Path, places: Places) -> Iterator[tuple[Written, Written]]:
    """The targets of a deployment by name; one without names is that of all."""
    given, path = entry.get("target", {}), (*at, "target")
    if isinstance(given, str):
        yield Written("*", places[path]), Written(given, places[path])
    else:
        for name, target in given.items():
            yield Written(name, places[*path, None, name]), Written(target, places[*path, name])


def _labels(entry: dict[str, Any]) -> tuple[Label, ...]:
    return tuple(Label(name=name, value=value) for name, value in entry.get("labels", entry.get("where", {})).items())


def mistakes(data: dict[str, Any], places: Places) -> Iterator[Diagnostic]:
    """E503 for mistakes that a schema cannot find: names and labels that two deployments share, reserved labels, severities."""
    entries = data.get("deployments", ())
    yield from _alike(entries, places)
    common = facts.values(data).get("labels", {})
    for index, entry in enumerate(entries):
        given = "labels" if "labels" in entry else "where"
        for label in entry.get("where", {}) | entry.get("labels", {}):
            asked = label in entry.get("where", {})
            place = places["deployments", index, "where" if asked else "labels", None, label]
            if asked and (label == "le" or label.startswith("__")):
                yield Diagnostic("E503", f"the label `{label}` cannot identify a deployment", place)
            elif label not in entry.get(given, {}):
                continue
            elif is_reserved(label):
                help = "choose another name; if metrics have this label, give recorded series others with `labels`"
                yield Diagnostic("E503", f"the label `{label}` is set by sloc or by Prometheus", place, help=help)
            elif not can_group(label):
                help = "choose another name; if metrics have this label, give recorded series others with `labels`"
                yield Diagnostic("E503", f"PromQL cannot group by a label called `{label}`", place, help=help)
            elif label in common:
                there = (Place(places[*facts.paths()["labels"], None, label], "it is set for all deployments here"),)
                yield Diagnostic("E503", f"the label `{label}` is set twice", place, there, "keep one of them")
        for _, target in _targets(entry, ("deployments", index), places):
            if not LEAST_BUDGET <= 1 - ratio(target) < 1:
                message = f"a target of {target.text} is not possible"
                help = "a target is the share of good events: more than 0%, and at most 99.9999999999%"
                yield Diagnostic("E503", message, target.span, help=help)
    yield from _severities(data, places)


def _alike(entries: list[dict[str, Any]], places: Places) -> Iterator[Diagnostic]:
    """E503 for deployments with the same name or labels as another, or with other label names than the first."""
    names: dict[str, int] = {}
    known: dict[tuple[tuple[str, str], ...], int] = {}
    for index, entry in enumerate(entries):
        place = places["deployments", index, "name"]
        labels = tuple(sorted((label.name, label.value) for label in _labels(entry)))
        first, same = names.setdefault(entry["name"], index), known.setdefault(labels, index)
        if first != index:
            there = (Place(places["deployments", first, "name"], "the first is here"),)
            yield Diagnostic("E503", f"two deployments are called `{entry['name']}`", place, there)
        elif same != index:
            there = (Place(places["deployments", same, "name"], "this deployment has them too"),)
            help = "their series would mix on one server: give each deployment its own, such as `labels: {cluster: eu}`"
            yield Diagnostic("E503", f"`{entry['name']}` has the same labels as another deployment", place, there, help)
        elif [name for name, _ in labels] != sorted(label.name for label in _labels(entries[0])):
            there = (Place(places["deployments", 0, "name"], "the first deployment is here"),)
            help = "all deployments need the same label names, because dashboards select a deployment by them"
            yield Diagnostic(
                "E503", f"`{entry['name']}` has other label names than the first deployment", place, there, help
            )


def _severities(data: dict[str, Any], places: Places) -> Iterator[Diagnostic]:
    """E503 for severities of the same name: Alertmanager would take their alerts for one that flaps."""
    entries = data.get("deployments", ())
    base = facts.values(data).get("severities", {})
    given: list[tuple[Path, dict[str, str]]] = [(facts.paths()["severities"], base)]
    given += [(("deployments", index, "severity"), entry.get("severity", {})) for index, entry in enumerate(entries)]
    for path, own in given:
        chosen = base | own if own else {}  # those of the project are reported once
        named = {severity: chosen.get(severity, severity) for severity in SEVERITIES}
        for severity in SEVERITIES[1:]:
            other = next(other for other in SEVERITIES if named[other] == named[severity])
            if other != severity:
                message = f"{other} and {severity} have the same name, `{named[severity]}`"
                help = (
                    "give each its own name, or their alerts are the same; Alertmanager can route both to one receiver"
                )
                yield Diagnostic("E503", message, places[path], help=help)
