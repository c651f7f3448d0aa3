"""The program of one deployment: what an SLO asks for and records where a service runs. Targets need not know how."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from slocompiler.ir import (
    Alert,
    Deployment,
    Events,
    Excepted,
    Filter,
    Indicator,
    Label,
    Matcher,
    NoData,
    Program,
    Ratio,
    RatioSlices,
    Raw,
    RawCondition,
    Slices,
    Slo,
    Stream,
    Threshold,
    Through,
)
from slocompiler.pattern import lazy_pattern
from slocompiler.promql.strings import filled, parts
from slocompiler.record import replace

_OPERATOR = lazy_pattern(r"([=!]~|!?=)(\s*)\Z")
"""The operator of a matcher, before its string."""


def deployed(program: Program, deployment: Deployment) -> Program:
    """The program of one deployment, with the SLOs that it has.

    Every selector asks for what is there, and every SLO knows where it is.
    """
    return _placed(program, lambda slo: deployment if slo.is_in(deployment) else None)


def shared(program: Program, deployments: tuple[Deployment, ...]) -> Program:
    """The program for what deployments share: one stands for all that have an SLO."""
    known: dict[tuple[str, ...], Deployment] = {}

    def stand_in(slo: Slo) -> Deployment:
        if slo.only_in not in known:
            known[slo.only_in] = anywhere(tuple(filter(slo.is_in, deployments)))
        return known[slo.only_in]

    return _placed(program, stand_in)


def _placed(program: Program, place: Callable[[Slo], Deployment | None]) -> Program:
    """The SLOs where they are; without those that are nowhere, and without services that have no others."""
    services = []
    for service in program.services:
        slos = tuple(_slo(slo, there) for slo in service.slos if (there := place(slo)))
        if slos or not service.slos:
            services.append(replace(service, slos=slos))
    here = replace(program, services=tuple(services))
    targets = {slo.id: slo.target for slo in here.slos}
    services = [replace(one, slos=tuple(_through(slo, targets) for slo in one.slos)) for one in services]
    return replace(program, services=tuple(services))


def _through(slo: Slo, targets: Mapping[str, Decimal]) -> Slo:
    """A journey with the targets of its steps as they are there; any other SLO as it is."""
    if not isinstance(slo.indicator, Through):
        return slo
    steps = tuple(
        replace(step, any=tuple(replace(one, target=targets.get(one.id, one.target)) for one in step.any))
        for step in slo.indicator.steps
    )
    return replace(slo, indicator=replace(slo.indicator, steps=steps))


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
    slo = next((slo.there(one) for one in slo.variants if one.deployment == deployment.name), slo)
    where = deployment.where
    condition = None if slo.exclude_when is None else mentioned(slo.exclude_when, where)
    alerts = tuple(_alert(line, where) for line in slo.alerts)
    indicator = _indicator(slo.indicator, where)
    variants = () if deployment.name else slo.variants
    here = replace(
        slo,
        indicator=indicator,
        exclude_when=condition,
        exceptions=tuple(_exceptions(slo, deployment)),
        alerts=alerts,
        variants=variants,
        deployment=deployment,
    )
    if deployment.alerts != "none":
        return here
    return replace(here, alerts=(), overrides=tuple(replace(override, alerts=()) for override in slo.overrides))


def _exceptions(slo: Slo, deployment: Deployment) -> Iterator[Excepted]:
    """The exceptions that a deployment has, without the labels of the deployment."""
    labels = {label.name: label.value for label in deployment.labels}
    for one in slo.exceptions:
        where, rest = ([m for m in one.filter if (m.label in labels) is is_where] for is_where in (True, False))
        if not deployment.name:
            yield one
        elif all(labels[m.label] == m.value for m in where):
            yield replace(one, filter=tuple(rest))


def _alert(line: Alert, where: Filter) -> Alert:
    if not isinstance(line, NoData) or line.unless is None:
        return line
    return replace(line, unless=replace(line.unless, stream=_stream(line.unless.stream, where)))


def _indicator(indicator: Indicator, where: Filter) -> Indicator:
    if isinstance(indicator, Slices):
        when = indicator.good_when
        if isinstance(when, RawCondition):
            return replace(
                indicator, good_when=RawCondition(expr=mentioned(when.expr, where), of=mentioned(when.of, where))
            )
        return replace(indicator, good_when=when.reading(lambda stream: _stream(stream, where)))
    if isinstance(indicator, RatioSlices):
        return replace(indicator, of=_counted(indicator.of, where))
    return indicator if isinstance(indicator, Through) else _counted(indicator, where)


def _counted(of: Ratio | Threshold | Raw, where: Filter) -> Ratio | Threshold | Raw:
    if isinstance(of, Threshold):
        return replace(of, histogram=_stream(of.histogram, where))
    if isinstance(of, Raw):
        return replace(of, total=mentioned(of.total, where), part=mentioned(of.part, where))
    without = _events(of.without, where)
    return replace(of, total=_events(of.total, where), part=_events(of.part, where), without=without)


def _events(events: Events, where: Filter) -> Events:
    return tuple(_stream(stream, where) for stream in events)


def _stream(stream: Stream, where: Filter) -> Stream:
    """What it asks for anyway is not asked twice."""
    return replace(stream, all=stream.all + tuple(matcher for matcher in where if matcher not in stream.all))


def mentioned(text: str, where: Filter) -> str:
    """Raw PromQL with the values of `where` for `$label` in its strings."""
    asked = {matcher.label: matcher for matcher in where}
    written = [""]
    for part in parts(text):
        found = [asked[name] for name, _, _ in part.holes() if name in asked] if part.kind == "string" else []
        operator = _OPERATOR.search(written[-1])
        in_regex = operator is not None and "~" in operator[1]
        if operator and operator[1] == "=" and any(matcher.op == "=~" for matcher in found):
            written[-1], in_regex = f"{written[-1][: operator.start()]}=~{operator[2]}", True
        values = {matcher.label: _value(matcher, in_regex) for matcher in found}
        written.append(filled(part, values.get) if found else part.text)
    return "".join(written)


def _value(matcher: Matcher, in_regex: bool) -> str:
    """The value for a string; in a regular expression a plain one is literal."""
    is_plain = matcher.op == "=" and matcher.value != f"${matcher.label}"
    return re.escape(matcher.value) if is_plain and in_regex else matcher.value
