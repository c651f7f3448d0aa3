"""Changes of planned maintenance, and the notes about it that other exclusions share."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler import promql
from slocompiler.diff.change import Change, Detail, changed
from slocompiler.diff.equivalence import normal_maintenance
from slocompiler.diff.match import matched
from slocompiler.diff.streams import EXCLUDED, LENIENT
from slocompiler.diff.subject import Subject
from slocompiler.explain import language
from slocompiler.explain.phrases import Code, Phrase
from slocompiler.ir import Maintenance
from slocompiler.record import replace


def maintenance(before: Subject, after: Subject) -> Iterator[Change]:
    """A maintenance that is new or gone, at other times, or with another text."""
    both = matched(before.slo.maintenance, after.slo.maintenance, _named, normal_maintenance, lambda one: one.text)
    for old, new in both:
        some = new or old
        assert some is not None, "one of them is there"
        text = some.text
        location, called = after.location(f"maintenance {text}"), Code(text)
        if not old or not new or normal_maintenance(old) != normal_maintenance(new):
            is_more = new is not None and (old is None or _a_week(new) > _a_week(old))
            reason = [reason_of(f"maintenance {text}", new.because)] if new else []
            yield Change(
                kinds=LENIENT if is_more else EXCLUDED,
                what=changed(_shown(old, new), _shown(new, old), "maintenance ", called),
                location=location,
                detail=Detail(notes=(mixed(after), *reason), before=old, after=new),
            )
        elif old.text != text:
            what = changed(old.text, text, "the text of a maintenance")
            yield Change(kinds=("because",), what=what, location=location, detail=Detail(before=old.text, after=text))


def _named(of: Maintenance) -> Maintenance:
    return replace(of, because="")


def _shown(of: Maintenance | None, other: Maintenance | None) -> str | None:
    """When it is. If only the rule of its zone differs, by another table of time zones, the rule is shown too."""
    if of is None:
        return None
    text = language.planned(of)
    return f"{text} ({of.zone.rule})" if other and language.planned(other) == text else text


def _a_week(of: Maintenance) -> int:
    """The seconds a week that it takes."""
    return of.lasting * 7 if of.every == "day" else of.lasting


def reason_of(exclusion: str, reason: str) -> Phrase:
    """A note about the reason of an exclusion."""
    return ("The reason of ", Code(exclusion), ": ", Code(reason)) if reason else (Code(exclusion), " has no reason.")


def mixed(after: Subject) -> Phrase:
    """A note that the budget mixes what was counted before a change and after it."""
    window = promql.duration(after.slo.window)
    return (
        f"The history is not comparable: for {window}, the budget mixes events counted before and after the change.",
    )
