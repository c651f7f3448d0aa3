"""Compares two programs. Each change is listed once, with the SLOs that it affects."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping

from slocompiler.diff.alerts import alerts
from slocompiler.diff.change import KINDS, Case, Change, Comparison, Detail, Entry, Location
from slocompiler.diff.exceptions import exceptions
from slocompiler.diff.feedback import feedback
from slocompiler.diff.indicator import indicator
from slocompiler.diff.match import renamed
from slocompiler.diff.risks import overburdened, risks
from slocompiler.diff.settings import settings
from slocompiler.diff.slos import added, former, removed, standing
from slocompiler.diff.slos import renamed as renaming
from slocompiler.diff.subject import Subject
from slocompiler.diff.target import targets, windows
from slocompiler.explain.phrases import Code, Phrase, plain
from slocompiler.explain.words import delays
from slocompiler.ir import Program

CONCEPTS: tuple[Callable[[Subject, Subject], Iterator[Change]], ...] = (
    targets,
    windows,
    indicator,
    exceptions,
    alerts,
    risks,
    feedback,
    settings,
    former,
)
"""The comparisons of one SLO, each of a concept."""
_RANK = {kind: rank for rank, kind in enumerate(KINDS)}
Found = list[tuple[Subject, Change]]


def compare(
    before: Program, after: Program, project: Iterable[Entry] = (), intervals: tuple[int, int] = (30, 30)
) -> Comparison:
    """All changes, with those of the `project`. The order of files and SLOs does not matter, nor do locations.

    `intervals` are those of scrapes and of evaluations in seconds, which delay alerts.
    """
    found = changes(before, after)
    project = tuple(project)
    affected = {subject.slo.id for subject, _ in found} | {slo for entry in project for slo in entry.slos}
    both = {slo.id for slo in before.slos} & {slo.id for slo in after.slos}
    entries = _entries(found, project)
    return Comparison(
        entries=entries,
        before=len(before.slos),
        after=len(after.slos),
        unchanged=len(both - affected),
        delays=_delays(entries, after, intervals),
    )


def changes(before: Program, after: Program) -> Found:
    """Every change of every SLO by itself, with the SLO after it; before it, if the SLO was removed."""
    old, new = _subjects(before), _subjects(after)
    found: Found = []
    both = _paired(old, new)
    same, gone, fresh = renamed(
        [old[id] for id in sorted(old.keys() - new.keys())], [new[id] for id in sorted(new.keys() - old.keys())]
    )
    found += [(one, removed(one)) for one in gone]
    found += [(one, added(one)) for one in fresh]
    found += [(one, change) for one in fresh for change in overburdened(one)]
    found += [(two, renaming(one, two)) for one, two in same]
    for one, two in (*both, *same):
        if one.slo != two.slo or one.around != two.around:  # most SLOs do not change at all
            found += [(two, change) for concept in CONCEPTS for change in concept(one, two)]
    return found


def kept(before: Program, after: Program) -> list[tuple[Subject, Subject]]:
    """The SLOs that both programs have, by the same id."""
    return _paired(_subjects(before), _subjects(after))


def _paired(old: Mapping[str, Subject], new: Mapping[str, Subject]) -> list[tuple[Subject, Subject]]:
    return [(slo, new[id]) for id, slo in old.items() if id in new]


def alone(after: Program) -> Comparison:
    """The SLOs of a program without another one to compare it with."""
    new = _subjects(after).values()
    found = [(one, change) for one in new for change in (standing(one), *overburdened(one))]
    return Comparison(entries=_entries(found), before=None, after=len(new), unchanged=0)


def _subjects(program: Program) -> dict[str, Subject]:
    return {slo.id: Subject(slo, service) for service in program.services for slo in service.slos}


def _delays(entries: Iterable[Entry], after: Program, intervals: tuple[int, int]) -> str:
    timed = {slo for entry in entries for case in entry.cases if case.detail.is_timed for slo in case.slos}
    if not timed:
        return ""
    return f"The times of alerts assume a full budget. {delays([slo for slo in after.slos if slo.id in timed], *intervals)}"


# Grouping


def _entries(found: Found, more: Iterable[Entry] = ()) -> tuple[Entry, ...]:
    """Groups changes that read the same, then those that differ only in the names of their SLOs."""
    alike: dict[Hashable, Found] = {}
    for subject, change in sorted(found, key=lambda both: both[0].slo.id):
        alike.setdefault(_key(change, change.what), []).append((subject, change))
    groups: dict[Hashable, Found] = {}
    for some in alike.values():
        subject, change = some[0]
        groups.setdefault(_key(change, change.same or _masked(subject, change.what)), []).extend(some)
    entries = [*map(_entry, groups.values()), *more]
    return tuple(sorted(entries, key=lambda entry: (_RANK[entry.kinds[0]], entry.slos, plain(entry.what))))


def _key(change: Change, same: Hashable) -> Hashable:
    """Changes with the same key become one entry."""
    return change.kinds, change.location.path, change.location.used_at is None, same


def _masked(subject: Subject, what: Phrase) -> Phrase:
    return tuple(Code(subject.masked(part.text)) if isinstance(part, Code) else part for part in what)


def _entry(found: Found) -> Entry:
    _, first = found[0]
    cases: dict[Detail, list[str]] = {}
    for subject, change in found:
        cases.setdefault(change.detail, []).append(subject.slo.id)
    uses = {change.location.used_at for _, change in found}
    return Entry(
        kinds=first.kinds,
        what=first.what,
        alike=all(change.what == first.what for _, change in found),
        location=Location(first.location.path, uses.pop() if len(uses) == 1 else ""),
        cases=tuple(Case(tuple(sorted(slos)), detail) for detail, slos in cases.items()),
    )
