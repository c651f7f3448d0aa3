"""Settings of the project: they hold for every SLO, so each is told once, of none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from slocompiler.diff.change import Case, Detail, Entry, Place, changed
from slocompiler.explain.phrases import Code

Settings = Mapping[str, str]
"""What a build is told by the project file, by its key there (`targets.prometheus.server`), defaults included."""


def project(before: Settings, after: Settings, file: str) -> Iterator[Entry]:
    """Settings of `file` that are new, gone or different."""
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old != new:
            yield Entry(
                kinds=("project",),
                what=changed(old, new, Code(key)),
                alike=True,
                place=Place(file),
                cases=(Case((), Detail(before=old, after=new)),),
            )
