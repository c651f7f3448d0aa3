"""What the target was before, where a repository knows."""

from __future__ import annotations

from slocompiler.explain import language
from slocompiler.ir import Slo
from slocompiler.targets.docs.page import Block, Paragraph, Phrase, Strong, Table
from slocompiler.targets.shared import Former, Options
from slocompiler.visible import shown


def history(slo: Slo, options: Options) -> tuple[Block, ...]:
    """A table of the days on which the target changed, the latest first; nothing where it always was what it is."""
    found = options.history.get(slo.id, ())
    if not found:
        return ()
    if len(found) == 1:
        return (
            Paragraph(
                (Strong("Its history: "), f"{_said(found[0])} since {found[0].day}, and never another."),
            ),
        )
    rows: list[tuple[Phrase, ...]] = []
    for before, after in zip((None, *found[:-1]), found, strict=True):
        was = _said(before) if before else "–"
        reason = shown(after.because) or "nobody wrote it down"
        if before and before.because == after.because:
            reason = "for the reason that it had"
        rows.append(((after.day,), (was,), (_said(after),), (reason,)))
    return (Table(("Since", "From", "To", "Why"), tuple(reversed(rows)), "The history of the target"),)


def _said(former: Former) -> str:
    return language.objective(former.target, former.window)
