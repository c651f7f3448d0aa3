"""Renames streams, templates, parameters, alerts, policies, SLOs and services wherever they are used."""

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
from slocompiler.syntax.journey import Journey

_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")
_PARAMETER = re.compile(r"[a-z_][a-z0-9_]*")
_BEGINS = re.compile(r"(?:\s|#[^\n]*)*\{")


def renamed(snapshot: Snapshot, offset: int) -> Span | str:
    """The name at an offset that can be renamed, or the reason why there is none."""
    use = snapshot.use_at(offset)
    if use is None:
        return "there is no name here that sloc can rename: metrics and labels belong to Prometheus"
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
    edits = [Edit(span, name) for span in references(snapshot, offset, others)]
    if isinstance(use.declared, t.Service | t.Slo):
        if isinstance(use.declared, t.Slo) and _has_prefix(use.declared, (snapshot, *others)):
            return "`on` names this SLO behind the name of a `use … as`: rename it by hand, with `formerly`"
        former = _formerly(use.declared, name)
        if former is None:
            return "this block is not finished: write its `{` first"
        edits.append(former)
    return edits


def _taken(declared: Declaration, files: tuple[Snapshot, ...]) -> set[str]:
    """The names that mean something else where a declaration is used."""
    if isinstance(declared, Declared):
        scopes = [scope for one in files for scope in one.resolved.scopes.values()]
        keys = (key for scope in scopes for key in (*scope.own, *scope.imported))
        return {name for kind, name in keys if kind is type(declared)}
    if isinstance(declared, t.Service):
        return {service.tree.name.text for one in files for service in one.resolved.services}
    for item in (item for one in files for module in one.resolved.modules for item in module.file.declarations):
        if isinstance(item, t.Template) and declared in item.parameters:
            return {*(one.name.text for one in item.parameters), *BUILT_IN, WINDOW}
        if isinstance(declared, t.Slo) and isinstance(item, t.Service | t.Template) and declared in item.items:
            return {one.name.text for one in item.items if isinstance(one, t.Slo)}
        if isinstance(item, t.Service | t.Template) and declared in item.items:
            streams = (one.name.text for one in item.items if isinstance(one, t.StreamDef))
            counted = (one.name.text for one in selectors(item.items) if isinstance(one.name, t.Name))
            return {*streams, *counted}
    return set()


def _formerly(block: t.Service | t.Slo, name: str) -> Edit | None:
    """The edit that keeps the recorded history of a block under its old name; `name` is the new one. None without a `{`."""
    old, text = block.name.text, block.name.span.source.text
    former = next((item.names for item in block.items if isinstance(item, t.Formerly)), ())
    for one in former:
        if one.text == name:  # it gets this name back
            return Edit(one.span, old)
    if former:
        return Edit(former[-1].span.after, f", {old}")
    slo = block.slo if isinstance(block, Journey) else block
    head = slo.window if isinstance(slo, t.Slo) else (slo.title or slo.name)
    begins = _BEGINS.match(text, head.span.end)
    if begins is None:
        return None
    brace = begins.end() - 1
    line_end = text.find("\n", brace)
    if line_end < 0 or not re.fullmatch(r"\{[ \t]*(?:#.*)?\r?", text[brace:line_end]):
        return Edit(block.span.part(brace + 1, brace + 1), f" formerly {old}")
    begin = text.rfind("\n", 0, block.span.start) + 1
    indent = re.compile(r"[ \t]*").match(text, begin)
    added = f"{indent[0] if indent else ''}  formerly {old}{text[line_end - 1] * (text[line_end - 1] == chr(13))}\n"
    return Edit(block.span.part(line_end + 1, line_end + 1), added)


def _has_prefix(declared: t.Slo, files: tuple[Snapshot, ...]) -> bool:
    """Whether `on` names an SLO of a template behind a prefix, which no reference leads to."""
    services = [service for one in files for service in one.resolved.services]
    names = {name.text for service in services for item in service.with_on for name in item.on}
    prefixes = {
        slo.used.prefix.text
        for one in files
        for slo in one.slos
        if slo.used and slo.used.prefix and slo.tree.name.text == f"{slo.used.prefix.text}-{declared.name.text}"
    }
    return any(f"{prefix}-{declared.name.text}" in names for prefix in prefixes)
