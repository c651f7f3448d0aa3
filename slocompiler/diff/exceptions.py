"""Changes of exceptions: incidents that do not count."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler import moments
from slocompiler.diff.change import Change, Detail, changed
from slocompiler.diff.match import pair
from slocompiler.diff.streams import EXCLUDED, LENIENT
from slocompiler.diff.subject import Subject
from slocompiler.explain import language
from slocompiler.explain.phrases import Code
from slocompiler.ir import Excepted


def exceptions(before: Subject, after: Subject) -> Iterator[Change]:
    """An exception that is new or gone, or at another time; one with another reason."""
    pairs, gone, added = pair(before.slo.exceptions, after.slo.exceptions, language.excepted, lambda one: one.begin)
    both: list[tuple[Excepted | None, Excepted | None]] = [*pairs]
    for old, new in (*both, *((one, None) for one in gone), *((None, one) for one in added)):
        was, now = (language.excepted(one) if one else None for one in (old, new))
        location = after.location(f"except {moments.write((new or old or gone[0]).begin)}")
        if was != now:
            is_more = new is not None and (old is None or new.end - new.begin > old.end - old.begin)
            yield Change(
                kinds=LENIENT if is_more else EXCLUDED,
                what=changed(was, now, "except"),
                location=location,
                detail=Detail(before=old, after=new),
            )
        elif old and new and old.because != new.because:
            what = changed(old.because, new.because, "the reason of except ", Code(now or ""))
            yield Change(kinds=("because",), what=what, location=location, detail=Detail(before=old, after=new))
