"""Changes of what users said."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.diff.change import Change, Detail, Location, changed
from slocompiler.diff.match import matched
from slocompiler.diff.subject import Subject
from slocompiler.ir import Feedback
from slocompiler.record import replace


def feedback(before: Subject, after: Subject) -> Iterator[Change]:
    """Feedback on an SLO that was added, removed or changed."""
    both = matched(_said(before), _said(after), lambda one: one, lambda one: one.day)
    for was, now in both:
        some = now or was
        assert some is not None, "one of them is there"
        if was != now:
            named = f"feedback of {some.day.isoformat()}"
            yield Change(
                kinds=("feedback",),
                what=changed(was.text if was else None, now.text if now else None, named),
                location=Location(after.service.source),
                detail=Detail(before=was, after=now),
            )


def _said(one: Subject) -> list[Feedback]:
    """What was said of an SLO, without the names of the others that it is about."""
    return sorted((replace(said, on=()) for said in one.service.feedback if one.slo.name in said.on), key=repr)
