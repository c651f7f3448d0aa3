"""Changes of project settings. They affect every SLO, so that an entry names none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from slocompiler.diff.change import Case, Detail, Entry, Location, changed
from slocompiler.explain.phrases import Code

Settings = Mapping[str, str]
"""The settings of a project by key (`targets.prometheus.server`), including defaults."""


def project(before: Settings, after: Settings, file: str) -> Iterator[Entry]:
    """Settings of `file` that were added, removed or changed."""
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old != new:
            yield Entry(
                kinds=("project",),
                what=changed(old, new, Code(key)),
                alike=True,
                location=Location(file),
                cases=(Case((), Detail(before=old, after=new)),),
            )
