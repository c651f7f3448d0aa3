"""Quick fixes: those of diagnostics, and the `allow` that silences a warning."""

from __future__ import annotations

from slocompiler.diagnostics import Diagnostic, Fix
from slocompiler.fixes import add_statement
from slocompiler.lsp.snapshot import Snapshot
from slocompiler.source import Reached
from slocompiler.syntax import tree as t


def actions(snapshot: Snapshot, problems: list[Diagnostic], start: int, end: int) -> list[tuple[Diagnostic, Fix]]:
    """The fixes of the problems that touch these characters, each problem's most likely fix first."""
    here = [one for one in problems if one.span.source.path == snapshot.source.path]
    touching = [one for one in here if one.span.start <= end and start <= one.span.end]
    return [(one, fix) for one in touching for fix in (*one.fixes, *_allow(snapshot, one))]


def _allow(snapshot: Snapshot, problem: Diagnostic) -> tuple[Fix, ...]:
    """`allow W312 because ""` in the SLO or the service around a warning, for a person to give the reason."""
    if problem.is_error or isinstance(problem.span, Reached) or problem.code == "W315":
        return ()
    blocks = [node for node in snapshot.trail(problem.span.start) if isinstance(node, t.Service | t.Slo | t.Template)]
    if not blocks or isinstance(blocks[-1], t.Template):
        return ()
    return add_statement(f"allow {problem.code}, with a reason", blocks[-1].span, f'allow {problem.code} because ""')
