"""SLOs that were added, removed or renamed."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler import promql
from slocompiler.diff.change import Change, Detail, changed
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
    kept = old in after.slo.formerly
    note = (
        f"The history is kept: the rules read it under both names. Keep `formerly` for {window}."
        if kept
        else "The history is lost and the budget starts again, because recorded series carry the name. To keep the history, "
        f"write {_formerly(before, after)}."
    )
    return Change(
        kinds=("continued",) if kept else ("renamed",),
        what=(Code(old), " → ", Code(new)),
        location=after.location("slo"),
        same=edit(old, new),
        detail=Detail(notes=((note,),), before=old, after=new),
    )


def _formerly(before: Subject, after: Subject) -> str:
    """The statements that would continue the history of the SLO before."""
    service, slo = before.slo.service, before.slo.name
    parts = [f"`formerly {service}` in the service"] if service != after.slo.service else []
    return " and ".join(parts + ([f"`formerly {slo}` in the SLO"] if slo != after.slo.name else []))


def former(before: Subject, after: Subject) -> Iterator[Change]:
    """Other former names of an SLO, but for the one of a rename, which is a change of its own."""
    old, new = ({*one.slo.formerly} - {before.slo.id, after.slo.id} for one in (before, after))
    lost = ", ".join(sorted(old - new))
    note = (
        f"The history under {lost} does not count any more: the budget changes if the rename is less than "
        f"{promql.duration(after.slo.window)} ago."
    )
    if old != new:
        yield Change(
            kinds=("formerly",),
            what=changed(", ".join(sorted(old)), ", ".join(sorted(new)), "former names"),
            location=after.location("slo"),
            detail=Detail(
                notes=((note,),) if lost else (), before=tuple(sorted(old)) or None, after=tuple(sorted(new)) or None
            ),
        )


def _promise(one: Subject) -> Phrase:
    slo = one.slo
    return (f"{promql.percent(slo.target)} over {promql.duration(slo.window)}{', a draft' if slo.draft else ''}",)
