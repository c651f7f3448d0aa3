"""The text panel with the promise, what is good, reason, policy, people and links, as HTML."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.explain import language, words
from slocompiler.explain.classification import classified
from slocompiler.explain.phrases import Code
from slocompiler.explain.promise import promise as sentence
from slocompiler.ir import Indicator, Ratio, Service, Slo
from slocompiler.targets.grafana.text import anchor, html, literal
from slocompiler.targets.prometheus import breakdown
from slocompiler.targets.shared import Options, documentation_url, source_link


def promise(slo: Slo, service: Service, options: Options) -> str:
    """The promise, the reason, the policy, the people and the links."""
    lines = "".join(f"<p>{line}</p>" for line in _promise(slo, service))
    policy = "".join(f"<li>{line}</li>" for line in _policy(slo))
    links = " · ".join(_links(slo, options))
    return f"{lines}{f'<ul>{policy}</ul>' if policy else ''}<p>{links}</p>"


def _promise(slo: Slo, service: Service) -> Iterator[str]:
    if slo.draft:
        yield "<b>Draft:</b> recorded and shown, without alerts."
    yield f"<b>{html(sentence(slo))}</b> {literal(slo.because)}"
    yield "<br>".join(html((f"{name} ", Code(" + ".join(terms)))) for name, terms in _statements(slo.indicator))
    agreed = f", agreed with {literal(', '.join(slo.stakeholders))}" if slo.stakeholders else ""
    yield f"Owner: <b>{literal(service.owner)}</b>{agreed}."


def _statements(of: Indicator) -> Iterator[tuple[str, list[str]]]:
    """What is measured, in the language; filters alone where they tell which of the events are bad or good."""
    *first, last = language.statements(of)
    counted = breakdown.counted(of)
    found = classified(counted) if isinstance(counted, Ratio) else None
    yield from first
    yield (found[0], [language.filters(sorted(found[1], key=repr))]) if found else last


def _policy(slo: Slo) -> Iterator[str]:
    for step in slo.policy:
        yield f"{language.left(step.below).capitalize()}: {literal(step.action)}"


def _links(slo: Slo, options: Options) -> Iterator[str]:
    if slo.runbook:
        yield anchor("Runbook", slo.runbook)
    yield from (anchor(link.title, link.url) for link in slo.links)
    page = documentation_url(slo, options)
    if page:
        yield anchor("Documentation", page)
    address = source_link(slo.source, options)
    where = words.written_in(slo)
    yield anchor(where, address) if address else f"<code>{literal(where)}</code>"
