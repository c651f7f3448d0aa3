"""What each name in the files of a run means: the uses of every declaration, for editors."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.record import record
from slocompiler.resolve.resolved import Resolved
from slocompiler.resolve.scope import Declared, Scope, shared
from slocompiler.resolve.uses import parameters, selectors
from slocompiler.source import Span
from slocompiler.syntax import tree as t
from slocompiler.syntax.journey import Journey

Declaration = Declared | t.StreamDef | t.Parameter | t.Slo | t.Service


@record
class Use:
    """A name in a text, and the declaration that it means. The name of a declaration is its first use."""

    span: Span
    """The name itself, without `$`, braces or quotes around it."""
    declared: Declaration


def uses(resolved: Resolved) -> Iterator[Use]:
    """Every name whose declaration is known, file by file; none that recovery inserted."""
    yield from (use for use in _uses(resolved) if use.span.text == use.declared.name.text)


def _uses(resolved: Resolved) -> Iterator[Use]:
    for module in resolved.modules:
        scope = resolved.scopes[module.file.source]
        for kind, name in shared(module.file.declarations):
            if declared := scope.find(kind, name):
                yield Use(name.span, declared)
        for item in module.file.declarations:
            if isinstance(item, Declared | t.Service):
                yield Use(item.name.span, item)
            if isinstance(item, t.Service | t.Template):
                yield from _in_block(item, scope)
            if isinstance(item, t.Template):
                yield from _parameters(item)
            if isinstance(item, Journey):
                yield from _passed(item, resolved)
    yield from _on(resolved)


def _in_block(block: t.Service | t.Template, scope: Scope) -> Iterator[Use]:
    """The streams and SLOs of a block, and the arguments and the exclusions of the templates that it uses."""
    streams: dict[str, t.StreamDef] = {}
    for item in block.items:
        if isinstance(item, t.StreamDef):
            streams.setdefault(item.name.text, item)
        if isinstance(item, t.StreamDef | t.Slo):
            yield Use(item.name.span, item)
        elif isinstance(item, t.Use) and (template := scope.find(t.Template, item.template)):
            named = {parameter.name.text: parameter for parameter in template.parameters}
            yield from (Use(arg.name.span, named[arg.name.text]) for arg in item.args if arg.name.text in named)
            slos = {one.name.text: one for one in template.items if isinstance(one, t.Slo)}
            named_slos = (*item.without, *(one.name for one in item.overrides))
            yield from (Use(name.span, slos[name.text]) for name in named_slos if name.text in slos)
    for selector in selectors(block.items):
        if isinstance(selector.name, t.Name) and selector.name.text in streams:
            yield Use(selector.name.span, streams[selector.name.text])


def _parameters(template: t.Template) -> Iterator[Use]:
    known: dict[str, t.Parameter] = {}
    for parameter in template.parameters:
        known.setdefault(parameter.name.text, parameter)
        yield Use(parameter.name.span, parameter)
    for item in template.items:
        yield from (Use(span, known[name]) for name, span in parameters(item) if name in known)


def _passed(journey: Journey, resolved: Resolved) -> Iterator[Use]:
    """The SLOs that a journey names, and their services."""
    for ref in journey.refs:
        slash = ref.span.start + len(ref.service)
        if slo := resolved.slos.get(ref.text):
            yield Use(ref.span.part(ref.span.start, slash), slo.service.tree)
            yield Use(ref.span.part(slash + 1, ref.span.end), slo.tree)


def _on(resolved: Resolved) -> Iterator[Use]:
    """The SLOs that risks and feedback name; those of a template are declared there."""
    for service in resolved.services:
        slos = {slo.tree.name.text: slo.tree for slo in service.slos}
        for item in service.with_on:
            yield from (Use(name.span, slos[name.text]) for name in item.on if name.text in slos)
