"""Pieces: the files of a large run are analysed some at a time, so that few syntax trees are in memory.

An imported file is parsed once, and resolved with each piece that needs it. What else files know of each other is
little, and rare: then all of them are analysed in one piece. For the same reason, files that have not changed since a
build need not be analysed again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set

from slocompiler.diagnostics import Diagnostic, ordered
from slocompiler.ir import Service
from slocompiler.jobs import own
from slocompiler.record import record
from slocompiler.resolve import templates
from slocompiler.source import Source

LETTERS = 2**14
"""Characters of the files of a piece, unless one file is longer: some dozen SLOs."""


@record
class Facts:
    """What other files have to know of a file, unless they import it."""

    slos: int
    jobs: Mapping[str, tuple[str, ...]]
    """Its services by name, also those with errors, and the jobs on which each counts."""
    promises: tuple[int, ...]
    """A number for what each SLO measures and promises, which is the same for SLOs that are alike."""
    former: tuple[str, ...]
    """The former names of its services."""
    named: tuple[int, ...]
    """The names in the deployments of the project file that mean one of its SLOs, by their positions."""
    passed: tuple[str, ...]
    """The services that its journeys pass."""


@record
class Piece:
    """What some files of a run say."""

    services: tuple[Service, ...]
    """None of them if one of the problems is an error, or if only facts are known."""
    facts: dict[str, Facts]
    """The facts of each file by its path."""
    problems: list[Diagnostic]
    imports: frozenset[str]
    """The paths of all files that a file imports."""

    @property
    def jobs(self) -> dict[str, tuple[str, ...]]:
        """The services by name, and the jobs on which each counts."""
        return {name: jobs for facts in self.facts.values() for name, jobs in facts.jobs.items()}

    @property
    def slos(self) -> int:
        """The number of SLOs."""
        return sum(facts.slos for facts in self.facts.values())

    @property
    def passed(self) -> frozenset[str]:
        """The services that its journeys pass."""
        return frozenset(name for facts in self.facts.values() for name in facts.passed)

    @property
    def is_wrong(self) -> bool:
        """Whether one of the problems is an error."""
        return any(problem.is_error for problem in self.problems)


Spread = Callable[[Callable[[Sequence[Source]], Piece], Sequence[Sequence[Source]]], Iterable[Piece]]
"""Calls a function for each of the values, as `map` does, perhaps in several processes."""


def pieces(sources: Iterable[Source], letters: int) -> list[list[Source]]:
    """The files, in their order, in groups of `letters` characters; 0 for a group of each."""
    found: list[list[Source]] = [[]]
    size = 0
    for source in sources:
        if found[-1] and size + len(source.text) > letters:
            found.append([])
            size = 0
        found[-1].append(source)
        size += len(source.text)
    return found


def analysed(
    analyse: Callable[[Sequence[Source]], Piece], sources: Sequence[Source], spread: Spread, letters: int | None = None
) -> list[Piece]:
    """The pieces of a run; all of its files as one piece if a diagnostic depends on several.

    A piece has LETTERS characters, or `letters`. Pieces with errors become one, because an error in a file that they import would be reported for each. So do those with journeys and the services that these pass.
    """
    groups = pieces(sources, LETTERS if letters is None else letters)
    found = list(spread(analyse, groups))
    passed = frozenset[str]().union(*(piece.passed for piece in found))
    if len(found) > 1 and (are_tied(found) or passed - {name for piece in found for name in piece.jobs}):
        return [analyse(sources)]
    again = [one.is_wrong or bool(one.passed) or not passed.isdisjoint(one.jobs) for one in found]
    if sum(again) > 1:
        together = analyse(
            [source for group, is_joined in zip(groups, again, strict=True) if is_joined for source in group]
        )
        return [*(piece for piece, is_joined in zip(found, again, strict=True) if not is_joined), together]
    return found


def joined(found: Iterable[Piece]) -> Piece:
    """All pieces of a run as one: services by name, problems by file and location."""
    pieces = list(found)
    services = sorted((service for piece in pieces for service in piece.services), key=lambda service: service.name)
    facts = {path: own for piece in pieces for path, own in piece.facts.items()}
    problems = ordered(problem for piece in pieces for problem in piece.problems)
    return Piece(tuple(services), facts, problems, frozenset[str]().union(*(piece.imports for piece in pieces)))


def may_declare(source: Source, services: Collection[str]) -> bool:
    """Whether a file may have one of these services, by its text."""
    return any(re.search(rf"\bservice\s+{re.escape(name)}(?![\w:-])", source.text) for name in services)


def without(piece: Piece, paths: Collection[str]) -> Piece:
    """The piece without some of its files, except for their errors."""
    services = tuple(service for service in piece.services if service.source not in paths)
    facts = {path: own for path, own in piece.facts.items() if path not in paths}
    problems = [one for one in piece.problems if one.is_error or one.span.source.path not in paths]
    return Piece(services, facts, problems, piece.imports)


def are_tied(found: Sequence[Piece]) -> bool:
    """Whether something in one of the pieces matters for another: E201, E228, W306, W319, or the E307 of a run."""
    unused = {path: piece for piece in found for path in _unused(piece)}
    return (
        _overlap([{*piece.jobs, *(name for facts in piece.facts.values() for name in facts.former)} for piece in found])
        or _overlap([_promises(piece) for piece in found])
        or sum(piece.slos for piece in found) > templates.MOST
        or any(unused.get(path, piece) is not piece for piece in found for path in piece.imports)
    )


def affects(old: Piece, new: Piece, rest: Piece) -> bool:
    """Whether a change of some files of a run, from `old` to `new`, matters for the rest of them."""
    jobs = own({**rest.jobs, **old.jobs}) ^ own({**rest.jobs, **new.jobs})
    watched = any(job in jobs for counted in rest.jobs.values() for job in counted)
    return watched or any(are_tied([rest, one]) or _passes([rest, one]) for one in (old, new))


def is_open(piece: Piece) -> bool:
    """Whether the diagnostics of a file may depend on a file that imports it, or be due to one.

    Those of all other files depend on what they import, and on what `are_tied` compares.
    """
    with_services = (path for path, facts in piece.facts.items() if facts.jobs)
    return not piece.imports.isdisjoint((*with_services, *(problem.span.source.path for problem in piece.problems)))


def _passes(found: Sequence[Piece]) -> bool:
    """Whether a journey in one of the pieces passes a service of another one."""
    return any(not piece.passed.isdisjoint(other.jobs) for piece in found for other in found if other is not piece)


def _overlap(found: Sequence[Set[object]]) -> bool:
    return len(set[object]().union(*found)) < sum(map(len, found))


def _promises(piece: Piece) -> set[int]:
    return {promise for facts in piece.facts.values() for promise in facts.promises}


def _unused(piece: Piece) -> set[str]:
    """The files with services that have a name which no file of the piece uses."""
    shown = {problem.span.source.path for problem in piece.problems if problem.code == "W306"}
    return {path for path, facts in piece.facts.items() if facts.jobs and path in shown}
