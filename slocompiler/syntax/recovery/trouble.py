"""A token that the grammar does not expect: its location, what is expected there, and what was probably meant."""

from __future__ import annotations

import re

from slocompiler.record import record
from slocompiler.source import Source, Span
from slocompiler.suggest import similar
from slocompiler.syntax.recovery.stack import Stack
from slocompiler.syntax.scan import Scan
from slocompiler.syntax.tokens import ODD, Token
from slocompiler.syntax.vocabulary import SEVERITIES, TERMINALS

_MATCHER = re.compile(r"[\w.-]+[ \t]*[=!:~]")


@record
class Trouble:
    """A token that the parser cannot take: its offset, and what is expected there."""

    source: Source
    scan: Scan
    stack: Stack
    token: Token
    at: int
    before: int
    """The end of the token before it."""
    expected: list[str]
    block: str
    """The block whose statement may begin here; "" inside a statement."""

    @property
    def starts_line(self) -> bool:
        """Whether the token is the first of its line."""
        return self.scan.begins_line(self.at)

    @property
    def span(self) -> Span:
        """The span of the token; for a character that begins no token, up to the next blank or bracket."""
        end = self.at + (0 if self.token.kind == ODD else len(self.token.value))
        more = self.scan.word(end) if end == self.at or self._is_glued else ""
        return Span(self.source, self.at, end + len(more))

    @property
    def _is_glued(self) -> bool:
        """Whether a letter or digit that no name may have follows a name, as in `over４`: it makes the word another one."""
        end = self.at + len(self.token.value)
        return self.token.kind == "NAME" and self.source.text[end : end + 1].isalnum()

    @property
    def gap(self) -> Span:
        """The empty span after the token before it."""
        return Span(self.source, self.before, self.before)

    def fits(self, chain: tuple[str, ...]) -> bool:
        """Whether the parse could continue if these terminals were before the token."""
        if chain[-1] == "LBRACE" and self.token.kind == "RBRACE":
            return False  # it closes the block around
        if self.stack.accepts(*chain, self.token.kind):
            return True
        return self.starts_line and self.token.kind == "NAME" and bool(self.stack.block(*chain))

    def missing(self) -> list[tuple[str, ...]]:
        """The chains of terminals that may be missing before the token, the likeliest first."""
        if self.block:
            joints = () if self.starts_line or self.token.kind == "NAME" else ("COMMA", "OR")
            severity = ("SEVERITY",) if self.block == "alerts" else ()
            return self.stack.missing([name for name in (*joints, *severity) if name in self.expected], self.fits)
        first = [name for name in self.expected if name not in ("PARAM", "CALENDAR", "$END")]
        listed = _MATCHER.match(self.source.text, self.at) is not None
        return self.stack.missing(sorted(first, key=lambda name: name == ("RBRACE" if listed else "COMMA")), self.fits)

    def keywords(self) -> list[str]:
        """The expected keywords that are similar to the token, the most similar first."""
        if self.token.kind != "NAME" or len(self.token.value) < 2 or self._is_glued:
            return []
        known = [name.strip("_").lower() for name in self.expected if name not in TERMINALS]
        known += SEVERITIES if self.stack.accepts("SEVERITY") else ()
        return similar(self.token.value.rstrip(":"), known, 0.75 if self.block and not self.starts_line else 0.6)

    def terminal(self, keyword: str) -> str:
        """The terminal of an expected keyword."""
        return next((name for name in self.expected if name.strip("_").lower() == keyword), "SEVERITY")
