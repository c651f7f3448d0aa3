"""The grammar, its parse tables, and the JSON schemas that ship with the package."""

from __future__ import annotations

from functools import cache

from slocompiler.resources import resource


@cache
def text(name: str) -> str:
    """The text of a file in this folder: `slo.lark`, its tables or a schema."""
    return resource(__name__, name)


@cache
def tables() -> tuple[list[str], list[str], list[str]]:
    """The lines of `slo.tables`, which `make update` writes: terminals, rules and states.

    A terminal has its name and its pattern; the lexer tries them in this order. A rule has its name and its symbols: the
    tree has no symbol with `-`, and of one with `*` it has the children. A rule with `=` is its only symbol. A state has, for each symbol that may follow, the
    next state, or the negative number of the rule that ends before it; rules are counted from 1, states from 0.
    """
    _, terminals, rules, states = text("slo.tables").split("\n\n", 3)
    return terminals.split("\n"), rules.split("\n"), states.splitlines()
