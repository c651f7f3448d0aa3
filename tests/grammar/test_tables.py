"""The saved parse tables are those that Lark constructs from the grammar; `make update` writes them."""

from __future__ import annotations

import re
from typing import Any

from lark import Lark
from lark.grammar import Rule, Symbol
from lark.parsers.lalr_analysis import Shift

from slocompiler import grammar
from support.compile import ROOT

TABLES = ROOT / "grammar" / "slo.tables"
HEAD = "# The parse tables of slo.lark, constructed by Lark. `make update` writes this file.\n\n"


def construct(text: str) -> Lark:
    return Lark(text, parser="lalr", maybe_placeholders=False)


def terminals_of(parser: Any) -> list[str]:
    lexer = parser.parser.lexer.root_lexer
    assert not any(terminal.pattern.flags for terminal in lexer.terminals), "a pattern with flags is none in a line"
    visible = lambda match: match[0].encode("unicode_escape").decode()  # noqa: E731  # shorter than a function
    patterns = {t.name: re.sub(r"[^ -~]", visible, t.pattern.to_regexp()) for t in lexer.terminals}
    return [f"{name} {pattern}" for name, pattern in patterns.items() if name not in lexer.ignore_types]


def is_dropped(rule: Rule, symbol: Symbol) -> bool:
    return symbol.is_term and symbol.filter_out and not rule.options.keep_all_tokens


def choices_of(rules: list[Rule]) -> set[str]:
    """The rules without a node that are one token or one node, whichever of their expansions is there."""
    several = {rule.origin.name for rule in rules if not is_one(rule, *rule.expansion)}
    return {rule.origin.name for rule in rules if rule.origin.name.startswith("_")} - several


def is_one(rule: Rule, first: Symbol | None = None, *more: Symbol) -> bool:
    return first is not None and not (more or first.name.startswith("_") or is_dropped(rule, first))


def written(rule: Rule, choices: set[str]) -> str:
    assert not rule.options.expand1, f"`?{rule.origin.name}`: the parser knows no rule that is its only child"
    assert not rule.alias, f"`-> {rule.alias}`: the parser knows no second name of a rule"
    names = [rule.origin.name + "=" * (rule.origin.name in choices)]
    for part in rule.expansion:
        is_list = not part.is_term and part.name.startswith("_") and part.name not in choices
        names.append(part.name + ("-" if is_dropped(rule, part) else "*" * is_list))
    return " ".join(names)


def states_of(parser: Any, rules: dict[Rule, int]) -> list[str]:
    """The states, renumbered: Lark's numbers differ from run to run."""
    table = parser.parser.parser._parse_table
    first = table.start_states["start"]
    numbers, lines = {first: 0}, []
    for state in (pending := [first]):
        row = []
        for name, (action, to) in sorted(table.states[state].items()):
            if action is Shift and to not in numbers:
                numbers[to] = len(numbers)
                pending.append(to)
            row.append(f"{name} {numbers[to] if action is Shift else -rules[to]}")
        lines.append(" ".join(row))
    return lines


def tables(text: str) -> str:
    parser = construct(text)
    numbers = {rule: number for number, rule in enumerate(parser.rules, 1)}
    choices = choices_of(parser.rules)
    rules = [written(rule, choices) for rule in numbers]
    sections = terminals_of(parser), rules, states_of(parser, numbers)
    return HEAD + "\n\n".join("\n".join(section) for section in sections) + "\n"


def test_saved_tables_are_those_of_the_grammar(update: bool) -> None:
    fresh = tables(grammar.text("slo.lark"))
    if update:
        TABLES.write_text(fresh, encoding="utf-8")
    assert TABLES.read_text(encoding="utf-8") == fresh, "grammar/slo.tables is of another grammar: run `make update`"


def test_another_grammar_has_other_tables() -> None:
    """The comparison above can fail, whichever part of the grammar changes."""
    text = grammar.text("slo.lark")
    saved = TABLES.read_text(encoding="utf-8")
    for old, new in (
        ("owner: OWNER _text", "owner: OWNER STRING"),
        ("SLO.3: /slo", "SLO.3: /aim"),
        ('"+" _set', "PLUS _set"),
    ):
        assert tables(text.replace(old, new, 1)) != saved
