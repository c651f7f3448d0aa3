"""The `deployments` of the project file: what they are, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from slocompiler.diagnostics import Diagnostic
from slocompiler.diagnostics import Label as Place
from slocompiler.ir import (
    SEVERITIES,
    Deployment,
    Label,
    Matcher,
)
from slocompiler.project import facts
from slocompiler.project.schema import Path
from slocompiler.project.yaml import Places
from slocompiler.promql import is_reserved


def read(data: dict[str, Any]) -> tuple[Deployment, ...]:
    """The deployments of a project file that has no mistakes."""
    return tuple(
        Deployment(
            name=entry["name"],
            where=tuple(Matcher(label, "=", value) for label, value in entry.get("where", {}).items()),
            labels=_labels(entry),
            severities=tuple(Label(name=name, value=value) for name, value in entry.get("severity", {}).items()),
            alerts=entry.get("alerts") != "none",
        )
        for entry in data.get("deployments", ())
    )


def _labels(entry: dict[str, Any]) -> tuple[Label, ...]:
    return tuple(Label(name=name, value=value) for name, value in entry.get("labels", entry.get("where", {})).items())


def mistakes(data: dict[str, Any], places: Places) -> Iterator[Diagnostic]:
    """E503 for what a schema cannot say: names and labels tell deployments apart, labels are free, severities differ."""
    entries = data.get("deployments", ())
    yield from _alike(entries, places)
    common = facts.values(data).get("labels", {})
    for index, entry in enumerate(entries):
        given = "labels" if "labels" in entry else "where"
        for label in entry.get("where", {}) | entry.get("labels", {}):
            asked = label in entry.get("where", {})
            place = places["deployments", index, "where" if asked else "labels", None, label]
            if asked and (label == "le" or label.startswith("__")):
                yield Diagnostic("E503", f"the label `{label}` cannot tell a deployment", place)
            elif label not in entry.get(given, {}):
                continue
            elif is_reserved(label):
                help = "choose another name; where metrics have this one, `labels` says what recorded series have"
                yield Diagnostic("E503", f"the label `{label}` is set by sloc or by Prometheus", place, help=help)
            elif label in common:
                there = (Place(places[*facts.paths()["labels"], None, label], "a value for all is given here"),)
                yield Diagnostic("E503", f"`{label}` is a label of all rules", place, there, "keep one of them")
    yield from _severities(data, places)


def _alike(entries: list[dict[str, Any]], places: Places) -> Iterator[Diagnostic]:
    """Deployments that have one name or one set of labels, or labels of other names than the first."""
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
            there = (Place(places["deployments", same, "name"], "it has the same"),)
            help = "their series would mix on one server: give each labels of its own, such as `labels: {cluster: eu}`"
            yield Diagnostic(
                "E503", f"nothing tells the labels of `{entry['name']}` from another's", place, there, help
            )
        elif [name for name, _ in labels] != sorted(label.name for label in _labels(entries[0])):
            there = (Place(places["deployments", 0, "name"], "the first has others"),)
            help = "deployments have labels of the same names, by which dashboards choose one"
            yield Diagnostic("E503", f"`{entry['name']}` has labels of other names", place, there, help)


def _severities(data: dict[str, Any], places: Places) -> Iterator[Diagnostic]:
    """Two severities of one name would be one alert to Alertmanager, which comes and goes."""
    entries = data.get("deployments", ())
    base = facts.values(data).get("severities", {})
    given: list[tuple[Path, dict[str, str]]] = [(facts.paths()["severities"], base)]
    given += [(("deployments", index, "severity"), entry.get("severity", {})) for index, entry in enumerate(entries)]
    for path, own in given:
        chosen = base | own if own else {}  # what is common is told once
        named = {severity: chosen.get(severity, severity) for severity in SEVERITIES}
        for severity in SEVERITIES[1:]:
            other = next(other for other in SEVERITIES if named[other] == named[severity])
            if other != severity:
                message = f"{other} and {severity} are both called `{named[severity]}`: their alerts would be one"
                help = "call them apart; Alertmanager can send both to one place"
                yield Diagnostic("E503", message, places[path], help=help)
