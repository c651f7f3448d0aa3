"""The stack of the parser at an error: what it expects, which blocks are open, and how to change it.

Nothing here is reported. Everything takes linear time: only the list of state numbers is copied, never the parser.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from slocompiler.syntax.lalr import ROWS, Parser, States, steps
from slocompiler.syntax.tokens import Token, kind
from slocompiler.syntax.vocabulary import SEVERITIES, SIGNS, STATEMENTS

STAND_INS = {
    **SIGNS,
    "NAME": "unnamed",
    "STRING": '""',
    "PERCENT": "99%",
    "DURATION": "30d",
    "NUMBER": "1",
    "DATE": "2000-01-01",
    "MOMENT": "2000-01-01T00:00Z",
    "TIME": "00:00",
    "ZONE": "UTC",
    "DAY": "day",
    "REF": "unknown/unknown",
    "SEVERITY": "ticket",
    "CMP": "<",
    "MOP": "=~",
    "SIZE": "1B",
    "PROMQL": "``",
}
"""Texts for tokens that are missing; a keyword has its own text. A node with such a token is damaged."""
VALUES = ("NAME", "STRING", "PERCENT", "DURATION", "NUMBER", "DATE", "REF")
HEADS = {
    "SLO": ("slo", "NAME PERCENT _OVER DURATION LBRACE"),
    "SERVICE": ("service", "NAME LBRACE"),
    "JOURNEY": ("journey", "NAME PERCENT _OVER DURATION LBRACE"),
    "TEMPLATE": ("service", "NAME LPAR RPAR LBRACE"),
    "OVERRIDE": ("override", "NAME LBRACE"),
}
"""For the keyword of a declaration, its block and the fewest terminals that lead into the block; an override begins with SLO."""
_PROBES = {
    "slo": ["PER"],
    "service": ["OWNER", "SLO"],
    "journey": ["THROUGH"],
    "file": ["TEMPLATE"],
    "defaults": ["OWNER"],
    "use": ["SLO", "RBRACE"],
    "override": ["BECAUSE", "RBRACE"],
    "alerts": ["SEVERITY"],
    "policy": ["BELOW", "EXHAUSTED"],
}
"""Terminals that are all accepted only where a statement of the block may begin."""
_LONGEST = 5
"""The most tokens that one mistake omits."""


def terminal(word: str) -> str:
    """The terminal of a statement's keyword."""
    return "SEVERITY" if word in SEVERITIES else {"}": "RBRACE"}.get(word, word.upper())


_STARTS = {terminal(word) for words in STATEMENTS.values() for word in words.split()}


def _end(value: Any) -> int:
    """Where a value on the stack ends; 0 if it is empty."""
    if isinstance(value, list | tuple):
        return next(filter(None, map(_end, reversed(value))), 0)
    return value.end if isinstance(value, Token) else getattr(getattr(value, "span", None), "end", 0)


def _after(states: States, names: Sequence[str]) -> States | None:
    """The states after these terminals; None if they cannot follow."""
    ahead = steps(states)
    for name in names:
        _, ahead, fits = ahead[name]
        if not fits:
            return None
    return ahead.states


def _follow(states: States) -> list[str]:
    """The terminals that could follow in these states, in alphabetical order."""
    return [name for name in ROWS[states[-1]] if name.isupper() and _after(states, [name]) is not None]


class Stack:
    """A view of the parser's states and values. `size` in a method: as if there were only this many states."""

    def __init__(self, parser: Parser) -> None:
        self._parser = parser
        self.values = parser.values

    @property
    def states(self) -> States:
        """The states of the parser."""
        return self._parser.states

    @property
    def at(self) -> int:
        """The offset at which reading continues."""
        return self._parser.at

    def accepts(self, *names: str, size: int | None = None) -> bool:
        """Whether these terminals could follow, one after another. Runs no callback."""
        return _after(self.states[:size], names) is not None

    def expected(self) -> list[str]:
        """The terminals that could follow."""
        return _follow(self.states)

    def block(self, *after: str, size: int | None = None) -> str:
        """The block whose statement may begin here, or after these terminals; "" inside a statement."""
        fits = (
            block
            for block, probes in _PROBES.items()
            if all(self.accepts(*after, probe, size=size) for probe in probes)
        )
        return next(fits, "")

    def missing(self, first: Sequence[str], fits: Callable[[tuple[str, ...]], bool]) -> list[tuple[str, ...]]:
        """The shortest chains of terminals that `fits` accepts here; each begins with one of `first`, in that order."""
        found = []
        for name in first:
            chain: tuple[str, ...] = (name,)
            while chain and not fits(chain):
                chain = self._longer(chain)
            if chain:
                found.append(chain)
        return [chain for chain in found if len(chain) == min(map(len, found))]

    def _longer(self, chain: tuple[str, ...]) -> tuple[str, ...]:
        """`chain` and the terminal that must follow it; () if several could."""
        if len(chain) >= _LONGEST:
            return ()
        states = _after(self.states, chain)
        if states is None:
            return ()
        follow = [name for name in _follow(states) if name != "PARAM"]
        values = [name for name in follow if name in VALUES]
        choice = values if len(follow) > 1 else follow
        return (*chain, choice[0]) if len(choice) == 1 else ()

    def statement(self) -> str:
        """The terminal with which the innermost unfinished statement begins; "" if there is none."""
        return next((kind(value) for value in reversed(self.values) if kind(value) in _STARTS), "")

    def open_brace(self) -> int | None:
        """The index, among the values, of the innermost open brace; None if there is none."""
        closed = 0
        for index in range(len(self.values) - 1, -1, -1):
            closed += {"RBRACE": 1, "LBRACE": -1}.get(kind(self.values[index]), 0)
            if closed < 0:
                return index
        return None

    def open_braces(self) -> list[Token]:
        """The open braces, the outermost first."""
        opened: list[Token] = []
        for value in self.values:
            if kind(value) == "LBRACE":
                opened.append(value)
            elif kind(value) == "RBRACE":
                opened.pop()
        return opened

    def list_brace(self) -> Token | None:
        """The open brace of the filter or list around the error; None if there is none."""
        index = self.open_brace()
        if index is None or self.block() or self.block(size=index + 2):
            return None
        brace: Token = self.values[index]
        return brace

    def top(self) -> str:
        """The terminal that was read last."""
        return kind(self.values[-1]) if self.values else ""

    def end(self) -> int:
        """The offset at which what was read ends; 0 if nothing was read."""
        return _end(self.values)

    # Changes

    def feed(self, name: str, value: str, start: int, end: int | None = None) -> None:
        """Continue as if this token were at `start`, or after the tokens before it if they end later: spans have an order."""
        start = max(start, self.end())
        self._parser.feed(Token(self._parser.source, start, max(start, end or 0), name, value))

    def insert(self, names: Sequence[str], at: int) -> None:
        """Continue as if stand-ins for these terminals were at `at`."""
        for name in names:
            self.feed(name, STAND_INS.get(name, name.strip("_").lower()), at)

    def cut(self, size: int) -> None:
        """Remove all but the first `size` states."""
        self._parser.cut(size)

    def finish(self, at: int) -> None:
        """Leave the unfinished statement: close a list in it if possible, and remove the rest."""
        if self.block():
            return None
        inner = next(size for size in range(len(self.states), 0, -1) if self.block(size=size))
        for size in range(len(self.states), inner, -1):
            if self.accepts("RBRACE", size=size) and self.block("RBRACE", size=size):
                self.cut(size)
                return self.feed("RBRACE", "}", at)
        return self.cut(inner)

    def move(self, at: int) -> None:
        """Continue to read at this offset."""
        self._parser.at = at
