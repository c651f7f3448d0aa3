"""`formerly NAME`: history that belongs to another SLO, or names that add nothing."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Fix, Label
from slocompiler.fixes import remove, remove_item
from slocompiler.resolve import Resolved, ResolvedService, ResolvedSlo
from slocompiler.resolve.resolved import MOST_FORMER
from slocompiler.syntax import tree as t


def former_names(service: ResolvedService, run: Run) -> Iterator[Diagnostic]:
    """E228, E229 and E247 of a service and of its SLOs."""
    yield from _names(service.tree, service.formerly)
    for slo in service.slos:
        yield from _names(slo.tree, slo.formerly)
    yield from _taken(service, run)


def _names(block: t.Service | t.Slo, names: tuple[t.Name, ...]) -> Iterator[Diagnostic]:
    """The name that the block has, a name twice, and too many names."""
    first: dict[str, t.Name] = {}
    for name in names:
        if name.text == block.name.text:
            here = (Label(block.name.span, "its name"),)
            message = f"`{name.text}` is its name already"
            yield Diagnostic(
                "E228", message, name.span, here, "write the name that it had before", _removed(block, name)
            )
        elif first.setdefault(name.text, name) is not name:
            here = (Label(first[name.text].span, "the first is here"),)
            message = f"the former name `{name.text}` is given twice"
            yield Diagnostic("E229", message, name.span, here, "remove one of them", _removed(block, name))
    if len(names) > MOST_FORMER:
        help = "remove the names that it has not had for as long as its window"
        yield Diagnostic("E247", f"more than {MOST_FORMER} former names", names[MOST_FORMER].span, help=help)


def _removed(block: t.Service | t.Slo, name: t.Name) -> tuple[Fix, ...]:
    """The fix that removes a name, with its statement if that has no other."""
    statement = next(item for item in block.items if isinstance(item, t.Formerly))
    whole = len(statement.names) == 1
    return remove("remove it", statement.span) if whole else remove_item("remove it", name.span)


def _taken(service: ResolvedService, run: Run) -> Iterator[Diagnostic]:
    """E228 for names under which another SLO is recorded, or whose history another one continues; once for each name."""
    reported: set[t.Name] = set()
    for slo in service.slos:
        for id, name in slo.former.items():
            others = run.once(_by_id, run.resolved)[id]
            other = next((one for one in others if one.id != slo.id and one.id == id), None)
            heir = None if other else next((one for one in others if one.id != slo.id), None)
            if name in reported or not (found := other or heir):
                continue
            reported.add(name)
            here = (Label(found.tree.name.span, "the other SLO"),)
            message = f"the SLO `{id}` still exists" if other else f"`{found.id}` continues the history of `{id}`, too"
            help = "each event would count twice: " + (
                "`formerly` takes names that no SLO has" if other else "one SLO can continue a history"
            )
            yield Diagnostic("E228", message, name.span, here, help)


def _by_id(resolved: Resolved) -> dict[str, list[ResolvedSlo]]:
    """The SLOs that have an id, or had it."""
    found: dict[str, list[ResolvedSlo]] = {}
    for service in resolved.services:
        for slo in service.slos:
            for id in (slo.id, *slo.former):
                found.setdefault(id, []).append(slo)
    return found
