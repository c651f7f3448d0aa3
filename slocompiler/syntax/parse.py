"""Text to syntax tree, with every mistake of the file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from typing import Any

from lark import Lark, __version__

from slocompiler import grammar
from slocompiler.diagnostics import Diagnostic
from slocompiler.source import Source
from slocompiler.syntax.bounds import hidden, large_block, long_lines
from slocompiler.syntax.build import Builder
from slocompiler.syntax.lex import Lexer
from slocompiler.syntax.recover import Recovery
from slocompiler.syntax.tree import File, Statement, Template


def parse(source: Source) -> tuple[File, list[Diagnostic]]:
    """The tree of `source` as far as it could be read, and what was wrong with the text."""
    too_long = list(long_lines(source)) or list(large_block(source))
    if too_long:
        return File(source, (), (0,)), too_long
    parser, builder = _parser()
    builder.begin(source)
    recovery = Recovery(source, builder.problems)
    declarations: Any = parser.parse(source.text, on_error=recovery)  # what Builder.start returns
    problems = [p for p in builder.problems if p.code != "E101" or p.span.line not in builder.strayed]
    problems += [*_stray_parameters(declarations, builder), *hidden(source)]
    broken = tuple(sorted((*recovery.broken, *builder.torn)))
    return File(source, declarations, broken), problems


def _stray_parameters(declarations: tuple[Statement, ...], builder: Builder) -> Iterator[Diagnostic]:
    """Parameters belong to templates."""
    templates = [declaration.span for declaration in declarations if isinstance(declaration, Template)]
    starts = [span.start for span in templates]
    for param in builder.params:
        nearest = bisect_right(starts, param.span.start) - 1
        if nearest < 0 or param.span.start >= templates[nearest].end:
            yield Diagnostic("E205", f"`${param.name}` means nothing outside of a template", param.span)


@cache
def _parser() -> tuple[Lark, Builder]:
    builder = Builder()
    plugins = {"ContextualLexer": Lexer}
    saved = grammar.tables(__version__)
    if saved:  # as the parsers that `lark.tools.standalone` generates do
        return Lark._load_from_dict(saved["data"], saved["memo"], transformer=builder, _plugins=plugins), builder  # type: ignore[no-untyped-call]  # Lark has no types for it
    text = grammar.text("slo.lark")
    return Lark(text, parser="lalr", maybe_placeholders=False, transformer=builder, _plugins=plugins), builder
