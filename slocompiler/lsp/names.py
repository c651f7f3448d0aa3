"""The names that may stand where the parser expects one, by the statement around."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from slocompiler.codes import CODES
from slocompiler.explain.phrases import FOLDS
from slocompiler.lower.units import BY_WORDS
from slocompiler.lsp.situation import Item, Situation
from slocompiler.promql import LABEL, METRIC, quote
from slocompiler.resolve.scope import Declared
from slocompiler.syntax import tree as t


def names(here: Situation) -> Iterator[Item]:
    """Nothing where a name is declared."""
    statement = here.following.statement
    if here.following.is_listed:
        yield from _labels(here, of_alerts=statement == "LABELS")
    elif here.top == "_IN":
        yield from (Item(unit, "unit", words) for words, unit in BY_WORDS.items())
    elif here.top == "_ONE" or statement == "PER":
        yield from _labels(here, of_alerts=False)
    elif statement in _BY_STATEMENT:
        yield from _BY_STATEMENT[statement](here)


def _labels(here: Situation, of_alerts: bool) -> Iterator[Item]:
    """Labels: those of the metric before the brace come first."""
    own = here.known.metrics.get(here.metric(), set())
    known = here.known.labels if of_alerts else here.known.values
    names = dict.fromkeys((*sorted(own if not of_alerts else ()), *sorted(known)))
    yield from (Item(label if LABEL.match(label) else quote(label), "label") for label in names)


def _counted(here: Situation) -> Iterator[Item]:
    """Streams and metrics; after `when`, functions too."""
    if here.following.terminals == {"NAME"} and here.top == "EVENTS":
        return  # a stream is declared here
    for stream in here.streams():
        yield Item(stream.name.text, "stream", stream.sum.span.text)
    if here.top in ("WHEN", "_AND"):
        yield from (Item(fold, "function", words.strip(), snippet=f"{fold}($1)") for fold, words in FOLDS.items())
    if here.top in ("GOOD", "BAD"):
        yield Item("share", "function", "a metric from 0 to 1: the part of each slice that counts", snippet="share($1)")
    if [token.kind for token in here.following.tokens[-3:]] in (["WHEN", "NAME", "LPAR"], ["_AND", "NAME", "LPAR"]):
        yield Item("rate", "function", "the rate of a counter over the slice", snippet="rate($1)")
    streams = {stream.name.text for stream in here.streams()}
    metrics = sorted(here.known.metrics.keys() - streams)
    for metric in metrics:
        odd = not METRIC.match(metric)  # only newer servers have such names, in braces
        yield Item(f"{{{quote(metric)}}}", "metric") if odd else Item(metric, "metric", snippet=f"{metric}{{$1}}")


def _used(here: Situation) -> Iterator[Item]:
    """In `use`: templates, then their parameters and what these stand for, then their SLOs."""
    template = _template(here)
    if here.top == "USE":
        yield from _declared(here, t.Template)
    elif here.top == "EQ":
        yield from _counted(here)
    elif template and "_WITHOUT" in (token.kind for token in here.following.tokens):
        yield from (Item(item.name.text, "slo") for item in template.items if isinstance(item, t.Slo))
    elif template and here.top in ("LPAR", "COMMA"):
        for one in template.parameters:
            default = f"default {one.default.span.text}" if one.default else "required"
            yield Item(one.name.text, "parameter", default, snippet=f"{one.name.text} = $1")


def _overridden(here: Situation) -> Iterator[Item]:
    """In the overrides of a `use`: the SLOs of its template."""
    use = next((one for one in reversed(here.snapshot.trail(here.offset)) if isinstance(one, t.Use)), None)
    template = here.snapshot.resolved.scopes[here.snapshot.source].find(t.Template, use.template) if use else None
    yield from (Item(item.name.text, "slo") for item in (template.items if template else ()) if isinstance(item, t.Slo))


def _template(here: Situation) -> t.Template | None:
    scope = here.snapshot.resolved.scopes[here.snapshot.source]
    named = next((later for token, later in pairwise(here.following.tokens) if token.kind == "USE"), None)
    return scope.find(t.Template, t.Name(named, named.value)) if named else None


def _declared(here: Situation, kind: type[Declared]) -> Iterator[Item]:
    """The alerts, policies or templates that the file may use."""
    scope = here.snapshot.resolved.scopes[here.snapshot.source]
    found = [*scope.own.values(), *(one for several in scope.imported.values() for one in several)]
    for item in found:
        if isinstance(item, kind):
            noun = {t.Template: "template", t.NamedAlerts: "alerts", t.NamedPolicy: "policy"}[kind]
            yield Item(item.name.text, noun, item.span.source.shown_as, snippet=_call(item))


def _call(item: Declared) -> str:
    """A template with holes for the parameters that have no default; "" for others."""
    if not isinstance(item, t.Template):
        return ""
    needed = [one.name.text for one in item.parameters if one.default is None]
    arguments = (f"{name} = ${{{number}}}" for number, name in enumerate(needed, 1))
    return f"{item.name.text}({', '.join(arguments)})"


def _alerts(here: Situation) -> Iterator[Item]:
    yield from _declared(here, t.NamedAlerts)


def _policies(here: Situation) -> Iterator[Item]:
    yield from _declared(here, t.NamedPolicy)


def _slos(here: Situation) -> Iterator[Item]:
    """The SLOs of the service around."""
    block = here.block()
    if here.top in ("_ON", "COMMA") and block:
        slos = (slo for slo in here.snapshot.slos if slo.service.tree is block)
        yield from (Item(slo.tree.name.text, "slo", slo.title) for slo in slos)


def _codes(here: Situation) -> Iterator[Item]:
    if here.top == "ALLOW":
        yield from (Item(code, "code", title) for code, title in CODES.items() if code.startswith("W"))


def _proofs(here: Situation) -> Iterator[Item]:
    if here.top == "_UNLESS":
        yield from _counted(here)


_BY_STATEMENT: dict[str, Callable[[Situation], Iterator[Item]]] = {
    "EVENTS": _counted, "EXCLUDE": _counted, "GOOD": _counted, "BAD": _counted, "USE": _used, "SLO": _overridden, "RISK": _slos, "FEEDBACK": _slos, "ALLOW": _codes,
    "ALERTS": _alerts, "POLICY": _policies, "SEVERITY": _proofs,
}  # fmt: skip  # a table
