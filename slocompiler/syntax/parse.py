"""Parses a text into a syntax tree, and reports all of its syntax errors."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from slocompiler.diagnostics import Diagnostic
from slocompiler.source import Source
from slocompiler.syntax.build import Builder
from slocompiler.syntax.lalr import Parser
from slocompiler.syntax.limits import hidden, large_block, long_lines, too_many_words
from slocompiler.syntax.tree import File, Statement, Template


def parse(source: Source) -> tuple[File, list[Diagnostic]]:
    """The tree of `source` as far as it can be read, and its syntax errors, whose offsets the source keeps."""
    for too_much in (long_lines, large_block, too_many_words):
        if found := list(too_much(source)):
            source.damage = (0,)
            return File(source, ()), found
    builder = Builder(source)
    parser = Parser(source, builder)
    token, damage = parser.run(), builder.damage
    if token:  # most files have no syntax error
        from slocompiler.syntax.recovery import Recovery

        recovery = Recovery(parser, builder.problems)
        while token:
            recovery.repair(token)
            token = parser.run()
        damage += recovery.damage
    declarations = parser.values[0]
    problems = [p for p in builder.problems if p.code != "E101" or p.span.line not in builder.misplaced]
    problems += [*_stray_parameters(declarations, builder), *hidden(source)]
    source.damage = tuple(sorted(damage))
    return File(source, declarations), problems


def _stray_parameters(declarations: tuple[Statement, ...], builder: Builder) -> Iterator[Diagnostic]:
    """E205 for parameters outside of templates."""
    templates = [declaration.span for declaration in declarations if isinstance(declaration, Template)]
    starts = [span.start for span in templates]
    for param in builder.params:
        nearest = bisect_right(starts, param.span.start) - 1
        if nearest < 0 or param.span.start >= templates[nearest].end:
            yield Diagnostic("E205", f"`${param.name}` is valid only in a template", param.span)
