"""Where a diagnostic is: lines and columns of both ends, and the places because of which its place counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from slocompiler.diagnostics import MAX_USES, Diagnostic, Label
from slocompiler.source import Reached, Source, Span

Locate = Callable[[Source], str | None]
"""The path of a source, from where its reader looks; None for what is no file, as standard input."""


class Region(NamedTuple):
    """Both ends of a span: lines and columns from 1; the end is right behind the last character."""

    line: int
    column: int
    end_line: int
    end_column: int


def region(span: Span) -> Region:
    """The ends of a span, columns in characters."""
    source = span.source
    last = source.line_number(span.end)
    return Region(span.line, span.column, last, span.end - source.line_start(last) + 1)


def labels(diagnostic: Diagnostic) -> Iterator[Label]:
    """The other places of a diagnostic: its own labels, then those through which its place was reached."""
    yield from diagnostic.labels
    yield from reached(diagnostic.span)


def reached(span: Span) -> list[Label]:
    """The other places because of which a place counts, nearest first; of many the nearest, and where it began."""
    found = []
    while isinstance(span, Reached):
        found.append(Label(span.by, span.because))
        span = span.by
    return found if len(found) <= MAX_USES else [*found[: MAX_USES - 1], found[-1]]


def anchor(diagnostic: Diagnostic, locate: Locate) -> tuple[Span, list[Label]]:
    """The place to put a mark at, and the other places.

    A mistake in a template that ships with sloc is no line of the repository: its mark goes to where it is used.
    """
    others = list(labels(diagnostic))
    spans = [diagnostic.span, *(label.span for label in reached(diagnostic.span))]
    first = next((span for span in spans if locate(span.source) is not None), diagnostic.span)
    if first is diagnostic.span:
        return first, others
    rest = [label for label in others if label.span is not first]
    return first, [Label(diagnostic.span, "the mistake is in this template"), *rest]
