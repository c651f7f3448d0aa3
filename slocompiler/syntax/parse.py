"""Parses a text into a syntax tree, and reports all of its syntax errors."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from lark import Lark, UnexpectedInput, __version__

from slocompiler import grammar
from slocompiler.diagnostics import Diagnostic
from slocompiler.source import Source
from slocompiler.syntax.build import Builder
from slocompiler.syntax.limits import hidden, large_block, long_lines, too_many_words
from slocompiler.syntax.loop import SHAPES, Tables
from slocompiler.syntax.tree import File, Statement, Template

if TYPE_CHECKING:
    from slocompiler.syntax.recovery import Recovery


def parse(source: Source) -> tuple[File, list[Diagnostic]]:
    """The tree of `source` as far as it can be read, and its syntax errors, whose offsets the source keeps."""
    for too_much in (long_lines, large_block, too_many_words):
        if found := list(too_much(source)):
            source.damage = (0,)
            return File(source, ()), found
    builder = Builder(source)
    recovery = _Late(source, builder.problems)
    declarations: Any = tables().parse(source.text, builder, recovery)
    problems = [p for p in builder.problems if p.code != "E101" or p.span.line not in builder.misplaced]
    problems += [*_stray_parameters(declarations, builder), *hidden(source)]
    source.damage = tuple(sorted((*recovery.damage, *builder.damage)))
    return File(source, declarations), problems


class _Late:
    """Recovery from syntax errors, imported at the first of them: the import takes time, and most files have none."""

    def __init__(self, source: Source, problems: list[Diagnostic]) -> None:
        self._source, self._problems = source, problems
        self._recovery: Recovery | None = None

    def __call__(self, error: UnexpectedInput) -> bool:
        from slocompiler.syntax.recovery import Recovery

        self._recovery = self._recovery or Recovery(self._source, self._problems)
        return self._recovery(error)

    @property
    def damage(self) -> list[int]:
        """The offsets of the syntax errors."""
        return self._recovery.damage if self._recovery else []


def _stray_parameters(declarations: tuple[Statement, ...], builder: Builder) -> Iterator[Diagnostic]:
    """E205 for parameters outside of templates."""
    templates = [declaration.span for declaration in declarations if isinstance(declaration, Template)]
    starts = [span.start for span in templates]
    for param in builder.params:
        nearest = bisect_right(starts, param.span.start) - 1
        if nearest < 0 or param.span.start >= templates[nearest].end:
            yield Diagnostic("E205", f"`${param.name}` is valid only in a template", param.span)


@cache
def tables() -> Tables:
    """The parser's tables: those of the package if this version of Lark generated them, else new ones."""
    saved = grammar.tables(__version__)
    if saved:  # in the way of parsers that `lark.tools.standalone` generates
        return Tables(Lark._load_from_dict(saved["data"], saved["memo"], transformer=SHAPES))  # type: ignore[no-untyped-call]  # Lark has no types for it
    transformer: Any = SHAPES
    return Tables(Lark(grammar.text("slo.lark"), parser="lalr", maybe_placeholders=False, transformer=transformer))
