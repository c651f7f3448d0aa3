"""Lexemes: what stands in `lexemes.py` is what the grammar says."""

import re

import pytest

from slocompiler import grammar
from slocompiler.syntax import lexemes
from slocompiler.syntax.recovery.stack import STAND_INS

TERMINALS = dict(re.findall(r"^(_?[A-Z]+)(?:\.-?[0-9])?: /(.*)/$", grammar.text("slo.lark"), re.MULTILINE))


@pytest.mark.parametrize("name", ["STRING", "PROMQL", "COMMENT", "BLANK"])
def test_a_lexeme_is_the_terminal_of_the_grammar(name: str) -> None:
    assert getattr(lexemes, name) == TERMINALS[name]


def test_blanks_are_the_characters_of_the_terminal() -> None:
    assert {char for char in map(chr, range(0x10000)) if re.fullmatch(lexemes.BLANK, char)} == {*lexemes.BLANKS}


def test_a_string_is_an_open_one_and_a_quote() -> None:
    assert lexemes.OPEN_STRING + '"' == lexemes.STRING


@pytest.mark.parametrize(
    "name", sorted(TERMINALS.keys() - {"COMMENT", "BLANK", "PARAM"})
)  # a value can stand for a parameter
def test_what_stands_in_for_a_missing_token_is_one(name: str) -> None:
    assert re.fullmatch(TERMINALS[name], STAND_INS.get(name, name.strip("_").lower()))


def test_no_rule_ends_with_a_token_that_is_not_in_the_tree() -> None:
    """The span of its node would end before it, and a fix that removes the node would leave it."""
    assert re.findall(r"^[a-z_]+:.*\b_[A-Z]+\)?[?*+]?\s*(?:\||$)", grammar.text("slo.lark"), re.MULTILINE) == []
