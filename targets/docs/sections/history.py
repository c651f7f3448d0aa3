"""The history of a target, if the repository has one."""

from __future__ import annotations

from slocompiler.explain import language
from slocompiler.ir import Slo
from slocompiler.targets.docs.page import Block, Paragraph, Phrase, Strong, Table
from slocompiler.targets.shared import Former, Options
from slocompiler.visible import shown


def history(slo: Slo, options: Options) -> tuple[Block, ...]:
    """A table of the changes of the target, the latest first; a sentence if it never changed, nothing if unknown."""
    found = options.history.get(slo.id, ())
    if not found:
        return ()
    if len(found) == 1:
        return (Paragraph((Strong("Target history: "), f"{_target(found[0])} since {found[0].day}, unchanged.")),)
    rows: list[tuple[Phrase, ...]] = []
    for before, after in zip((None, *found[:-1]), found, strict=True):
        reason = shown(after.because) or "none given"
        if before and before.because == after.because:
            reason = "unchanged"
        rows.append(((after.day,), (_target(before) if before else "–",), (_target(after),), (reason,)))
    return (Table(("Since", "From", "To", "Reason"), tuple(reversed(rows)), "The history of the target"),)


def _target(former: Former) -> str:
    return language.objective(former.target, former.window)
