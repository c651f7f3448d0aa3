"""SLOs that are new, gone, or under another name."""

from __future__ import annotations

from slocompiler import promql
from slocompiler.diff.change import Change, Detail
from slocompiler.diff.settings import edit
from slocompiler.diff.subject import Subject
from slocompiler.explain.phrases import Code, Phrase


def added(one: Subject) -> Change:
    """An SLO that was not there."""
    return Change(
        kinds=("added",), what=_promise(one), place=one.place("slo"), detail=Detail(budget=(None, one.scope.budget))
    )


def removed(one: Subject) -> Change:
    """An SLO that is gone, and its alerts with it."""
    return Change(
        kinds=("removed",), what=_promise(one), place=one.place("slo"), detail=Detail(budget=(one.scope.budget, None))
    )


def standing(one: Subject) -> Change:
    """An SLO of which it is not known what it was."""
    return Change(
        kinds=("uncompared",),
        what=_promise(one),
        place=one.place("slo"),
        detail=Detail(budget=(None, one.scope.budget)),
    )


def renamed(before: Subject, after: Subject) -> Change:
    """An SLO that measures what another one did."""
    old, new = before.slo.id, after.slo.id
    window = promql.duration(after.slo.window)
    note = (
        "Its history is lost: what is recorded carries the name, and the budget begins anew. To keep it, keep the name, "
        f"for the title may change; or leave the old one beside the new, as a draft, for {window}."
    )
    return Change(
        kinds=("renamed",),
        what=(Code(old), " → ", Code(new)),
        place=after.place("slo"),
        same=edit(old, new),
        detail=Detail(notes=((note,),), before=old, after=new),
    )


def _promise(one: Subject) -> Phrase:
    slo = one.slo
    return (f"{promql.percent(slo.target)} over {promql.duration(slo.window)}{', a draft' if slo.draft else ''}",)
