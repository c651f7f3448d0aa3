"""The loop of the parser is Lark's own, only faster: both read every text alike."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from lark.parsers.lalr_parser import _Parser

from slocompiler.record import fields
from slocompiler.source import Source
from slocompiler.syntax import loop
from slocompiler.syntax import tree as t
from slocompiler.syntax.parse import parse
from support.mutants import TEXTS, mutants


def larks(tables: loop.Tables, callbacks: Any) -> _Parser:
    """Lark's own loop over the same tables."""
    return _Parser(tables.parser.parse_table, callbacks)


def shape(value: Any) -> Any:
    """A tree with its kinds, values and places."""
    if isinstance(value, t.Node):
        place = value.span.start, value.span.end
        return (type(value), place, *(shape(getattr(value, name)) for name in fields(type(value))[1:]))
    return tuple(map(shape, value)) if isinstance(value, tuple) else value


def read(text: str) -> tuple[Any, ...]:
    """The tree of a text, its damage, and every diagnostic."""
    file, problems = parse(Source("test.slo", text))
    reported = [(p.code, p.message, p.help, p.span.start, p.span.end, len(p.labels)) for p in problems]
    return shape(file.declarations), file.source.damage, reported


def assert_same(text: str) -> None:
    fast = read(text)
    with patch.object(loop, "Loop", side_effect=larks) as lark:
        assert read(text) == fast
    assert lark.called


@settings(max_examples=300)
@given(mutants())
def test_both_loops_read_a_text_with_mistakes_alike(text: str) -> None:
    assert_same(text)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_both_loops_read_a_program_alike(text: str) -> None:
    assert_same(text)
