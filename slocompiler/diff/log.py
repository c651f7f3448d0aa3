"""The record of what SLOs promised: from the versions of a project, each change of a promise with its commit."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from slocompiler.diff.change import Change
from slocompiler.diff.compare import changes
from slocompiler.ir import SCHEMA, Program, Slo

PROMISED = frozenset(
    (
        *("removed", "renamed", "continued", "loosened", "easier", "excepted", "drafted", "tightened", "harder"),
        *("added", "live", "window", "indicator", "exclusions", "per"),
    )
)
"""The kinds of changes of a promise: its target, its window, which events count and which of them are bad."""
AGREED = frozenset(("because", "stakeholders"))
"""The kinds of changes of its reason and of the people who agreed. Each entry shows both; alone, they are an entry."""
DATELESS = "no date"
"""The day of a commit that has none."""


class Revision(NamedTuple):
    """A commit."""

    commit: str
    day: str
    """As 2026-10-01; "" if it is unknown."""
    author: str


class Entry(NamedTuple):
    """What a commit changed of an SLO."""

    revision: Revision
    slo: Slo
    """As it was after the commit; before it, if the commit removed the SLO."""
    changes: tuple[Change, ...]


Log = dict[str, list[Entry]]
"""The entries of each SLO by its last name, oldest first. An SLO that was renamed keeps its entries."""


def record(versions: Iterable[tuple[Revision, Program]]) -> Log:
    """The log of the versions of a project, which are in the order of time."""
    found: Log = {}
    before = Program(schema=SCHEMA, services=())
    for revision, after in versions:
        own = sorted(changes(before, after), key=lambda both: both[0].slo.id)
        for id, group in groupby(own, key=lambda both: both[0].slo.id):
            pairs = list(group)
            every = [change for _, change in pairs]
            for change in every:
                if {"renamed", "continued"} & {*change.kinds}:
                    found[id] = [*found.get(id, ()), *found.pop(change.detail.before)]
            kept = _of(every, PROMISED) or _of(every, AGREED)
            if kept:
                found.setdefault(id, []).append(Entry(revision, pairs[0][0].slo, kept))
        before = after
    return found


def _of(found: Iterable[Change], kinds: frozenset[str]) -> tuple[Change, ...]:
    return tuple(change for change in found if kinds.intersection(change.kinds))
