"""Labels of the series of a stream, and which series it has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slocompiler import promql
from slocompiler.ir import Filter, Matcher, Stream
from slocompiler.targets.promtest.labels import Impossible, Labels, matches, solve


def both(one: Stream, other: Stream) -> Stream:
    """The series that both streams select."""
    return Stream(
        metric=one.metric,
        all=one.all + other.all,
        any=tuple(mine + theirs for mine in one.any or ((),) for theirs in other.any or ((),)),
        none=tuple(dict.fromkeys(one.none + other.none)),
    )


def members(stream: Stream, more: Filter = (), avoid: Sequence[Filter] = ()) -> Iterator[dict[str, str]]:
    """A series for each choice of a stream that has one."""
    for choice in stream.any or ((),):
        try:
            yield solve((*stream.all, *choice, *more), (*stream.none, *avoid))
        except Impossible:
            continue


def holds(stream: Stream, labels: Labels) -> bool:
    """Whether a stream has the series of its metric with these labels. Raises Undecided."""
    chosen = not stream.any or any(matches(labels, choice) for choice in stream.any)
    return matches(labels, stream.all) and chosen and not any(matches(labels, removed) for removed in stream.none)


def excluded(stream: Stream, bad: Stream | None, fixed: Filter) -> Iterator[dict[str, str]]:
    """A series for each exclusion that has one; it would be bad if it counted."""
    for removed in stream.none:
        for choice in (*(bad.any if bad else ()), *stream.any, ()):
            try:
                yield solve((*stream.all, *fixed, *removed, *choice))
                break
            except Impossible:
                continue


def named(metric: str, labels: Labels) -> str:
    """The name of a series with its labels."""
    return promql.selector(metric, tuple(Matcher(label, "=", text) for label, text in sorted(labels.items())))
