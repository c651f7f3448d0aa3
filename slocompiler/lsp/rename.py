"""Renames streams, templates, parameters, alerts and policies wherever they are used."""

from __future__ import annotations

import re

from slocompiler.diagnostics import Edit
from slocompiler.lsp.references import references
from slocompiler.lsp.snapshot import Snapshot
from slocompiler.promql.strings import WINDOW
from slocompiler.resolve.imports import FETCHED, SHIPPED
from slocompiler.resolve.interpolate import BUILT_IN
from slocompiler.resolve.names import Declaration
from slocompiler.resolve.scope import Declared
from slocompiler.resolve.uses import selectors
from slocompiler.source import Span
from slocompiler.syntax import tree as t

_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")
_PARAMETER = re.compile(r"[a-z_][a-z0-9_]*")


def renamed(snapshot: Snapshot, offset: int) -> Span | str:
    """The name at an offset that can be renamed, or the reason why there is none."""
    use = snapshot.use_at(offset)
    if use is None:
        return "there is no name here that sloc can rename: metrics and labels belong to Prometheus"
    if isinstance(use.declared, t.Service | t.Slo):
        kind = "a service" if isinstance(use.declared, t.Service) else "an SLO"
        return (
            f"the name of {kind} identifies its recorded series: under another name it would start without a history. "
            "Change its title instead"
        )
    if use.declared.name.span.source.path.startswith((SHIPPED, FETCHED)):
        return "this name belongs to a library"
    return use.span


def rename(snapshot: Snapshot, offset: int, name: str, others: tuple[Snapshot, ...]) -> list[Edit] | str:
    """The edits that rename what is at an offset, or the reason why there are none. `others` may import this file."""
    found, use = renamed(snapshot, offset), snapshot.use_at(offset)
    if isinstance(found, str) or use is None:
        return str(found)
    is_parameter = isinstance(use.declared, t.Parameter)
    if not (_PARAMETER if is_parameter else _NAME).fullmatch(name):
        allowed = "digits and underscores" if is_parameter else "digits and hyphens, and begin with a letter"
        return f"`{name}` is not a valid name: use lowercase letters, {allowed}"
    if name in _taken(use.declared, (snapshot, *others)):
        return f"`{name}` has a meaning already"
    return [Edit(span, name) for span in references(snapshot, offset, others)]


def _taken(declared: Declaration, files: tuple[Snapshot, ...]) -> set[str]:
    """The names that mean something else where a declaration is used."""
    if isinstance(declared, Declared):
        scopes = [scope for one in files for scope in one.resolved.scopes.values()]
        keys = (key for scope in scopes for key in (*scope.own, *scope.imported))
        return {name for kind, name in keys if kind is type(declared)}
    for item in (item for one in files for module in one.resolved.modules for item in module.file.declarations):
        if isinstance(item, t.Template) and declared in item.parameters:
            return {*(one.name.text for one in item.parameters), *BUILT_IN, WINDOW}
        if isinstance(item, t.Service | t.Template) and declared in item.items:
            streams = (one.name.text for one in item.items if isinstance(one, t.StreamDef))
            counted = (one.name.text for one in selectors(item.items) if isinstance(one.name, t.Name))
            return {*streams, *counted}
    return set()
