"""The parser: runs the tables that Lark constructs from `slo.lark`, and has the tree built on the way.

The children of a rule are tokens and the nodes of other rules. A rule whose name begins with `_` has no node; its children
are children of the rule around it. Many of these only choose one of several symbols: they are that symbol.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from slocompiler.grammar import tables
from slocompiler.source import Source
from slocompiler.syntax.build import Builder
from slocompiler.syntax.tokens import END, KEYWORDS, SCAN, Token, next_token

_, _RULES, _STATES = tables()
Maker = Callable[[Builder, list[Any]], Any]
Rule = tuple[int, str, Maker | None]
"""The number of its symbols, its name, and what makes its value of theirs; None if it is its only symbol."""


class _Rules(dict[int, Rule]):
    """The rules by their negative numbers."""

    def __missing__(self, number: int) -> Rule:
        name, *symbols = _RULES[-number - 1].split()
        own = name.removesuffix("=")
        self[number] = rule = len(symbols), own, None if own != name else _maker(name, symbols)
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
States = tuple[int, ...]
"""Those of a stack, the first one first."""
Step = tuple[tuple[tuple[slice, Maker], ...], "Steps", bool]
"""What a token does to a stack.

The rules that end before it: which values each takes, and what makes its value of them. Then the stack after these rules,
with the state of the token if it fits; and whether it does.
"""


class Steps(dict[str, Step]):
    """What each kind of token does to a stack of states."""

    def __init__(self, states: States) -> None:
        self.states = states
        self.following = ROWS[states[-1]]
        """What may follow, unless a rule ends before it and something else has to follow that."""

    def __missing__(self, kind: str) -> Step:
        self[kind] = found = _step(self.states, kind)
        return found


steps = cache(Steps)
"""The steps from a stack, once. A file has few different stacks, and there are not many: no rule contains itself."""


def _step(states: States, kind: str) -> Step:
    rules, fits = list[tuple[slice, Maker]](), False
    while not fits and (found := ROWS[states[-1]].get(kind)):
        if found > 0:
            return tuple(rules), steps((*states, found)), True
        size, name, make = RULES[found]
        states = states[: len(states) - size]
        states = (*states, ROWS[states[-1]][name])
        rules += [(slice(-size, None) if size else slice(0), make)] if make else []  # else its value is there
        fits = states[-1] == LAST
    return tuple(rules), steps(states), fits


def _maker(name: str, symbols: list[str]) -> Maker:
    """What makes the value of a rule with these symbols; that of a rule without a node is a list."""
    build: Maker = getattr(Builder, name, _listed)
    grows = symbols[:1] == [f"{name}*"]
    if grows and len(symbols) == 2 and symbols[1][-1] not in "-*":
        return _appended
    changes = [(index, symbol[-1] == "*") for index, symbol in enumerate(symbols) if symbol[-1] in "-*"][grows:]
    changes.reverse()  # so that those to the left keep their index
    if not changes and not grows:
        return build

    def make(builder: Builder, values: list[Any]) -> Any:
        for index, is_list in changes:
            values[index : index + 1] = values[index] if is_list else ()
        return _extended(values) if grows else build(builder, values)

    return make


def _listed(_: Builder, values: list[Any]) -> list[Any]:
    return values


def _appended(_: Builder, values: list[Any]) -> Any:
    found, value = values
    found.append(value)  # in place, or long lists would take quadratic time
    return found


def _extended(values: list[Any]) -> Any:
    found, *more = values
    found += more
    return found


class Parser:
    """One parse. `values[i]`, a token, a node or a list of them, led to `states[i + 1]`."""

    def __init__(self, source: Source, builder: Builder) -> None:
        self.source, self._builder = source, builder
        self.at = 0
        """The offset at which reading continues."""
        self.values: list[Any] = []
        self.steps = steps((0,))
        """From the stack to which what was read led."""

    @property
    def states(self) -> States:
        """The states of the stack."""
        return self.steps.states

    def run(self) -> Token | None:
        """Read up to the first token that does not fit, and return it; None at the end of a complete file."""
        return self._take(self._tokens())

    def feed(self, token: Token) -> bool:
        """Take a token; False if it does not fit."""
        return self._take((token,)) is None

    def cut(self, size: int) -> None:
        """Remove all but the first `size` states."""
        self.steps = steps(self.states[:size])
        del self.values[max(size - 1, 0) :]

    def _tokens(self) -> Iterator[Token]:
        """The tokens that follow. What they are may depend on what was taken."""
        source, keyword = self.source, KEYWORDS.get
        while True:
            for found in SCAN.finditer(source.text, self.at):
                kind, following = found.lastgroup or "", self.steps.following
                text = found[kind]
                if kind == "NAME" and (word := keyword(text)) in following:
                    kind = word
                elif kind not in following:
                    break
                self.at = end = found.end()
                yield Token(source, end - len(text), end, kind, text)
            token = next_token(source, found.end() - len(text), self.steps.following)  # there always is a match
            self.at = token.end
            yield token
            if token.kind == END:
                return

    def _take(self, tokens: Iterable[Token]) -> Token | None:
        """Take tokens up to the first one that does not fit, and return it; None if all do."""
        builder, values = self._builder, self.values
        for token in tokens:
            rules, self.steps, fits = self.steps[token.kind]
            for last, make in rules:
                if make is _appended:  # the most frequent one
                    value = values.pop()
                    values[-1].append(value)
                    continue
                taken = values[last]
                del values[last]
                values.append(make(builder, taken))
            if not fits:
                return token
            values.append(token)
        return None
