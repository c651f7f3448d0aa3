"""Changes of exceptions: incidents that do not count."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from slocompiler import burn, moments, promql
from slocompiler.diff.change import Change, Detail, changed
from slocompiler.diff.maintenance import reason_of
from slocompiler.diff.match import pair
from slocompiler.diff.subject import Subject
from slocompiler.explain import language, words
from slocompiler.explain.phrases import Code, Phrase
from slocompiler.ir import Excepted, Slo


def exceptions(before: Subject, after: Subject) -> Iterator[Change]:
    """An exception that is new or gone, or at another time; one with another reason."""
    pairs, gone, added = pair(before.slo.exceptions, after.slo.exceptions, language.excepted, lambda one: one.begin)
    both: list[tuple[Excepted | None, Excepted | None]] = [*pairs]
    for old, new in (*both, *((one, None) for one in gone), *((None, one) for one in added)):
        was, now = (language.excepted(one) if one else None for one in (old, new))
        location = after.location(f"except {moments.write((new or old or gone[0]).begin)}")
        if was != now:
            notes = [_worth(one, after.slo) for one in (new or old,) if one]
            notes += [reason_of("except", new.because)] if new else []
            yield Change(
                kinds=("excepted",),
                what=changed(was, now, "except"),
                location=location,
                detail=Detail(notes=tuple(notes), before=old, after=new),
            )
        elif old and new and old.because != new.because:
            what = changed(old.because, new.because, "the reason of except ", Code(now or ""))
            yield Change(kinds=("because",), what=what, location=location, detail=Detail(before=old, after=new))


def _worth(of: Excepted, slo: Slo) -> Phrase:
    """What its time is worth at most."""
    lasts = of.end - of.begin
    share = Fraction(lasts) / (burn.budget(slo.target) * slo.window)
    return (f"A full outage of {words.spoken(lasts)} spends {promql.rounded(100 * share)}% of the budget.",)
