"""Lark's parser with lexer and parser in one loop, without a call for each token: half of the time of parsing.

It reads whatever is right, and counts no lines: spans find theirs when a message is printed, which is rare. Where a
token does not fit, where none begins and where the text ends, Lark's own loop goes on.
"""

from __future__ import annotations

import re
from typing import Any

from lark import Token
from lark.parsers.lalr_analysis import Shift
from lark.parsers.lalr_parser import _Parser

from slocompiler.syntax.lexemes import BLANK, COMMENT

_BLANK = re.compile(rf"(?:{BLANK}|{COMMENT})*+")


class Loop(_Parser):
    """The loop of a parser that was made with these callbacks."""

    def __init__(self, made: _Parser) -> None:
        super().__init__(made.parse_table, made.callbacks, made.debug)
        self._steps = {
            state: {
                name: (to, 0, "", None) if kind is Shift else (0, len(to.expansion), to.origin.name, made.callbacks[to])
                for name, (kind, to) in actions.items()
            }
            for state, actions in made.parse_table.states.items()
        }
        """By state and what comes next: the state it leads to, or how many values become one, of which name, and how."""
        self._patterns: dict[int, list[re.Pattern[str]]] = {}
        """By state, those of the tokens that may stand there: a few, as each takes time to compile."""

    def parse_from_state(self, state: Any, last_token: Token | None = None) -> Any:
        """What Lark's own makes of it."""
        steps, patterns, states, values = self._steps, self._patterns, state.state_stack, state.value_stack
        lexing, lexers = state.lexer.state, state.lexer.lexer.lexers
        text, end, token = lexing.text.text, lexing.line_ctr.char_pos, last_token
        while True:
            at = _BLANK.match(text, end).end()  # type: ignore[union-attr]  # it matches the empty text too
            here = states[-1]
            if here not in patterns:
                patterns[here] = lexers[here].scanner._mres
            for pattern in patterns[here]:  # what may stand here, in Lark's order
                found = pattern.match(text, at)
                if found:
                    break
            else:
                break
            kind = found.lastgroup or ""
            step = steps[here].get(kind)
            while step and step[3]:
                _, size, name, made = step
                taken = values[-size:] if size else []
                if size:
                    del states[-size:], values[-size:]
                states.append(steps[states[-1]][name][0])
                values.append(made(taken))
                step = steps[states[-1]].get(kind)
            if not step:
                break
            end = found.end()
            token = Token._future_new(kind, found[0], at, end_pos=end)  # type: ignore[no-untyped-call]  # Lark has no types for it
            states.append(step[0])
            values.append(token)
        lexing.line_ctr.char_pos, lexing.last_token = at, token
        return super().parse_from_state(state, token)
