"""Pieces: the files of a large run are analysed some at a time, so that few syntax trees are in memory.

An import is read with each piece that needs it. What else files know of each other is little, and rare in a run without
errors: then all of them are analysed in one piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from slocompiler.diagnostics import Diagnostic
from slocompiler.ir import Service
from slocompiler.record import record
from slocompiler.resolve import templates
from slocompiler.source import Source

LETTERS = 2**17
"""Characters of the files of a piece, unless one file is longer: some hundred SLOs."""


@record
class Piece:
    """What some files of a run say."""

    services: tuple[Service, ...]
    """None of them if one of the problems is an error."""
    problems: list[Diagnostic]
    promises: frozenset[int]
    """A number for what each SLO measures and promises, which is the same for SLOs that are alike."""
    imports: frozenset[str]
    """The paths of all files that a file imports."""


Spread = Callable[[Callable[[Sequence[Source]], Piece], Sequence[Sequence[Source]]], Iterable[Piece]]
"""Calls a function for each of the values, as `map` does, perhaps in several processes."""


def pieces(sources: Iterable[Source]) -> list[list[Source]]:
    """The files, in their order, in groups of LETTERS characters."""
    found: list[list[Source]] = [[]]
    size = 0
    for source in sources:
        if found[-1] and size + len(source.text) > LETTERS:
            found.append([])
            size = 0
        found[-1].append(source)
        size += len(source.text)
    return found


def analysed(analyse: Callable[[Sequence[Source]], Piece], sources: Sequence[Source], spread: Spread) -> list[Piece]:
    """The pieces of a run, or all of its files as one piece if a diagnostic may depend on several."""
    groups = pieces(sources)
    found = list[Piece]()
    for piece in spread(analyse, groups):
        found.append(piece)
        if len(groups) > 1 and any(problem.is_error for problem in piece.problems):
            return [analyse(sources)]
    return [analyse(sources)] if _are_tied(found) else found


def _are_tied(found: Sequence[Piece]) -> bool:
    """Whether something in one of the pieces matters for another: E201, W306, W319, or the E307 of a run."""
    services = [service for piece in found for service in piece.services]
    names = {service.name for service in services}
    promises = [promise for piece in found for promise in piece.promises]
    unused = {path: piece for piece in found for path in _unused(piece)}
    return (
        len(names) < len(services)
        or len(set(promises)) < len(promises)
        or sum(len(service.slos) for service in services) > templates.MOST
        or any(unused.get(path, piece) is not piece for piece in found for path in piece.imports)
    )


def _unused(piece: Piece) -> set[str]:
    """The files with services of which some name seems to be unused."""
    own = {service.source for service in piece.services}
    return {problem.span.source.path for problem in piece.problems if problem.code == "W306"} & own
