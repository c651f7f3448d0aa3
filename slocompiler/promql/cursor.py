"""Reads the tokens of PromQL one after the other."""

from __future__ import annotations

from slocompiler.promql.functions import WORDS
from slocompiler.promql.lexer import Token, refused, shown
from slocompiler.promql.refused import ANY, Refused, Version, experiment, needs

KEYWORDS = (
    *("and", "atan2", "or", "unless", "avg", "bottomk", "count", "count_values", "group", "max", "min", "quantile"),
    *("stddev", "stdvar", "sum", "topk", "bool", "by", "group_left", "group_right", "ignoring", "offset", "on"),
    *("without", "start", "end", "inf", "nan"),
)


class Cursor:
    """Reads tokens one after the other; `token` is the next one, `last` the one before."""

    def __init__(self, found: list[Token], server: Version) -> None:
        self.server = server
        self._found, self._at = found, 0
        self.token = self.last = found[0]

    def take(self) -> Token:
        """The next token, after which the one behind it is the next."""
        self.last = self.token
        self._at = min(self._at + 1, len(self._found) - 1)
        self.token = self._found[self._at]
        return self.last

    def ahead(self) -> Token:
        """The token behind the next one."""
        return self._found[min(self._at + 1, len(self._found) - 1)]

    def expect(self, sign: str) -> None:
        """Take a sign such as `)`. Raises Refused for anything else."""
        if self.token.text != sign:
            raise self.unexpected(f", `{sign}` is missing")
        self.take()

    def word(self) -> str:
        """The next token in lower case if it is a name, else ""; keywords have no case."""
        return self.token.text.lower() if self.token.kind == "name" else ""

    def taken(self, word: str) -> bool:
        """Take the keyword if it is next, and say whether it was."""
        found = self.word() == word
        if found:
            self.take()
        return found

    def knows(self, word: str) -> bool:
        """Whether the server has a word of WORDS as a keyword."""
        return self.server >= WORDS[word].since

    def is_keyword(self, word: str) -> bool:
        """Whether the server reads a word as a keyword."""
        return word in KEYWORDS or (word in WORDS and self.knows(word))

    def check_word(self) -> None:
        """Raise Refused if the next token is a word of WORDS that the server lacks, or has only with a flag."""
        token, word = self.token, WORDS.get(self.word())
        if word is None or self.server == ANY:
            return
        if word.stable and self.server < word.since:
            raise needs(f"`{token.text}`", word.stable, token.at, token.end)
        if word.stable is None or self.server < word.stable:
            raise experiment(f"`{token.text}`", word.flag, token.at, token.end, word.stable)

    def unexpected(self, missing: str = "") -> Refused:
        """That the next token cannot stand where it does."""
        token = self.token
        if token.kind == "end":
            return refused(f"this expression is not finished{missing}", 0, token.at)
        return refused(f"unexpected {shown(token.text)}{missing}", token.at, token.end)
