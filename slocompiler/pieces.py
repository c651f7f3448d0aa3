"""Pieces: the files of a large run are analysed some at a time, so that few syntax trees are in memory.

An import is read with each piece that needs it. What else files know of each other is little, and rare: then all of them
are analysed in one piece.
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
    names: dict[str, str]
    """The services by name, also those with errors, and the path of the file of each."""
    problems: list[Diagnostic]
    promises: frozenset[int]
    """A number for what each SLO measures and promises, which is the same for SLOs that are alike."""
    imports: frozenset[str]
    """The paths of all files that a file imports."""


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

    A piece has LETTERS characters, or `letters`. Pieces with errors become one, because an error in a file that they import would be reported for each.
    """
    groups = pieces(sources, LETTERS if letters is None else letters)
    found = list(spread(analyse, groups))
    if _are_tied(found):
        return [analyse(sources)]
    wrong = [any(problem.is_error for problem in piece.problems) for piece in found]
    if sum(wrong) > 1:
        together = [source for group, is_wrong in zip(groups, wrong, strict=True) if is_wrong for source in group]
        found = [piece for piece, is_wrong in zip(found, wrong, strict=True) if not is_wrong] + [analyse(together)]
    return found


def _are_tied(found: Sequence[Piece]) -> bool:
    """Whether something in one of the pieces matters for another: E201, W306, W319, or the E307 of a run."""
    promises = [promise for piece in found for promise in piece.promises]
    unused = {path: piece for piece in found for path in _unused(piece)}
    return (
        len({name for piece in found for name in piece.names}) < sum(len(piece.names) for piece in found)
        or len(set(promises)) < len(promises)
        or sum(len(service.slos) for piece in found for service in piece.services) > templates.MOST
        or any(unused.get(path, piece) is not piece for piece in found for path in piece.imports)
    )


def _unused(piece: Piece) -> set[str]:
    """The files with services that have a name which no file of the piece uses."""
    return {problem.span.source.path for problem in piece.problems if problem.code == "W306"}.intersection(
        piece.names.values()
    )
