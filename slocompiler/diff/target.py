"""Changes of targets and windows, with the times at which alerts detect errors."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler import burn, promql
from slocompiler.diff.alerts import firsts, lines, timed
from slocompiler.diff.change import Change, Detail
from slocompiler.diff.subject import Scope, Subject, scopes
from slocompiler.explain import language
from slocompiler.explain.phrases import Code, Phrase


def targets(before: Subject, after: Subject) -> Iterator[Change]:
    """Each target that is looser or stricter, first that of all events; and the order of targets."""
    for old, new in scopes(before, after):
        if old.target != new.target:
            yield _target(before, after, old, new)
    first, second = before.overrides, after.overrides
    if [name for name in first if name in second] != [name for name in second if name in first]:
        was, now = (", then ".join(language.filters([name]) for name in names) for names in (first, second))
        yield Change(
            kinds=("per",),
            what=("order of the targets, of which the first match applies: ", Code(was), " → ", Code(now)),
            location=after.location("target"),
            detail=Detail(before=tuple(first), after=tuple(second)),
        )


def _target(before: Subject, after: Subject, old: Scope, new: Scope) -> Change:
    times = burn.budget(new.target) / burn.budget(old.target)
    looser = times > 1
    unreasoned = looser and before.slo.because == after.slo.because
    name = new.filter or old.filter
    where: Phrase = ("target for ", Code(language.filters([name]))) if name else ("target",)
    shares = f" {promql.percent(old.target)} → {promql.percent(new.target)}"
    degree = f"×{promql.rounded(times)} looser" if looser else f"×{promql.rounded(1 / times)} stricter"
    reason = "" if not unreasoned else ", with the same reason" if after.slo.because else ", without a reason"
    kinds = ("loosened", "unreasoned") if unreasoned else ("loosened",) if looser else ("tightened",)
    alerting = not (before.slo.draft or after.slo.draft)
    seen, first = (timed(lines(old, new)), firsts(old, new)) if alerting else ((), ())
    return Change(
        kinds=kinds,
        what=(*where, f"{shares}, {degree}{reason}"),
        location=after.location("target"),
        detail=Detail(budget=(old.budget, new.budget), lines=seen, firsts=first, before=old.target, after=new.target),
    )


def windows(before: Subject, after: Subject) -> Iterator[Change]:
    """Another window."""
    old, new = before.scope, after.scope
    if old.window == new.window:
        return
    alerting = not (before.slo.draft or after.slo.draft or old.target != new.target)
    seen, first = (timed(lines(old, new)), firsts(old, new)) if alerting else ((), ())
    note = "The recorded history stays comparable, and counts in the new window."
    yield Change(
        kinds=("window",),
        what=(f"{promql.duration(old.window)} → {promql.duration(new.window)}",),
        location=after.location("window"),
        detail=Detail(
            notes=((note,),),
            budget=(old.budget, new.budget),
            lines=seen,
            firsts=first,
            before=old.window,
            after=new.window,
        ),
    )
