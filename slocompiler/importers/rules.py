"""Rules of Prometheus that people or mixins wrote: error ratios of several windows, and alerts that compare them.

A ratio is known by its queries, whatever its window. The alerts on it say its target and its burn rates, as the SRE
Workbook has them: `ratio > 14.4 * 0.001`. What they do not say is asked for in a comment, and the SLO is a draft.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import PurePosixPath

from slocompiler.diagnostics import Diagnostic
from slocompiler.importers.burn_rates import Recorded, Told, as_ratio, told
from slocompiler.importers.document import Field
from slocompiler.importers.promise import Options, Promise, Refused, address, labels
from slocompiler.importers.queries import ratio
from slocompiler.importers.query import Query, parsed
from slocompiler.ir import Matcher
from slocompiler.promql import percent
from slocompiler.promql.node import Node
from slocompiler.promql.tree import all_of
from slocompiler.record import record, replace

_WINDOW = re.compile(r"[:_]?(?:burnrate|rate|ratio_rate|increase|ratio)?_?(?:[0-9]+[smhdw])+\Z")
"""The end of a recorded name that says its window."""
_GUESS = Decimal("0.99")
"""The target of an SLO that no alert has."""
_LONGEST = 10_000_000
"""The largest product of the lengths of two expressions, if one is put into the other."""
_OWN = ("severity", "service", "owner", "team", "sloth_severity")


@record
class Ratio:
    """A ratio of events that rules have for several windows."""

    field: Field
    """The expression of the first of them."""
    name: str
    text: str
    """The expression, with a placeholder for its window."""
    labels: Field
    """Those that the rule sets."""
    group: Field


def is_own(document: Field) -> bool:
    """Whether a document has groups of rules."""
    return _groups(document).kind == "list"


def _groups(document: Field) -> Field:
    is_resource = document.get("kind").text == "PrometheusRule"
    return document.get("spec", "groups") if is_resource else document.get("groups")


def read(document: Field, options: Options, problems: list[Diagnostic]) -> Iterator[Promise | Refused]:
    """The SLOs of a document: one for each ratio. `problems` gets what else is to be known about them."""
    for name in ("apiVersion", "kind"):
        document.get(name).use()
    groups = _groups(document).elements()
    rules = [(group, rule) for group in groups for rule in group.get("rules").elements()]
    for _, rule in rules:
        rule.lose("W667" if rule.get("alert") else "W666")
    recording = [(rule.get("record").text, group, rule) for group, rule in rules if rule.get("record")]
    counts = Counter(name for name, _, _ in recording)
    recorded = {name: rule for name, _, rule in recording if counts[name] == 1}
    ratios = dict[str, Ratio]()
    by_name = dict[str, list[Recorded]]()
    for name, group, rule in recording:
        found = as_ratio(_inlined(rule.get("expr").text, recorded))
        if found:
            own = rule.get("labels")
            own.lose("W660")
            if found[0] not in ratios:
                title = own.first("slo", "sloth_slo").string() or _stem(name)
                ratios[found[0]] = Ratio(rule.get("expr"), title, found[0], own, group)
            set_by_rule = tuple([Matcher(label, "=", value.text) for label, value in own.items.items()])
            by_name.setdefault(name, []).append(Recorded(*found, set_by_rule))
            for part in ("record", "expr"):
                rule.get(part).use()
    alerts = [(group, rule) for group, rule in rules if rule.get("alert")]
    yield from _promises(document, alerts, ratios, by_name, options, problems)


def _promises(
    document: Field,
    alerts: list[tuple[Field, Field]],
    ratios: dict[str, Ratio],
    by_name: dict[str, list[Recorded]],
    options: Options,
    problems: list[Diagnostic],
) -> Iterator[Promise | Refused]:
    found, matched = dict[str, list[tuple[Field, Told]]](), dict[str, list[str]]()
    for group, rule in alerts:
        selectors = list[str]()
        for one in told(rule, by_name, selectors):
            matched.setdefault(one.ratio, []).extend(selectors)
            text = one.ratio
            ratios.setdefault(text, Ratio(rule.get("expr"), rule.get("alert").text, text, rule.get("labels"), group))
            found.setdefault(text, []).append((rule, one))
            for part in ("alert", "expr"):
                rule.get(part).use()
            rule.get("labels").first("sloth_severity", "severity").use()
            rule.get("for").lose("W632")
            rule.get("annotations").lose("W632")
    for text, known in ratios.items():
        try:
            promise = _slo(document, known, found.get(text, []), options, problems)
            yield _narrowed(promise, matched.get(text, []), problems)
        except Refused as refused:
            yield refused.about(known.field, known.name)


def _slo(
    document: Field, found: Ratio, alerts: list[tuple[Field, Told]], options: Options, problems: list[Diagnostic]
) -> Promise:
    """The SLO of a ratio, with what its alerts say about it. Raises Refused."""
    rule = alerts[0][0] if alerts else found.field
    service = options.service or _set(rule, found, "service", "sloth_service") or _service(found)
    service = service or found.group.get("name").string() or _file(document)
    targets = {one.target for _, one in alerts if one.target}
    target = max(targets, default=_GUESS)
    owner = found.labels.first("owner", "team").string()
    promise = Promise(found.field, service, found.name, target, options.window, (), owner=owner)
    read = Field("text", found.field.path, found.field.span)
    read.text = found.text
    promise = ratio(promise, read, "bad", problems)
    for field, _ in alerts:
        runbook = address(field.get("annotations").first("runbook_url", "runbook"))
        own = labels(field.get("labels"), _OWN)
        promise = replace(
            promise, runbook=promise.runbook or runbook, labels=tuple(dict((*promise.labels, *own)).items())
        )
        owner = field.get("labels").first("owner", "team").string()
        promise = replace(promise, owner=promise.owner or owner)
    return _asked(_alerting(promise, alerts, options, problems), targets, problems)


def _alerting(
    promise: Promise, alerts: list[tuple[Field, Told]], options: Options, problems: list[Diagnostic]
) -> Promise:
    """With the lines of its alerts, if they are to be kept; and with the window in which they spend whole percents."""
    lines = [line for _, one in alerts for line in one.lines]
    if not lines:
        return promise
    window = lines[0].period(lines, options.window)
    kept = tuple(dict.fromkeys(line.written(window) for line in lines if line.factor > 1))
    for field, one in alerts if options.keep_alerts else ():
        if any(line.factor <= 1 for line in one.lines):
            message = "an alert of burn rate 1 is lost: it would fire on a service that keeps its target"
            problems.append(Diagnostic("W634", message, field.get("expr").span))
    return replace(promise, window=window, alerts=kept if options.keep_alerts and kept else None)


def _asked(promise: Promise, targets: set[Decimal], problems: list[Diagnostic]) -> Promise:
    """As a draft that asks for its target, if no alert has one, or if several have different ones."""
    if len(targets) == 1:
        return promise
    if targets:
        message = f"its alerts have several targets: the highest is {percent(promise.target)}"
    else:
        message = "no alert says its target: 99% is a guess"
    problems.append(Diagnostic("W668", message, promise.field.span, help="decide on the target, and remove `draft`"))
    comment = f"{message[0].upper()}{message[1:]}. Which target do its users need?"
    return replace(promise, is_draft=True, comments=(*promise.comments, comment), codes=(*promise.codes, "W668"))


def _narrowed(promise: Promise, selectors: list[str], problems: list[Diagnostic]) -> Promise:
    """As a draft, if its alerts look at some of its values only."""
    if not selectors:
        return promise
    message = f"its alerts look at `{selectors[0]}` only"
    problems.append(Diagnostic("W669", message, promise.field.span, help="add it to the selectors, or remove `draft`"))
    comment = f"{message[0].upper()}{message[1:]}: add that to the selectors, or give all values the target."
    return replace(promise, is_draft=True, comments=(*promise.comments, comment), codes=(*promise.codes, "W669"))


# Ratios


def _inlined(text: str, recorded: dict[str, Field], depth: int = 3) -> str:
    """An expression with those of the recorded series that it names without matchers."""
    query = parsed(text)
    names = [node.name for node in all_of(query.node) if _is_bare(node, recorded)] if isinstance(query, Query) else []
    for name in dict.fromkeys(names) if depth else ():
        inner = _inlined(recorded[name].get("expr").text, recorded, depth - 1)
        if len(text) * len(inner) > _LONGEST:
            continue
        pattern = rf"(?<![\w:]){re.escape(name)}(?![\w:{{])(?:\{{\s*\}})?"
        text = f"({inner})".join(re.split(pattern, text))
        for part in ("record", "expr"):
            recorded[name].get(part).use()
    return text


def _is_bare(node: Node, recorded: dict[str, Field]) -> bool:
    return node.kind == "selector" and node.name in recorded and not node.matchers and not node.modifiers


# Names


def _stem(name: str) -> str:
    """The name of a ratio, from that of a recorded series, without levels and windows: `job:errors:ratio_rate5m`."""
    bare = _WINDOW.sub("", name)
    parts = [part for part in bare.split(":") if part]
    return (parts[1] if len(parts) > 1 else parts[0] if parts else name).replace("_", "-")


def _set(rule: Field, found: Ratio, *names: str) -> str:
    """A label that the alert or the recorded ratio has."""
    return rule.get("labels").first(*names).string() or found.labels.first(*names).string()


def _service(found: Ratio) -> str:
    """The job that its queries select, if it is one."""
    jobs = set(re.findall(r'\bjob\s*=\s*"([^"]+)"', found.text))
    return jobs.pop() if len(jobs) == 1 else ""


def _file(document: Field) -> str:
    return PurePosixPath(document.span.source.path).stem
