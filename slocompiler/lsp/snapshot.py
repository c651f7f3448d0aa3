"""A file with all it imports, at one moment: what every feature of an editor asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from slocompiler.compiler import Examined
from slocompiler.diagnostics import Diagnostic
from slocompiler.ir import Service
from slocompiler.jobs import counted, watched
from slocompiler.lower import lower
from slocompiler.project import Project
from slocompiler.record import fields, replace
from slocompiler.resolve import Resolved, ResolvedService, ResolvedSlo
from slocompiler.resolve.names import Use, uses
from slocompiler.source import Reached, Source, Span
from slocompiler.syntax import tree as t

Trail = tuple[t.Node, ...]


class Snapshot:
    """What is known of the file `source`. `others` are the jobs of services in other files, which standard alerts depend on."""

    def __init__(
        self, source: Source, examined: Examined, project: Project, others: Mapping[str, tuple[str, ...]]
    ) -> None:
        self.source, self.project = source, project
        self.resolved, self.problems = examined.resolved, examined.problems
        (self.file,) = self.resolved.files
        self._others = others

    @cached_property
    def uses(self) -> list[Use]:
        """Every name in the file and its imports."""
        return list(uses(self.resolved))

    @cached_property
    def services(self) -> tuple[Service, ...]:
        """The services of the file with those SLOs that no error concerns."""
        services = lower(_sound(self.resolved, self.problems))
        return watched(services, {**self._others, **{one.name: counted(one) for one in services}})

    @cached_property
    def slos(self) -> list[ResolvedSlo]:
        """All SLOs of the file, those with errors too."""
        return [slo for service in self.resolved.services for slo in service.slos]

    def use_at(self, offset: int) -> Use | None:
        """The name at an offset, or directly before it."""
        found = (use for use in self.uses if use.span.source is self.source)
        return next((use for use in found if use.span.start <= offset <= use.span.end), None)

    def trail(self, offset: int) -> Trail:
        """The nodes around an offset, the outermost first."""
        return tuple(_around(self.file.declarations, offset))


def children(node: t.Node) -> Iterator[t.Node]:
    """The nodes directly inside a node, in the order of its fields."""
    for name in fields(type(node))[1:]:
        value = getattr(node, name)
        yield from (child for child in (value if type(value) is tuple else (value,)) if isinstance(child, t.Node))


def _around(nodes: tuple[t.Node, ...], offset: int) -> Iterator[t.Node]:
    found = next((node for node in nodes if node.span.start <= offset <= node.span.end), None)
    if found:
        yield found
        yield from _around(tuple(children(found)), offset)


def _sound(resolved: Resolved, problems: list[Diagnostic]) -> Resolved:
    """Without the SLOs that an error concerns: lowering can rely on nothing about them.

    An error in an SLO or in a `use` concerns only those; one elsewhere in a service all of it; one in a template or
    another file everything.
    """
    wrong = [_outermost(problem.span) for problem in problems if problem.is_error]
    (file,) = resolved.files
    services = {service: service.tree.span for service in resolved.services}
    if any(not _inside(span, list(services.values())) for span in wrong):
        services = {}
    kept = []
    for service, around in services.items():
        here = [span for span in wrong if _inside(span, [around])]
        blocks = [item.span for item in service.tree.items if isinstance(item, t.Slo | t.Use)]
        if file.source is around.source and all(_inside(span, blocks) for span in here):
            kept.append(_only(service, here))
    return replace(resolved, services=tuple(kept))


def _only(service: ResolvedService, wrong: list[Span]) -> ResolvedService:
    """The service with the SLOs that have no error."""
    known = [slo for slo in service.slos if slo.intact and not any(_inside(one, [_block(slo)]) for one in wrong)]
    return replace(service, slos=known)


def _block(slo: ResolvedSlo) -> Span:
    return slo.used.span if slo.used else slo.tree.span


def _inside(span: Span, blocks: list[Span]) -> bool:
    return any(one.source is span.source and one.start <= span.start <= one.end for one in blocks)


def _outermost(span: Span) -> Span:
    while isinstance(span, Reached):
        span = span.by
    return span
