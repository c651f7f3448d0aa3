"""Sloth: `prometheus/v1`, and the resource `sloth.slok.dev/v1`, whose keys are in camel case."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from slocompiler.diagnostics import Diagnostic
from slocompiler.importers.document import Field
from slocompiler.importers.promise import Options, Promise, Refused, address, described, labels, share, standard
from slocompiler.importers.queries import events, ratio
from slocompiler.importers.sloth_plugins import rendered
from slocompiler.importers.sloth_windows import kept
from slocompiler.ir import Severity
from slocompiler.record import replace

_OWNERS = ("owner", "team")
_ABSENT = "ticket when no data for 15m"


def is_own(document: Field) -> bool:
    """Whether a document is one of Sloth."""
    return document.get("version").text == "prometheus/v1" or _is_resource(document)


def _is_resource(document: Field) -> bool:
    kind = document.get("apiVersion").text, document.get("kind").text
    return kind == ("sloth.slok.dev/v1", "PrometheusServiceLevel")


def read(
    document: Field, catalogs: Sequence[Field], options: Options, problems: list[Diagnostic]
) -> Iterator[Promise | Refused]:
    """The SLOs of a document. `problems` gets what else is to be known about them."""
    for name in ("apiVersion", "kind") if _is_resource(document) else ("version",):
        document.get(name).use()
    spec = document.get("spec") if _is_resource(document) else document
    service = spec.get("service").string() or options.service or document.get("metadata", "name").string()
    shared = spec.get("labels")
    owner = shared.first(*_OWNERS).string()
    around = labels(shared, _OWNERS)
    _at(spec, "slo_plugins").lose("W622")
    if not spec.get("slos").elements():
        yield Refused("E602", "there are no SLOs", spec or document).about(document, service)
    for field in spec.get("slos").elements():
        try:
            promise = _slo(field, service, catalogs, options, problems)
            own = dict(around) | dict(promise.labels)
            yield replace(promise, owner=promise.owner or owner, labels=tuple(own.items()))
        except Refused as refused:
            yield refused.about(field, f"{service}/{field.get('name').text}")


def _slo(
    field: Field, service: str, catalogs: Sequence[Field], options: Options, problems: list[Diagnostic]
) -> Promise:
    """An SLO of a document. Raises Refused."""
    name, own = field.get("name").string(), field.get("labels")
    target = share(field.get("objective"))
    promise = Promise(field, service, name, target, options.window, ())
    promise = _measured(promise, field.get("sli"), options, problems)
    promise = described(promise, field.get("description").string())
    field.get("plugins").lose("W622")
    alerting = field.get("alerting")
    promise = _alerting(promise, alerting, kept(catalogs, promise.window) if options.keep_alerts else ())
    both = dict(labels(own, _OWNERS)) | dict(labels(alerting.get("labels")))
    return replace(promise, owner=own.first(*_OWNERS).string(), labels=tuple(both.items()))


def _measured(promise: Promise, sli: Field, options: Options, problems: list[Diagnostic]) -> Promise:
    """With what its `sli` measures. Raises Refused."""
    plugin, pair = sli.get("plugin"), sli.get("events")
    if plugin:
        known = options.plugins.get(plugin.get("id").text)
        if known:
            return ratio(promise, rendered(plugin, known), "bad", problems)
        message = f"the query is that of the plugin `{plugin.get('id').text}`, a program in Go, which sloc does not run"
        raise Refused("E621", message, plugin, "give `--plugins DIR` its query, which `sloth generate` prints")
    if pair:
        return events(promise, _at(pair, "total_query"), _at(pair, "error_query"), "bad", problems)
    if not sli.get("raw"):
        raise Refused("E602", "there is no `events`, `raw` or `plugin`", sli or promise.field)
    return ratio(promise, _at(sli.get("raw"), "error_ratio_query"), "bad", problems)


def _alerting(promise: Promise, alerting: Field, lines: Sequence[str]) -> Promise:
    """With those of the lines that are not disabled, or the standard ones if there are none, and the runbook.

    Names and texts of alerts are lost.
    """
    runbook = ""
    alerting.lose("W632")
    parts: dict[Severity, Field] = {"page": _at(alerting, "page_alert"), "ticket": _at(alerting, "ticket_alert")}
    for part in (alerting, *parts.values()):
        if part is not alerting:
            part.get("labels").lose("W633")
        runbook = runbook or address(part.get("annotations").first("runbook", "runbook_url"))
    severities = [severity for severity, part in parts.items() if not part.get("disable").boolean()]
    own: tuple[str, ...] | None = None
    if lines:
        own = (
            *[line for line in lines if line.split()[0] in severities],
            *([_ABSENT] if "ticket" in severities else []),
        )
    elif len(severities) == 1:
        own = standard(promise, severities)
    return replace(promise, alerts=own if severities else (), runbook=runbook)


def _at(field: Field, name: str) -> Field:
    """The field at a key in snake case, or in the camel case of the resource."""
    return field.first(name, re.sub(r"_(.)", lambda found: found[1].upper(), name))
