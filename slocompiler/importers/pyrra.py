"""Pyrra: the resource `ServiceLevelObjective` of `pyrra.dev/v1alpha1`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import PurePosixPath

from slocompiler.diagnostics import Diagnostic
from slocompiler.importers.document import Field
from slocompiler.importers.promise import (
    DAY,
    Options,
    Promise,
    Refused,
    address,
    described,
    labels,
    seconds,
    share,
    standard,
)
from slocompiler.importers.queries import judged
from slocompiler.importers.query import MARK
from slocompiler.promql import UNITS, duration, number
from slocompiler.promql.judge import fault
from slocompiler.promql.tree import read as tree
from slocompiler.record import replace

_PREFIX = "pyrra.dev/"
_NAMES = ("service", "team", "owner")
_KEPT = (("page", 14, 672), ("page", 7, 112), ("ticket", 2, 28))
"""Pyrra's alert lines: severity, burn rate, and the part of the window. Its last one, of burn rate 1, has no counterpart."""
_ABSENT = "ticket when no data for 15m"


def is_own(document: Field) -> bool:
    """Whether a document is one of Pyrra."""
    is_kind = document.get("kind").text == "ServiceLevelObjective"
    return is_kind and document.get("apiVersion").text.startswith(_PREFIX)


def read(document: Field, options: Options, problems: list[Diagnostic]) -> Iterator[Promise | Refused]:
    """The SLO of a document. `problems` gets what else is to be known about it."""
    try:
        yield _slo(document, options, problems)
    except Refused as refused:
        yield refused.about(document, document.get("metadata", "name").text)


def _slo(document: Field, options: Options, problems: list[Diagnostic]) -> Promise:
    for name in ("apiVersion", "kind"):
        document.get(name).use()
    metadata, spec = document.get("metadata"), document.get("spec")
    own = _prefixed(metadata.get("labels"))
    service = options.service or _text(own, "service") or metadata.get("namespace").string() or _stem(document)
    target, window = share(spec.get("target")), seconds(spec.get("window"), 0)
    if not window:
        raise Refused("E602", "there is no window", spec)
    promise = Promise(document, service, metadata.get("name").string(), target, window, ())
    promise = _measured(promise, spec.get("indicator"), problems)
    promise = described(promise, spec.get("description").string())
    annotations = metadata.get("annotations")
    runbook = address(annotations.first(f"{_PREFIX}runbook", f"{_PREFIX}runbook_url"))
    promise = replace(
        promise, owner=_text(own, "team") or _text(own, "owner"), labels=labels(own, _NAMES), runbook=runbook
    )
    return _alerting(promise, spec.get("alerting"), options)


def _prefixed(field: Field) -> Field:
    """The labels that begin with `pyrra.dev/`, without that."""
    found = Field("mapping", field.path, field.span)
    found.items = {name.removeprefix(_PREFIX): one for name, one in field.items.items() if name.startswith(_PREFIX)}
    return found


def _text(field: Field, name: str) -> str:
    return field.get(name).string()


def _stem(document: Field) -> str:
    """The name of the file."""
    return PurePosixPath(document.span.source.path).stem


# What it measures

_SIDES = {"ratio": ("errors", "total"), "latency": ("success", "total"), "latencyNative": ("total",), "bool_gauge": ()}
"""The parts of each indicator that have a metric. A gauge has one itself."""
_SOON = {f"offset {minutes}m" for minutes in range(1, 6)} | {"offset 15s", "offset 30s", "offset 60s", "offset 90s"}
"""Offsets that wait for late samples, as long as sloc looks back anyway."""


def _measured(promise: Promise, indicator: Field, problems: list[Diagnostic]) -> Promise:
    """With what its indicator measures, by the queries that Pyrra writes for it. Raises Refused."""
    kind = next((name for name in ("ratio", "latency", "latencyNative", "bool_gauge") if indicator.get(name)), "")
    found = indicator.get(kind)
    by = ", ".join([one.string() for one in found.get("grouping").elements() if one.kind == "text"])

    metered = [found.get(name) for name in _SIDES[kind]] if kind else []
    is_late = bool(metered) and _is_late(metered)
    if is_late:
        offset = selected(metered[0].get("metric"))[1].strip()
        message = f"`{offset}` is left out: the same events count, a little earlier"
        problems.append(Diagnostic("W670", message, metered[0].get("metric").span))
        promise = replace(promise, codes=(*promise.codes, "W670"))

    def summed(text: str) -> str:
        return f"sum by ({by}) ({text})"

    def rate(name: str) -> str:
        selector, offset = selected(found.get(name, "metric"))
        return summed(f"rate({selector}[{MARK}]{'' if is_late else offset})")

    if kind == "ratio":
        return judged(
            promise, (rate("total"), found.get("total")), (rate("errors"), found.get("errors")), "bad", problems
        )
    if kind == "latency":
        return judged(
            promise, (rate("total"), found.get("total")), (rate("success"), found.get("success")), "good", problems
        )
    if kind == "latencyNative":
        histogram, field = rate("total"), found.get("latency")
        within = f"histogram_fraction(0, {_bound(field)}, {histogram}) * histogram_count({histogram})"
        return judged(promise, (f"histogram_count({histogram})", found.get("total")), (within, field), "good", problems)
    if kind == "bool_gauge":
        field = found.get("metric")
        selector, offset = selected(field)
        mean = f"avg_over_time({selector}[{MARK}]{offset})"
        sides = (f"count by ({by}) ({mean})", field), (summed(mean), field)
        return judged(promise, *sides, "good", problems, "" if offset else selector)
    help = "write `ratio`, `latency`, `latencyNative` or `bool_gauge`"
    raise Refused("E602", "there is no indicator that Pyrra knows", indicator, help)


def _is_late(metered: list[Field]) -> bool:
    """Whether the parts of an indicator share an offset of _SOON. Raises Refused for what Pyrra does not read."""
    for part in metered:
        odd = next((one for name, one in part.items.items() if name != "metric"), None)
        if odd:
            help = 'write labels into `metric`, such as `http_requests_total{job="shop"}`'
            raise Refused("E602", "Pyrra reads `metric` only, so this selects nothing", odd, help)
    offsets = {selected(part.get("metric"))[1].strip() for part in metered}
    return len(offsets) == 1 and offsets <= _SOON


def selected(field: Field) -> tuple[str, str]:
    """A selector, and the offset behind it, as text. Raises Refused for anything else."""
    text = field.string().strip()
    if not text:
        raise Refused("E602", "there is no metric", field)
    cut = re.fullmatch(r"(.*[}\w])(\s+offset\s+\w+)", text, re.DOTALL | re.IGNORECASE)
    selector, offset = (cut[1], cut[2]) if cut else (text, "")
    wrong = fault(selector)
    if wrong or tree(selector).kind != "selector" or tree(selector).modifiers:
        raise Refused("E620", wrong.message if wrong else "this is no selector, which Pyrra needs", field)
    return selector, offset


def _bound(field: Field) -> str:
    """A duration as a number of seconds. Raises Refused."""
    text = field.string()
    millis = text.endswith("ms") and text[:-2].isdecimal()
    if (not millis and not (text[:-1].isdecimal() and text[-1:] in UNITS)) or len(text) > 9:
        raise Refused("E602", "there is no latency, such as `500ms`", field)
    return number(Decimal(text[:-2]) / 1000 if millis else Decimal(text[:-1]) * UNITS[text[-1]])


# Alerts


def _alerting(promise: Promise, alerting: Field, options: Options) -> Promise:
    """With its alert lines. Names and severities of alerts are lost."""
    alerting.lose("W632")
    burns = alerting.get("burnrates").boolean() is not False
    absent = alerting.get("absent").boolean() is not False
    if alerting.get("disabled").boolean():
        return replace(promise, alerts=())
    if not options.keep_alerts and burns and absent:
        return promise
    lines = _kept(promise) if options.keep_alerts else standard(promise, ("page", "ticket", "notify"))
    shown = [line for line in lines if burns and line != _ABSENT]
    return replace(promise, alerts=(*shown, *((_ABSENT,) if absent and promise.window >= DAY else ())))


def _kept(promise: Promise) -> tuple[str, ...]:
    """The lines with Pyrra's burn rates, each over a part of the window in whole minutes."""
    lines = []
    for severity, factor, part in _KEPT:
        long = max(round(promise.window / part / 60), 1) * 60
        spent = round(Decimal(factor * long * 100) / promise.window, 4)
        needs = " needs 1 bad events" if severity == "page" else ""
        lines.append(f"{severity} at {number(spent)}% of budget in {duration(long)}{needs}")
    return tuple(lines)
