"""OpenSLO: `openslo/v1`, and the SLOs of `openslo/v1alpha` that Sloth reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from slocompiler.diagnostics import Diagnostic
from slocompiler.importers import thresholds
from slocompiler.importers.annotated import annotated, promise
from slocompiler.importers.document import Field
from slocompiler.importers.openslo_alerts import Known, alerts
from slocompiler.importers.promise import DAY, Options, Promise, Refused, described, labels, seconds, share
from slocompiler.importers.queries import events, ratio
from slocompiler.importers.recognise import Side
from slocompiler.ir import Service, Slo
from slocompiler.record import replace

_SERVERS = ("prometheus", "mimir", "cortex", "thanos", "victoriametrics")
_OWNERS = ("owner", "team")
_CALENDAR = {"M": 30 * DAY, "Q": 90 * DAY, "Y": 365 * DAY}
_DAYS = {"Day": DAY, "Week": 7 * DAY, "Month": 30 * DAY, "Quarter": 90 * DAY, "Year": 365 * DAY, "Hour": 3600}


def is_own(document: Field) -> bool:
    """Whether a document is one of OpenSLO."""
    return document.get("apiVersion").text in ("openslo/v1", "openslo/v1alpha")


def known(found: Sequence[Field]) -> Known:
    """The objects of all documents, by kind and name."""
    return {(one.get("kind").text, one.get("metadata", "name").text): one for one in found}


def read(
    document: Field, objects: Known, services: Mapping[str, Service], options: Options, problems: list[Diagnostic]
) -> Iterator[Promise | Refused]:
    """The SLOs of a document, one for each objective. `problems` gets what else is to be known about them.

    `services` are those that sloc has exported.
    """
    for name in ("apiVersion", "kind"):
        document.get(name).use()
    if document.get("kind").text != "SLO":
        return
    exact = annotated(document, Slo)
    if exact:
        yield promise(document, exact, services.get(document.get("spec", "service").text))
        return
    spec = document.get("spec")
    if not spec.get("objectives").elements():
        yield Refused("E602", "there are no objectives", spec).about(document, document.get("metadata", "name").text)
    for index, objective in enumerate(spec.get("objectives").elements()):
        try:
            yield _slo(document, objective, index, objects, options, problems)
        except Refused as refused:
            is_only = len(spec.get("objectives").elements()) == 1
            yield refused.about(document if is_only else objective, document.get("metadata", "name").text)


def _slo(
    document: Field, objective: Field, index: int, objects: Known, options: Options, problems: list[Diagnostic]
) -> Promise:
    """An objective as an SLO. Raises Refused."""
    metadata, spec = document.get("metadata"), document.get("spec")
    service = spec.get("service").string() or options.service
    name = metadata.get("name").string() + (f"-{index + 1}" if index else "")
    target = (
        share(objective.get("targetPercent")) if objective.get("targetPercent") else share(objective.get("target"), 1)
    )
    promise = Promise(objective, service, name, target, _window(spec, problems), ())
    if objective.get("indicator") or objective.get("indicatorRef"):
        message = "an objective with an indicator of its own is a part of a composite SLO, which sloc does not have"
        raise Refused("E653", message, objective.first("indicator", "indicatorRef"), "write an SLO for each indicator")
    promise = _measured(promise, spec, objective, objects, problems)
    own = _labels(metadata.get("labels"))
    promise = replace(promise, owner=own.first(*_OWNERS).string(), labels=labels(own, _OWNERS))
    promise = _titled(promise, document, objective, objects)
    return alerts(promise, spec.get("alertPolicies"), objects, problems)


def _titled(promise: Promise, document: Field, objective: Field, objects: Known) -> Promise:
    """With titles of the SLO and of its service."""
    titles = document.get("metadata", "displayName").string(), objective.get("displayName").string()
    promise = replace(promise, title=": ".join(filter(None, titles)))
    promise = described(promise, document.get("spec", "description").string())
    service = objects.get(("Service", promise.service))
    if service is None:
        return promise
    service.get("metadata", "name").use()
    text = service.get("spec", "description").string()
    comments = (*promise.comments, *((f"The service: {' '.join(text.split())}",) if text else ()))
    return replace(promise, service_title=service.get("metadata", "displayName").string(), comments=comments)


def _labels(field: Field) -> Field:
    """Labels with one value each: of a list, the first."""
    found = Field("mapping", field.path, field.span)
    for name, one in field.items.items():
        values = one.elements()
        found.items[name] = values[0] if values else one
        for other in values[1:]:
            other.lose("W630")
    return found


def _window(spec: Field, problems: list[Diagnostic]) -> int:
    """The window in seconds. Raises Refused."""
    old = spec.get("timeWindows").elements()
    if old:
        _rolling(old[0].get("isRolling"))
        count, unit = old[0].get("count").decimal(), old[0].get("unit").string().removesuffix("s")
        if not count or unit not in _DAYS:
            raise Refused("E602", "there is no window", old[0])
        return int(count * _DAYS[unit])
    window = next(iter(spec.get("timeWindow").elements()), spec.get("timeWindow"))
    field = window.get("duration")
    text = field.text
    _rolling(window.get("isRolling"))
    window.get("calendar").lose("W652")
    if text[-1:] in _CALENDAR and text[:-1].isdecimal() and len(text) < 6:
        field.use()
        message = f"months differ in length: `{text}` is {int(text[:-1]) * _CALENDAR[text[-1]] // DAY} days"
        problems.append(Diagnostic("W652", message, field.span))
        return int(text[:-1]) * _CALENDAR[text[-1]]
    found = seconds(field, 0)
    if not found:
        raise Refused("E602", "there is no window", field, "write `timeWindow: [{duration: 30d, isRolling: true}]`")
    return found


def _rolling(field: Field) -> None:
    """Read whether a window rolls, which all windows here do."""
    if field.boolean() is False:
        field.lose("W652")


# What it measures


def _measured(promise: Promise, spec: Field, objective: Field, objects: Known, problems: list[Diagnostic]) -> Promise:
    """With what its indicator measures. Raises Refused."""
    method = spec.get("budgetingMethod").string()
    if method == "RatioTimeslices":
        message = "RatioTimeslices averages ratios, so that a quiet minute weighs as much as a busy one"
        raise Refused("E653", message, spec.get("budgetingMethod"), "write `Occurrences` or `Timeslices`")
    indicator = spec.get("indicator")
    if spec.get("indicatorRef"):
        name = spec.get("indicatorRef").string()
        indicator = objects.get(("SLI", name), indicator)
        if not indicator:
            raise Refused("E602", f"no document has the SLI `{name}`", spec.get("indicatorRef"))
        indicator.get("metadata", "name").use()
    of = indicator.get("spec")
    if of.get("thresholdMetric"):
        query = _query(of.get("thresholdMetric"), objects)
        return thresholds.measured(promise, query, objective, problems)
    promise = _ratio(promise, of.get("ratioMetric") or objective.get("ratioMetrics"), objects, problems)
    return _sliced(promise, objective) if method == "Timeslices" else promise


def _ratio(promise: Promise, metric: Field, objects: Known, problems: list[Diagnostic]) -> Promise:
    if not metric:
        raise Refused("E602", "there is no `ratioMetric` and no `thresholdMetric`", promise.field)
    if metric.get("raw"):
        side: Side = "good" if metric.get("rawType").string() == "success" else "bad"
        return ratio(promise, _query(metric.get("raw"), objects), side, problems)
    if metric.get("counter").boolean() is False:
        message = "`counter: false` is a value that goes up and down, and here a counter is read"
        problems.append(Diagnostic("W654", message, metric.get("counter").span))
    side = "good" if metric.get("good") else "bad"
    total, part = metric.get("total"), metric.get(side)
    return events(promise, _query(total, objects), _query(part, objects), side, problems)


def _query(metric: Field, objects: Known) -> Field:
    """The query of a metric. Raises Refused for one of another server than Prometheus."""
    source = metric.get("metricSource")
    if not source:
        kind, language = metric.get("source"), metric.get("queryType")
        if (kind and kind.string() != "prometheus") or (language and language.string() != "promql"):
            raise Refused("E658", "this query is for another server, and sloc reads PromQL only", metric)
        return metric.get("query")
    reference = source.get("metricSourceRef")
    data = objects.get(("DataSource", reference.text)) if reference else None
    kind = source.get("type") or (data.get("spec", "type") if data else source.get("type"))
    if kind and kind.string().lower() not in _SERVERS:
        message = f"this query is for {kind.text}, and sloc reads PromQL only"
        raise Refused("E658", message, kind, f"one of {', '.join(_SERVERS)}")
    if data:
        reference.use()
        data.get("metadata", "name").use()
    return source.get("spec").first("query", "promql", "expr")


def _sliced(promise: Promise, objective: Field) -> Promise:
    """With slices of time, each good if enough of its events are. Raises Refused."""
    length, least = seconds(objective.get("timeSliceWindow"), 60), objective.get("timeSliceTarget").decimal()
    if not least or not 0 < least < 1:
        message = "Timeslices of a ratio need `timeSliceTarget`, from 0 to 1: the share of good events of a good slice"
        raise Refused("E602", message, objective)
    return replace(promise, slices=(length, least))
