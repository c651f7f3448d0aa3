"""Changes of targets and windows, with the times at which alerts detect errors."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from slocompiler import burn, promql
from slocompiler.diff.alerts import firsts, lines, timed
from slocompiler.diff.change import Change, Detail, Location
from slocompiler.diff.subject import Scope, Subject, scopes
from slocompiler.explain import language
from slocompiler.explain.phrases import Code, Phrase


def targets(before: Subject, after: Subject) -> Iterator[Change]:
    """Each target that is looser or stricter, first that of all events; and the order of targets."""
    for old, new in scopes(before, after):
        if old.target != new.target:
            yield _target(before, after, old, new)
    earlier, later = before.variants, after.variants
    for name in sorted(earlier.keys() & later.keys()):  # of other deployments, the project file says what changed
        old, new = earlier[name].scope, later[name].scope
        if old.target != new.target and (old.target, new.target) != (before.slo.target, after.slo.target):
            yield _target(before, after, old, new, f" in {name}")
    first, second = before.overrides, after.overrides
    if [name for name in first if name in second] != [name for name in second if name in first]:
        was, now = (", then ".join(language.filters([name]) for name in names) for names in (first, second))
        yield Change(
            kinds=("per",),
            what=("order of the targets, of which the first match applies: ", Code(was), " → ", Code(now)),
            location=after.location("target"),
            detail=Detail(before=tuple(first), after=tuple(second)),
        )


def shift(before: Decimal, after: Decimal) -> str:
    """Two targets, and how they compare: `99.9% → 99%, ×10 looser`."""
    times = burn.budget(after) / burn.budget(before)
    degree = f"×{promql.rounded(times)} looser" if times > 1 else f"×{promql.rounded(1 / times)} stricter"
    return f"{promql.percent(before)} → {promql.percent(after)}, {degree}"


def _target(before: Subject, after: Subject, old: Scope, new: Scope, place: str = "") -> Change:
    """The change of one target; `place` is the deployment if it is that of one alone, as ` in us`."""
    looser = new.target < old.target
    unreasoned = looser and before.slo.because == after.slo.because
    name = new.filter or old.filter
    where: Phrase = ("target for ", Code(language.filters([name]))) if name else (f"target{place}",)
    reason = "" if not unreasoned else ", with the same reason" if after.slo.because else ", without a reason"
    kinds = ("loosened", "unreasoned") if unreasoned else ("loosened",) if looser else ("tightened",)
    alerting = not (before.slo.draft or after.slo.draft)
    seen, first = (timed(lines(old, new)), firsts(old, new)) if alerting else ((), ())
    return Change(
        kinds=kinds,
        what=(*where, f" {shift(old.target, new.target)}{reason}"),
        location=Location(next(one.place for one in after.slo.variants if place == f" in {one.deployment}"))
        if place
        else after.location("target"),
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
