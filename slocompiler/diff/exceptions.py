"""Changes of exceptions: incidents that do not count."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from slocompiler import burn, moments, promql
from slocompiler.diff.change import Change, Detail, changed
from slocompiler.diff.maintenance import reason_of
from slocompiler.diff.match import matched
from slocompiler.diff.subject import Subject
from slocompiler.explain import language, words
from slocompiler.explain.phrases import Code, Phrase
from slocompiler.ir import Excepted, Slo


def exceptions(before: Subject, after: Subject) -> Iterator[Change]:
    """An exception that is new or gone, or at another time; one with another reason."""
    both = matched(before.slo.exceptions, after.slo.exceptions, language.excepted, lambda one: one.begin)
    for old, new in both:
        some = new or old
        assert some is not None, "one of them is there"
        was, now = (language.excepted(one) if one else None for one in (old, new))
        location = after.location(f"except {moments.write(some.begin)}")
        if was != now:
            notes = [_worth(some, after.slo)]
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
