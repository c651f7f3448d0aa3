"""Changes of what users said."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.diff.change import Change, Detail, Location, changed
from slocompiler.diff.match import pair
from slocompiler.diff.subject import Subject
from slocompiler.ir import Feedback
from slocompiler.record import replace


def feedback(before: Subject, after: Subject) -> Iterator[Change]:
    """Feedback on an SLO that was added, removed or changed."""
    both, gone, new = pair(_said(before), _said(after), lambda one: one, lambda one: one.day)
    found: list[tuple[Feedback | None, Feedback | None]] = [(was, now) for was, now in both if was != now]
    for was, now in (*found, *((one, None) for one in gone), *((None, one) for one in new)):
        some = now or was
        assert some is not None, "one of them is there"
        yield Change(
            kinds=("feedback",),
            what=changed(was.text if was else None, now.text if now else None, f"feedback of {some.day.isoformat()}"),
            location=Location(after.service.source),
            detail=Detail(before=was, after=now),
        )


def _said(one: Subject) -> list[Feedback]:
    """What was said of an SLO, without the names of the others that it is about."""
    return sorted((replace(said, on=()) for said in one.service.feedback if one.slo.name in said.on), key=repr)
