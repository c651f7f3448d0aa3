"""Cuts a text into tokens, as Lark's contextual lexer does: a token is one that may follow, if any of those is there.

Nearly every token would be the same anywhere, except that a word is a keyword only where this keyword may follow. `SCAN`
finds those in one pass. For all others, `next_token` tries the terminals that may follow, then all terminals.
"""

from __future__ import annotations

import re
from collections.abc import Container
from functools import cache

from slocompiler.grammar import tables
from slocompiler.record import record
from slocompiler.source import Source, Span
from slocompiler.syntax.lexemes import BLANK, COMMENT

_TERMINALS: dict[str, str] = dict(line.split(" ", 1) for line in tables()[0])
_KEYWORD = re.compile(r"(?:\(\?:)?([a-z|]+)\)?\(\?!\[\\w:-\]\)")
_WORDS = {name: match[1].split("|") for name in _TERMINALS if (match := _KEYWORD.fullmatch(_TERMINALS[name]))}
KEYWORDS = {word: name for name, words in _WORDS.items() for word in words}
"""The terminals of words that are names elsewhere."""
_BLANKS = rf"(?:{BLANK})?+(?:{COMMENT}(?:{BLANK})?+)*+"
_NAME = rf"(?>{_TERMINALS['NAME']})(?!\w)"  # no keyword precedes a letter that no name has
_FREQUENT = "NAME STRING LBRACE RBRACE COMMA MOP PERCENT DURATION PROMQL PARAM CMP EQ LPAR RPAR PLUS".split()  # noqa: SIM905  # fifteen quoted names read worse
"""In the order in which `SCAN` tries them. If a text fits two of these, such as `!=`, only one may follow.

`next_token` reads the others: most files have none, and each start would compile their patterns. A number must be one of
them, because a date begins with one.
"""
_FORMS = {name: _TERMINALS[name] for name in _FREQUENT} | {"NAME": _NAME}
SCAN = re.compile(
    rf"{_BLANKS}(?:{'|'.join(rf'(?P<{name}>{pattern})' for name, pattern in _FORMS.items())}|(?P<OTHER>))"
)
"""Blanks, comments and a token, a keyword as its NAME; or OTHER, if `next_token` has to decide."""
END = "$END"
"""The kind of the token at the end of the text."""
ODD = "?"
"""The kind of a character that begins no token."""


@record
class Token(Span):
    """A token: the span of one terminal. A token that recovery inserted has a value that is not in the source."""

    kind: str
    """The name of the terminal."""
    value: str

    @property
    def span(self) -> Span:
        """Itself, as nodes have a span."""
        return self


def kind(value: object) -> str:
    """The kind of a token; "" for the node of a rule."""
    return value.kind if isinstance(value, Token) else ""


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_TERMINALS[name])


def next_token(source: Source, at: int, following: Container[str]) -> Token:
    """The token at `at`: one of the terminals `following` if possible, else any."""
    text = source.text
    if at == len(text):
        return Token(source, at, at, END, "")
    for name in (*(name for name in _TERMINALS if name in following), *_TERMINALS):
        if match := _pattern(name).match(text, at):
            return Token(source, at, match.end(), name, match[0])
    return Token(source, at, at + 1, ODD, text[at])
