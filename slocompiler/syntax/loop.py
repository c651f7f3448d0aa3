"""Lark's parser with lexer and parser in one loop, without a call per token: this halves the time of parsing.

The loop reads valid text and counts no lines, because spans compute theirs when a message is printed. At a token that
does not fit, at a character that begins no token and at the end of the text, Lark's own loop takes over.

`Tables` are created once and shared. Each parse has its own builder.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import copy
from types import SimpleNamespace
from typing import Any

from lark import Lark, Token, UnexpectedInput
from lark.lexer import LexerThread
from lark.parsers.lalr_analysis import Shift
from lark.parsers.lalr_parser import _Parser

from slocompiler.syntax.build import Builder
from slocompiler.syntax.lexemes import BLANK, COMMENT

_BLANK = re.compile(rf"(?:{BLANK}|{COMMENT})*+")
_METHODS = {name: method for name, method in vars(Builder).items() if not name.startswith("_")}
"""The methods that build nodes, by the names of rules."""


def _same(children: list[Any]) -> list[Any]:
    return children


SHAPES = SimpleNamespace(**dict.fromkeys(_METHODS, _same))
"""The transformer for Lark: for each rule it returns the children, with which a method is called later."""


class Callbacks:
    """For each rule of the grammar, the method of one parse's builder."""

    def __init__(self, shapes: dict[Any, Callable[[list[Any]], Any]], builder: Builder) -> None:
        self.shapes, self.builder = shapes, builder

    def __contains__(self, token: str) -> bool:
        return False  # tokens are not transformed

    def __getitem__(self, rule: Any) -> Callable[[list[Any]], Any]:
        shape, method = self.shapes[rule], _METHODS.get(rule.origin.name)
        return (lambda children: method(self.builder, shape(children))) if method else shape


class Tables:
    """A parser that Lark created with SHAPES, as tables that no parse changes."""

    def __init__(self, lark: Lark) -> None:
        self._lexer: Any = lark.parser.lexer
        self._lalr: Any = lark.parser.parser
        self.parser: _Parser = self._lalr.parser
        self.steps = {
            state: {name: self._step(kind is Shift, to) for name, (kind, to) in actions.items()}
            for state, actions in self.parser.parse_table.states.items()
        }
        """By state and terminal or rule: the next state, or how to reduce values: how many, to which rule, by which functions."""
        self.patterns: dict[int, list[re.Pattern[str]]] = {}
        """By state, the patterns of the tokens that may follow. Compiled when needed: each takes time."""

    def _step(self, is_shift: bool, to: Any) -> tuple[Any, ...]:
        if is_shift:
            return to, 0, "", None, None
        shape, name = self.parser.callbacks[to], to.origin.name
        return 0, len(to.expansion), name, shape, _METHODS.get(name)

    def parse(self, text: str, builder: Builder, on_error: Callable[[UnexpectedInput], bool]) -> Any:
        """The declarations of a text, as `Builder.start` returns them."""
        lalr = copy(self._lalr)
        lalr.parser = Loop(self, Callbacks(self.parser.callbacks, builder))
        return lalr.parse(LexerThread.from_text(self._lexer, text), "start", on_error)


class Loop(_Parser):
    """The loop of one parse."""

    def __init__(self, tables: Tables, callbacks: Any) -> None:
        super().__init__(tables.parser.parse_table, callbacks)
        self._steps, self._patterns, self._builder = tables.steps, tables.patterns, callbacks.builder

    def parse_from_state(self, state: Any, last_token: Token | None = None) -> Any:
        """The result of Lark's own loop."""
        steps, patterns, builder = self._steps, self._patterns, self._builder
        states, values = state.state_stack, state.value_stack
        lexing, lexers = state.lexer.state, state.lexer.lexer.lexers
        text, end, token = lexing.text.text, lexing.line_ctr.char_pos, last_token
        while True:
            at = _BLANK.match(text, end).end()  # type: ignore[union-attr]  # it matches the empty text too
            here = states[-1]
            if here not in patterns:
                patterns[here] = lexers[here].scanner._mres
            for pattern in patterns[here]:  # the tokens that may follow, in Lark's order
                found = pattern.match(text, at)
                if found:
                    break
            else:
                break
            kind = found.lastgroup or ""
            step = steps[here].get(kind)
            while step and step[3]:
                _, size, name, shape, method = step
                taken = values[-size:] if size else []
                if size:
                    del states[-size:], values[-size:]
                states.append(steps[states[-1]][name][0])
                value = shape(taken)
                values.append(method(builder, value) if method else value)
                step = steps[states[-1]].get(kind)
            if not step:
                break
            end = found.end()
            token = Token._future_new(kind, found[0], at, end_pos=end)  # type: ignore[no-untyped-call]  # Lark has no types for it
            states.append(step[0])
            values.append(token)
        lexing.line_ctr.char_pos, lexing.last_token = at, token
        return super().parse_from_state(state, token)
