"""What something in a file means: an SLO and its alerts in minutes and events, a name by its declaration, a keyword."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from slocompiler.explain.language import objective
from slocompiler.explain.phrases import plain
from slocompiler.explain.promise import promise
from slocompiler.explain.slo import alert, figures
from slocompiler.formats.markdown import fence, text
from slocompiler.ir import Service, Slo
from slocompiler.lsp.metrics import Metrics, described
from slocompiler.lsp.snapshot import Snapshot, Trail
from slocompiler.lsp.words import WORDS
from slocompiler.record import record
from slocompiler.resolve import ResolvedSlo
from slocompiler.resolve.names import Use
from slocompiler.source import Span
from slocompiler.syntax import tree as t
from slocompiler.syntax.journey import Journey, Ref
from slocompiler.targets.shared import Options
from slocompiler.visible import visible

_MOST = 3
"""How many SLOs a hover over something that they share explains."""
_VALUES = 10
"""How many values of a parameter it shows."""


@record
class Hover:
    """A text in Markdown, and what it is about."""

    span: Span
    markdown: str


def hover(
    snapshot: Snapshot, offset: int, others: Iterable[Snapshot] = (), metrics: Metrics | None = None
) -> Hover | None:
    """The meaning of what is at an offset; None if there is nothing to explain.

    `others` are asked about templates and alerts that only they use; they are read as far as needed. `metrics` are those
    of a server.
    """
    trail, use, options = snapshot.trail(offset), snapshot.use_at(offset), snapshot.project.options()
    files = chain((snapshot,), others)
    if use and not isinstance(use.declared, t.Service | t.Slo):
        return Hover(use.span, _declared(files, use))
    if measured := _metric(trail, offset, metrics or {}):
        return measured
    if use and trail and isinstance(trail[-1], Ref) and isinstance(use.declared, t.Slo):
        if found := _joined(_slo(files, use.declared, options)):
            return Hover(trail[-1].span, found)
    for one in reversed([node for node in trail if isinstance(node, t.Statement)]):
        node = one.slo if isinstance(one, Journey) else one
        if isinstance(node, t.AlertLine) and (found := _joined(_alert(files, node, options))):
            return Hover(node.span, found)
        if (
            isinstance(node, t.Slo)
            and offset <= node.window.span.end
            and (found := _joined(_slo(files, node, options)))
        ):
            return Hover(node.span.to(node.window.span), found)
        if use and isinstance(node, t.Override) and (found := _joined(_overridden(files, node, trail, options))):
            return Hover(use.span, found)
    return _keyword(trail, offset)


def _metric(trail: Trail, offset: int, metrics: Metrics) -> Hover | None:
    """The metric at an offset, in a selector or in PromQL, if the server has it."""
    node = trail[-1] if trail else None
    if not metrics or not isinstance(node, t.Name | t.Promql):
        return None
    words = re.compile(r"[A-Za-z_:][\w:]*").finditer(node.span.source.text, node.span.start, node.span.end)
    word = next((one for one in words if one.start() <= offset <= one.end()), None)
    name = word[0] if word else ""
    base = next((known for known in (name, f"{name}_bucket") if known in metrics), "")
    if not word or not base:
        return None
    lines = [visible(line) for line in described(name, metrics[base])]
    return Hover(node.span.part(word.start(), word.end()), _block("text", lines))


def _joined(blocks: Iterable[str]) -> str:
    return "\n\n".join(islice(blocks, _MOST))


def _known(files: Iterable[Snapshot]) -> Iterator[tuple[ResolvedSlo, Slo, Service]]:
    """The SLOs without errors, each with its service."""
    for snapshot in files:
        resolved = {slo.id: slo for slo in snapshot.slos}
        yield from ((resolved[slo.id], slo, service) for service in snapshot.services for slo in service.slos)


def _is(one: Span, other: Span) -> bool:
    """Whether both are the same text, however it is reached."""
    return one.source is other.source and one.start == other.start


def _slo(files: Iterable[Snapshot], node: t.Slo, options: Options) -> Iterator[str]:
    """An SLO in figures; one of a template as it is used."""
    found = ((slo, service) for resolved, slo, service in _known(files) if _is(resolved.tree.span, node.span))
    yield from (_block("text", figures(slo, service, options)) for slo, service in found)


def _overridden(files: Iterable[Snapshot], node: t.Override, trail: Trail, options: Options) -> Iterator[str]:
    """The SLO of a template that a `use` overrides, in figures."""
    uses = [one.span for one in trail if isinstance(one, t.Use)]
    for resolved, slo, service in _known(files):
        named = slo.name.removeprefix(f"{resolved.used.prefix.text}-" if resolved.used and resolved.used.prefix else "")
        if resolved.used and named == node.name.text and any(_is(resolved.used.span, span) for span in uses):
            yield _block("text", figures(slo, service, options))


def _alert(files: Iterable[Snapshot], line: t.AlertLine, options: Options) -> Iterator[str]:
    """An alert line in figures, for the SLOs that have it."""
    for resolved, slo, service in _known(files):
        lines = resolved.alerts.lines if resolved.alerts else ()
        for own, known in zip(lines, slo.alerts, strict=False):
            if _is(own.span, line.span):
                explained = alert(known, slo.alerts, slo, service, slo.target, options)
                yield _block("text", [visible(f"{slo.id}, {objective(slo.target, slo.window)}"), *explained])


def _declared(files: Iterable[Snapshot], use: Use) -> str:
    """The text of a declaration; for a parameter its values, for a template what its SLOs promise here."""
    declared = use.declared
    if isinstance(declared, t.Parameter):
        values = list(islice(dict.fromkeys(_arguments(files, declared)), _VALUES))
        given = f"\n\nValues:\n\n{_block('slo', values)}" if values else ""
        return _block("slo", [declared.span.text]) + given
    if isinstance(declared, t.Template):
        head = declared.span.text.split("{", 1)[0].strip()
        promised = (
            text(visible(f"{slo.name}: {plain(promise(slo))}"))
            for resolved, slo, _ in _known(islice(files, 1))
            if resolved.used and _is(resolved.used.template.span, use.span)
        )
        return "\n\n".join([_block("slo", [head]), *promised])
    return _block("slo", [declared.span.text])


def _arguments(files: Iterable[Snapshot], parameter: t.Parameter) -> Iterator[str]:
    """The values that a parameter gets, as they are written."""
    for snapshot in files:
        given = {use.span.start: use for use in snapshot.uses if _is(use.declared.name.span, parameter.name.span)}
        for module in snapshot.resolved.modules:
            blocks = (item.items for item in module.file.declarations if isinstance(item, t.Service | t.Template))
            args = (arg for items in blocks for item in items if isinstance(item, t.Use) for arg in item.args)
            for arg in args:
                use = given.get(arg.name.span.start)
                if use and _is(use.span, arg.name.span):
                    yield arg.value.span.text


def _keyword(trail: Trail, offset: int) -> Hover | None:
    """The sentence for the keyword with which the statement around begins."""
    for node in reversed(trail):
        if isinstance(node, t.Statement):
            word = node.span.word
            sentence = WORDS.get(word.text, "") if word.start <= offset <= word.end else ""
            return Hover(word, text(sentence)) if sentence else None
    return None


def _block(language: str, lines: Iterable[str]) -> str:
    body = "\n".join(lines)
    marks = fence(body)
    return f"{marks}{language}\n{body}\n{marks}"
