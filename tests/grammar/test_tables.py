"""The saved parse tables are those of the grammar; `make update` writes them."""

from __future__ import annotations

import json
from typing import Any

from lark import Lark, __version__
from lark.grammar import Rule
from lark.lexer import TerminalDef

from slocompiler import grammar
from support.compile import ROOT

TABLES = ROOT / "grammar" / "slo.tables.json"


def construct() -> Lark:
    return Lark(grammar.text("slo.lark"), parser="lalr", maybe_placeholders=False)


def serialize(parser: Lark) -> str:
    data, memo = parser.memo_serialize([TerminalDef, Rule])
    saved = {"made of": grammar.fingerprint(__version__), "data": data, "memo": memo}
    return json.dumps(saved, separators=(",", ":")) + "\n"


def states_of(parser: Any) -> tuple[int, dict[int, dict[str, Any]]]:
    table = parser.parser.parser._parse_table
    return table.start_states["start"], table.states


def test_saved_tables_are_those_of_the_grammar(update: bool) -> None:
    fresh = construct()
    if update and grammar.tables(__version__) is None:
        TABLES.write_text(serialize(fresh), encoding="utf-8")
        grammar.text.cache_clear()
    saved = grammar.tables(__version__)
    assert saved is not None, "grammar/slo.tables.json is of another grammar or Lark: run `make update`"
    assert same(fresh, Lark._load_from_dict(saved["data"], saved["memo"]))


def terminals_of(parser: Any) -> list[tuple[str, str, int]]:
    return sorted((terminal.name, terminal.pattern.value, terminal.priority) for terminal in parser.terminals)


def same(first: Any, second: Any) -> bool:
    """Whether two parsers are one but for the numbers of their states, which differ from run to run."""
    if terminals_of(first) != terminals_of(second):
        return False
    (start, states), (other_start, other_states) = states_of(first), states_of(second)
    numbers, pending = {start: other_start}, [start]
    while pending:
        state = pending.pop()
        actions, others = states[state], other_states[numbers[state]]
        if actions.keys() != others.keys():
            return False
        for token, (action, argument) in actions.items():
            other_action, other_argument = others[token]
            if action != other_action:
                return False
            if isinstance(argument, Rule):
                if argument != other_argument:
                    return False
            elif argument not in numbers:
                numbers[argument] = other_argument
                pending.append(argument)
            elif numbers[argument] != other_argument:
                return False
    return len(numbers) == len(other_states)


def test_another_grammar_is_noticed() -> None:
    """The comparison above can fail: a grammar with one word less is not the same."""
    changed = Lark(
        grammar.text("slo.lark").replace("owner: OWNER _text", "owner: OWNER STRING"),
        parser="lalr",
        maybe_placeholders=False,
    )
    assert not same(construct(), changed)


def test_tables_of_another_lark_are_not_used() -> None:
    assert grammar.tables("0.0.1") is None
