"""Resolves syntax trees: imports, names, templates, settings and strings.

Precedence of settings: the SLO, the template that makes it, the service, the file's defaults, imported defaults.
"""

from __future__ import annotations

from collections.abc import Mapping

from slocompiler.diagnostics import Diagnostic
from slocompiler.elsewhere import Elsewhere
from slocompiler.record import EMPTY
from slocompiler.resolve.context import Reading
from slocompiler.resolve.imports import Module
from slocompiler.resolve.limits import Quota, QuotaExceeded
from slocompiler.resolve.resolved import (
    Choice,
    Compared,
    Excepted,
    Part,
    Planned,
    Resolved,
    ResolvedService,
    ResolvedSlo,
    Term,
    Variant,
)
from slocompiler.resolve.scope import scopes
from slocompiler.resolve.service import resolve_service
from slocompiler.resolve.settings import second
from slocompiler.resolve.templates import Templates
from slocompiler.syntax import tree as t
from slocompiler.syntax.journey import Journey
from slocompiler.syntax.tree import text_of

__all__ = [
    "Choice",
    "Compared",
    "Excepted",
    "Part",
    "Planned",
    "Resolved",
    "ResolvedService",
    "ResolvedSlo",
    "Term",
    "Variant",
    "resolve",
    "text_of",
]


def resolve(
    own: list[Module], modules: list[Module], elsewhere: Mapping[str, Elsewhere] = EMPTY
) -> tuple[Resolved, list[Diagnostic]]:
    """Resolve the `own` files of a run together; `modules` are all that they import.

    `elsewhere` is what differs in deployments, by their names.
    """
    known, problems = scopes(modules)
    templates = Templates(known)
    problems += templates.problems
    services = [(x.file, item) for x in own for item in x.file.declarations if isinstance(item, t.Service)]
    named: dict[str, t.Service] = {}
    for _, one in services:
        if one.name.intact and (first := named.setdefault(one.name.text, one)) is not one:
            kind = "service or journey" if isinstance(one, Journey) or isinstance(first, Journey) else "service"
            problems.append(second(f"a second {kind} `{one.name.text}`", one.name, first.name))
    statements = [item for _, service in services for item in service.items]
    quota = Quota()
    try:
        templates.count(statements, quota)
        if (problems or any(module.file.source.damage for module in modules)) and templates.multiply(statements):
            services = []  # nothing is expanded: it would take much time and memory
        resolved = tuple(
            resolve_service(file, service, Reading(known, problems, service.name.text, elsewhere), templates, quota)
            for file, service in services
        )
    except QuotaExceeded as error:
        resolved = ()
        problems.append(error.problem)
    slos = {slo.id: slo for service in resolved for slo in service.slos}
    return Resolved(tuple(module.file for module in own), resolved, tuple(modules), known, slos), problems
