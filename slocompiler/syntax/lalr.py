"""The parser: runs the tables that Lark constructs from `slo.lark`, and has the tree built on the way.

The children of a rule are tokens and the nodes of other rules. A rule whose name begins with `_` has no node; its children
are children of the rule around it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slocompiler.grammar import tables
from slocompiler.source import Source
from slocompiler.syntax.build import Builder
from slocompiler.syntax.tokens import END, KEYWORDS, SCAN, Token, next_token

_, _RULES, _STATES = tables()
Maker = Callable[[Builder, list[Any]], Any]
Rule = tuple[int, str, Maker | None]
"""The number of its symbols, its name, and what makes its value of theirs; None: the value is their list."""


class _Rules(dict[int, Rule]):
    """The rules by their negative numbers."""

    def __missing__(self, number: int) -> Rule:
        name, *symbols = _RULES[-number - 1].split()
        self[number] = rule = len(symbols), name, _maker(name, symbols)
        return rule


class _Rows(dict[int, dict[str, int]]):
    """By state and symbol, the next state, or the negative number of the rule that ends before the symbol."""

    def __missing__(self, state: int) -> dict[str, int]:
        words = _STATES[state].split()
        self[state] = row = dict(zip(words[::2], map(int, words[1::2]), strict=True))
        return row


RULES, ROWS = _Rules(), _Rows()
"""Read from the saved tables when they are first needed: most files need few of them."""
LAST = ROWS[0]["start"]
"""The state after a complete file."""


def _maker(name: str, symbols: list[str]) -> Maker | None:
    """What makes the value of a rule with these symbols."""
    build: Maker | None = getattr(Builder, name, None)
    grows = symbols[:1] == [f"{name}*"]
    changes = [(index, symbol[-1] == "*") for index, symbol in enumerate(symbols) if symbol[-1] in "-*"][grows:]
    changes.reverse()  # so that those to the left keep their index
    if not changes and not grows:
        return build

    def make(builder: Builder, values: list[Any]) -> Any:
        for index, is_list in changes:
            values[index : index + 1] = values[index] if is_list else ()
        if grows:  # in place, or long lists would take quadratic time
            values[0] += values[1:]
            return values[0]
        return build(builder, values) if build else values

    return make


class Parser:
    """One parse. `values[i]`, a token, a node or a list of them, led to `states[i + 1]`."""

    def __init__(self, source: Source, builder: Builder) -> None:
        self.source, self._builder = source, builder
        self.at = 0
        """The offset at which reading continues."""
        self.states: list[int] = [0]
        self.values: list[Any] = []

    def run(self) -> Token | None:
        """Read up to the first token that does not fit, and return it; None at the end of a complete file."""
        source, states, feed, keyword = self.source, self.states, self.feed, KEYWORDS.get
        while True:
            for found in SCAN.finditer(source.text, self.at):
                following, kind, end = ROWS[states[-1]], found.lastgroup or "", found.end()
                text = found[kind] if kind else ""
                if kind == "NAME" and (word := keyword(text)) in following:
                    kind = word
                elif kind not in following:
                    break
                self.at = end
                token = Token(source, end - len(text), end, kind, text)
                if not feed(token):
                    return token
            token = next_token(source, self.at, ROWS[states[-1]])
            self.at = token.end
            if not feed(token):
                return token
            if token.kind == END:
                return None

    def feed(self, token: Token) -> bool:
        """Take a token; False if it does not fit."""
        states, values, kind = self.states, self.values, token.kind
        row = ROWS[states[-1]]
        while step := row.get(kind):
            if step > 0:
                states.append(step)
                values.append(token)
                return True
            size, name, make = RULES[step]
            rest = len(values) - size
            taken = values[rest:]
            del values[rest:], states[rest + 1 :]
            values.append(make(self._builder, taken) if make else taken)
            state = ROWS[states[-1]][name]
            states.append(state)
            if state == LAST:
                return True
            row = ROWS[state]
        return False
