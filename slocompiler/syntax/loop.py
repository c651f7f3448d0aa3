"""Lark's parser with its loop in one place: a third of the time of parsing went into calls from one part to the next.

It reads whatever is right. Where a token does not fit, where none begins and where the text ends, Lark's own loop goes on.
"""

from __future__ import annotations

from typing import Any

from lark import Token, UnexpectedCharacters
from lark.parsers.lalr_analysis import Shift
from lark.parsers.lalr_parser import _Parser


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

    def parse_from_state(self, state: Any, last_token: Token | None = None) -> Any:
        """What Lark's own makes of it."""
        steps, states, values = self._steps, state.state_stack, state.value_stack
        lexing, lexers = state.lexer.state, state.lexer.lexer.lexers
        token = last_token
        try:
            while True:
                read = lexers[states[-1]].next_token(lexing, state)
                step = steps[states[-1]].get(read.type)
                while step and step[3]:
                    _, size, name, made = step
                    taken = values[-size:] if size else []
                    if size:
                        del states[-size:], values[-size:]
                    states.append(steps[states[-1]][name][0])
                    values.append(made(taken))
                    step = steps[states[-1]].get(read.type)
                if not step:  # it is read again, by the loop that says what is wrong
                    lexing.line_ctr.char_pos, lexing.last_token = read.start_pos, token
                    break
                states.append(step[0])
                values.append(read)
                token = read
        except (EOFError, UnexpectedCharacters):
            pass
        return super().parse_from_state(state, token)
