"""The parser reads every text as Lark does: the same tree, spans and diagnostics, or the same first syntax error."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given, settings
from lark import Lark, Token, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from slocompiler import grammar
from slocompiler.record import fields
from slocompiler.source import Source
from slocompiler.syntax import tokens
from slocompiler.syntax import tree as t
from slocompiler.syntax.build import Builder
from slocompiler.syntax.lalr import Parser
from slocompiler.syntax.recovery.stack import Stack
from support.mutants import TEXTS, mutants


class Building:
    """Has Lark call the methods of a builder, with tokens as our parser makes them."""

    builder: Builder

    def __getattr__(self, rule: str) -> Any:
        if not hasattr(Builder, rule):
            raise AttributeError(rule)
        return lambda children: getattr(self.builder, rule)([self.ours(child) for child in children])

    def ours(self, child: Any) -> Any:
        if not isinstance(child, Token):
            return child
        return tokens.Token(self.builder.source, child.start_pos, child.end_pos, child.type, str(child))


BUILDING = Building()
LARK = Lark(grammar.text("slo.lark"), parser="lalr", maybe_placeholders=False, transformer=BUILDING)


def shape(value: Any) -> Any:
    """A tree with its kinds, values and places."""
    if isinstance(value, t.Node):
        place = value.span.start, value.span.end
        return (type(value), place, *(shape(getattr(value, name)) for name in fields(type(value))[1:]))
    return tuple(map(shape, value)) if isinstance(value, tuple) else value


def outcome(declarations: Any, builder: Builder) -> tuple[Any, ...]:
    reported = [(p.code, p.message, p.help, p.span.start, p.span.end, len(p.fixes)) for p in builder.problems]
    return shape(declarations), reported, builder.damage, builder.misplaced, [p.span.start for p in builder.params]


def larks(text: str) -> tuple[Any, ...]:
    """What Lark reads: a tree and its diagnostics, or its first error and what it expects there."""
    BUILDING.builder = Builder(Source("test.slo", text))
    try:
        return outcome(LARK.parse(text), BUILDING.builder)
    except UnexpectedInput as error:
        found = (tokens.ODD, error.pos_in_stream) if isinstance(error, UnexpectedCharacters) else ("", 0)
        if isinstance(error, UnexpectedToken):
            found = error.token.type, len(text) if error.token.type == tokens.END else error.token.start_pos
        return *found, sorted(error.interactive_parser.accepts())  # type: ignore[attr-defined]  # Lark sets it


def ours(text: str) -> tuple[Any, ...]:
    source = Source("test.slo", text)
    builder = Builder(source)
    parser = Parser(source, builder)
    error = parser.run()
    return (error.kind, error.start, Stack(parser).expected()) if error else outcome(parser.values[0], builder)


@settings(max_examples=400)
@given(mutants())
@example("service é {}")
@example("service a { slo-é 1% }")
@example("service a {\n  review every 9d last 2026-1-1\n}")
@example("service a {\n  events native = native x{} + native{} in native\n}")
def test_a_text_with_mistakes_is_read_as_lark_reads_it(text: str) -> None:
    assert ours(text) == larks(text)


def test_every_program_is_read_as_lark_reads_it() -> None:
    for text in TEXTS:
        assert ours(text) == larks(text)
