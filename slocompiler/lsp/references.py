"""Where a name is declared, and where it is used: definition, references and highlights."""

from __future__ import annotations

from slocompiler.lsp.snapshot import Snapshot
from slocompiler.resolve.names import Use
from slocompiler.source import Span
from slocompiler.syntax import tree as t


def definition(snapshot: Snapshot, offset: int) -> Span | None:
    """The name in the declaration that the name at an offset means, or the beginning of an imported file."""
    for statement, module in snapshot.resolved.modules[0].imports:
        if not statement.is_stand_in and statement.path.span.start <= offset <= statement.path.span.end:
            return Span(module.file.source, 0, 0)
    use = snapshot.use_at(offset)
    return use.declared.name.span if use else None


def references(snapshot: Snapshot, offset: int, others: tuple[Snapshot, ...] = ()) -> list[Span]:
    """Every use of the name at an offset, its declaration first; also in the `others`, which may import this file."""
    use = snapshot.use_at(offset)
    if use is None:
        return []
    wanted, found = _key(use), dict[tuple[str, int], Span]()
    for one in (snapshot, *others):
        for other in one.uses:
            if _key(other) == wanted:
                found.setdefault((other.span.source.path, other.span.start), other.span)
    declared = wanted[1:]
    return sorted(
        found.values(), key=lambda span: ((span.source.path, span.start) != declared, span.source.path, span.start)
    )


def _key(use: Use) -> tuple[type[t.Node], str, int]:
    """The declaration, however often it was parsed or expanded."""
    name = use.declared.name.span
    return type(use.declared), name.source.path, name.start
