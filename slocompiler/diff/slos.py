"""SLOs that were added, removed or renamed."""

from __future__ import annotations

from slocompiler import promql
from slocompiler.diff.change import Change, Detail
from slocompiler.diff.settings import edit
from slocompiler.diff.subject import Subject
from slocompiler.explain.phrases import Code, Phrase


def added(one: Subject) -> Change:
    """The change of an SLO that was added."""
    return Change(
        kinds=("added",),
        what=_promise(one),
        location=one.location("slo"),
        detail=Detail(budget=(None, one.scope.budget)),
    )


def removed(one: Subject) -> Change:
    """The change of an SLO that was removed, with its alerts."""
    return Change(
        kinds=("removed",),
        what=_promise(one),
        location=one.location("slo"),
        detail=Detail(budget=(one.scope.budget, None)),
    )


def standing(one: Subject) -> Change:
    """An SLO without another one to compare it with."""
    return Change(
        kinds=("uncompared",),
        what=_promise(one),
        location=one.location("slo"),
        detail=Detail(budget=(None, one.scope.budget)),
    )


def renamed(before: Subject, after: Subject) -> Change:
    """The change of an SLO that measures the same under another name."""
    old, new = before.slo.id, after.slo.id
    window = promql.duration(after.slo.window)
    note = (
        "The history is lost and the budget starts again, because recorded series carry the name. To keep the history, "
        f"keep the name and change the title, or keep the old SLO as a draft for {window}."
    )
    return Change(
        kinds=("renamed",),
        what=(Code(old), " → ", Code(new)),
        location=after.location("slo"),
        same=edit(old, new),
        detail=Detail(notes=((note,),), before=old, after=new),
    )


def _promise(one: Subject) -> Phrase:
    slo = one.slo
    return (f"{promql.percent(slo.target)} over {promql.duration(slo.window)}{', a draft' if slo.draft else ''}",)
