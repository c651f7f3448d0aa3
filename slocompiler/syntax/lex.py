"""A lexer for Lark's parser that reads blanks and comments in one go and counts no lines: a third of the time.

Spans find their line when a message is printed, which is rare.
"""

from __future__ import annotations

import re
from typing import Any

from lark import Token
from lark.lexer import BasicLexer, ContextualLexer

_BLANK = re.compile(r"(?:[ \t\r\n\f\ufeff]++|#[^\n]*+)*+")


class _Basic(BasicLexer):
    """The lexer of one parser state: what may stand there, tried in Lark's order."""

    def next_token(self, lex_state: Any, parser_state: Any = None) -> Token:
        """The token behind blanks and comments; Lark's own lexer says what is wrong where there is none."""
        counter, text = lex_state.line_ctr, lex_state.text.text
        start = _BLANK.match(text, counter.char_pos).end()  # type: ignore[union-attr]  # it matches the empty text too
        for pattern in self.scanner._mres:
            found = pattern.match(text, start)
            if found:
                end = counter.char_pos = found.end()
                token = Token._future_new(found.lastgroup, found[0], start, end_pos=end)  # type: ignore[no-untyped-call]  # Lark has no types for it
                lex_state.last_token = token
                return token  # type: ignore[no-any-return]  # likewise
        counter.char_pos = start
        return super().next_token(lex_state, parser_state)


class Lexer(ContextualLexer):
    """A keyword is a keyword only where the grammar expects one."""

    BasicLexer = _Basic
