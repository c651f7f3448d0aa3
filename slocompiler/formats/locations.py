"""Locations of diagnostics: lines and columns of both ends, labels, and the path of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from slocompiler.diagnostics import MAX_USES, Diagnostic, Label
from slocompiler.source import Reached, Source, Span

Locate = Callable[[Source], str | None]
"""Returns the path of a source as the reader of a format needs it; None if it is not a file, as standard input."""


class Region(NamedTuple):
    """Both ends of a span: lines and columns from 1. The end is after the last character."""

    line: int
    column: int
    end_line: int
    end_column: int


def region(span: Span) -> Region:
    """The ends of a span, with columns in characters."""
    source = span.source
    last = source.line_number(span.end)
    return Region(span.line, span.column, last, span.end - source.line_start(last) + 1)


def labels(diagnostic: Diagnostic) -> Iterator[Label]:
    """All labels of a diagnostic: its own, then the uses through which its span was reached."""
    yield from diagnostic.labels
    yield from reached(diagnostic.span)


def reached(span: Span) -> list[Label]:
    """The uses of templates through which a span was reached, nearest first; of many, the nearest and the outermost."""
    found = []
    while isinstance(span, Reached):
        found.append(Label(span.by, span.because))
        span = span.by
    return found if len(found) <= MAX_USES else [*found[: MAX_USES - 1], found[-1]]


def anchor(diagnostic: Diagnostic, locate: Locate) -> tuple[Span, list[Label]]:
    """The span that a format marks, and the labels.

    A mistake in a template that ships with sloc is not in a file of the repository. The use of the template is marked.
    """
    others = list(labels(diagnostic))
    spans = [diagnostic.span, *(label.span for label in reached(diagnostic.span))]
    first = next((span for span in spans if locate(span.source) is not None), diagnostic.span)
    if first is diagnostic.span:
        return first, others
    rest = [label for label in others if label.span is not first]
    return first, [Label(diagnostic.span, "the mistake is in this template"), *rest]
