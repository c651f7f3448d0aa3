"""Reads the durations of PromQL: of ranges, subqueries and offsets."""

from __future__ import annotations

from slocompiler.promql.cursor import Cursor
from slocompiler.promql.functions import DURATION_SUMS, NUMERIC_DURATIONS, SIGNED_DURATIONS
from slocompiler.promql.lexer import Token, millis, number, refused
from slocompiler.promql.refused import needs

_SECONDS = 2.0**63 / 1e9
"""The longest duration, as a number."""
_WORDS = {"step": 0, "range": 0, "min_of": 2, "max_of": 2}
"""The words of arithmetic with durations, with their number of arguments."""
_OPERATORS = ("+", "-", "*", "/", "%", "^")


class Durations(Cursor):
    """Reads durations."""

    def seconds(self, token: Token) -> float:
        """The seconds of a duration. Raises Refused for 0 where the server does."""
        found = millis(token.text, token.at)
        if not found and self.server < SIGNED_DURATIONS:
            raise needs("a duration of 0", SIGNED_DURATIONS, token.at, token.end, "use one above 0, or leave it out")
        return found / 1000

    def span(self, *, is_offset: bool) -> float | None:
        """A duration in seconds; None for a sum of durations, which only newer servers read."""
        start = self.token
        sign = 1
        if start.kind == "sign" and start.text in ("+", "-"):
            self.take()
            sign = -1 if start.text == "-" else 1
            if self.server < SIGNED_DURATIONS and start.text == "+":
                raise needs("a duration with a `+`", SIGNED_DURATIONS, start.at, start.end, "leave out the `+`")
        is_sum = not is_offset and self.ahead().text in _OPERATORS
        if is_sum or self.token.kind not in ("number", "duration"):
            self._sum(start, is_offset=is_offset)
            return None
        found = sign * self._plain(self.token, start)
        self.take()
        return found

    def _plain(self, token: Token, start: Token) -> float:
        """A number or a duration in seconds."""
        if token.kind == "duration":
            return self.seconds(token)
        found = number(token.text, token.at)
        if self.server < NUMERIC_DURATIONS:
            instead = f"{token.text}s" if token.text.isdecimal() else ""
            help = f"write the unit: `{instead}`" if instead else "write the unit"
            raise needs("a duration without a unit", NUMERIC_DURATIONS, token.at, token.end, help, instead)
        if not found <= _SECONDS:
            raise refused(f"`{token.text[:20]}` is too long for a duration", start.at, token.end)
        return found

    def _sum(self, start: Token, *, is_offset: bool) -> None:
        """Arithmetic with durations, and words such as `step()`. An offset ends before an operator: `x offset 5m + y`."""
        if self.server < DURATION_SUMS:
            is_known = self.token.kind in ("number", "duration") or self.token.text in ("(", "+", "-")
            if is_known or self.word() in _WORDS:
                raise needs("arithmetic with durations", DURATION_SUMS, start.at, self.token.end, "write one duration")
            raise self.unexpected(", a duration is missing")
        if is_offset:
            self._term()
        else:
            self._terms()

    def _terms(self) -> None:
        self._term()
        while self.token.text in _OPERATORS:
            operator = self.take().text
            token = self.token
            if operator in "/%" and token.kind in ("number", "duration") and not self._plain(token, token):
                raise refused("a division by 0", self.last.at, token.end)
            self._term()

    def _term(self) -> None:
        """A number, a duration, a word with its arguments, or a sum in parentheses."""
        while self.token.text in ("+", "-"):
            self.take()
        word, count = self.word(), 0
        if word in _WORDS:
            self.take()
            count = _WORDS[word]
            self.expect("(")
        elif self.token.text == "(":
            self.take()
            count = 1
        elif self.token.kind in ("number", "duration"):
            self._plain(self.token, self.token)
            self.take()
            return
        else:
            raise self.unexpected(", a duration is missing")
        for index in range(count):
            if index:
                self.expect(",")
            self._terms()
        self.expect(")")
