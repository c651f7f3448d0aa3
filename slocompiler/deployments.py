"""Deployments: places where the same services run. A program is made one of each; targets need not know how."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from slocompiler.diagnostics import Diagnostic
from slocompiler.diagnostics import Label as Place
from slocompiler.ir import (
    SEVERITIES,
    Deployment,
    Events,
    Filter,
    Indicator,
    Label,
    Matcher,
    Program,
    Ratio,
    RatioSlices,
    Raw,
    RawCondition,
    Slices,
    Slo,
    Stream,
    Threshold,
)
from slocompiler.promql import is_reserved
from slocompiler.schema import Path
from slocompiler.yamlfile import Places

_STRING = re.compile(
    r"""(?P<op>[=!]~\s*|!?=\s*)?(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)|\#[^\n]*"""
)
"""A string of PromQL, with the operator of a matcher; comments hold none."""


# A program in its place


def deployed(program: Program, deployment: Deployment) -> Program:
    """The program of one deployment: every selector asks for what is there, and every SLO knows where it is."""
    services = (
        replace(service, slos=tuple(_slo(slo, deployment) for slo in service.slos)) for service in program.services
    )
    return replace(program, services=tuple(services))


def anywhere(deployments: tuple[Deployment, ...]) -> Deployment:
    """A deployment that stands for all of them: `$label` is the value of a label, as in raw PromQL.

    What is asked for has the value of a label of recorded series, if one always is the same; else the values of all.
    """
    labels = tuple(Label(name=label.name, value=f"${label.name}") for label in deployments[0].labels)
    asked = [{matcher.label: matcher.value for matcher in one.where} for one in deployments]
    recorded = {
        label.name: [own.value for one in deployments for own in one.labels if own.name == label.name]
        for label in labels
    }
    where = []
    for label in dict.fromkeys(label for one in asked for label in one):
        values = [one.get(label, "") for one in asked]
        same = [name for name, others in recorded.items() if others == values]
        if same:
            where.append(Matcher(label, "=", f"${label if label in same else same[0]}"))
        else:
            where.append(Matcher(label, "=~", "|".join(dict.fromkeys(map(re.escape, values)))))
    return Deployment(name="", where=tuple(where), labels=labels)


def _slo(slo: Slo, deployment: Deployment) -> Slo:
    where = deployment.where
    condition = None if slo.exclude_when is None else mentioned(slo.exclude_when, where)
    here = replace(slo, indicator=_indicator(slo.indicator, where), exclude_when=condition, deployment=deployment)
    if deployment.alerts:
        return here
    return replace(here, alerts=(), overrides=tuple(replace(override, alerts=()) for override in slo.overrides))


def _indicator(indicator: Indicator, where: Filter) -> Indicator:
    if isinstance(indicator, Slices):
        looked_at = indicator.good_when
        if isinstance(looked_at, RawCondition):
            return replace(indicator, good_when=RawCondition(expr=mentioned(looked_at.expr, where)))
        return replace(indicator, good_when=replace(looked_at, stream=_stream(looked_at.stream, where)))
    if isinstance(indicator, RatioSlices):
        return replace(indicator, of=_counted(indicator.of, where))
    return _counted(indicator, where)


def _counted(of: Ratio | Threshold | Raw, where: Filter) -> Ratio | Threshold | Raw:
    if isinstance(of, Threshold):
        return replace(of, histogram=_stream(of.histogram, where))
    if isinstance(of, Raw):
        return replace(of, total=mentioned(of.total, where), part=mentioned(of.part, where))
    return replace(of, total=_events(of.total, where), part=_events(of.part, where))


def _events(events: Events, where: Filter) -> Events:
    return tuple(_stream(stream, where) for stream in events)


def _stream(stream: Stream, where: Filter) -> Stream:
    """What it asks for anyway is not asked twice."""
    return replace(stream, all=stream.all + tuple(matcher for matcher in where if matcher not in stream.all))


def mentioned(text: str, where: Filter) -> str:
    """Raw PromQL with the values of `where` for `$label` in its strings."""

    def put(match: re.Match[str]) -> str:
        op, string = match["op"] or "", match["string"] or ""
        for matcher in where:
            hole = re.compile(rf"\${matcher.label}(?!\w)")
            if hole.search(string):
                op = op.replace("=", "=~") if matcher.op == "=~" and op.strip() == "=" else op
                value = _inside(matcher, op, string[0])
                string = hole.sub(lambda _, value=value: value, string)
        return op + string if string else match[0]

    return _STRING.sub(put, text)


def _inside(matcher: Matcher, op: str, quote: str) -> str:
    """The value as it stands in a string behind `op`; in a regular expression it is literal."""
    is_plain = matcher.op == "=" and matcher.value != f"${matcher.label}"
    value = re.escape(matcher.value) if is_plain and "~" in op else matcher.value
    return value if quote == "`" else value.replace("\\", "\\\\")


# In the project file


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
    common = data.get("targets", {}).get("prometheus", {}).get("labels", {})
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
                there = (
                    Place(places["targets", "prometheus", "labels", None, label], "a value for all is given here"),
                )
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
    base = data.get("targets", {}).get("prometheus", {}).get("severities", {})
    given: list[tuple[Path, dict[str, str]]] = [(("targets", "prometheus", "severities"), base)]
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
