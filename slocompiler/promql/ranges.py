"""What stands behind an expression in PromQL: ranges, subqueries, offsets and `@`."""

from __future__ import annotations

from slocompiler.promql.functions import DURATION_SUMS, EDGES_BEHIND, NUMERIC_DURATIONS, SIGNED_DURATIONS, WORDS
from slocompiler.promql.lexer import Token, millis, number, refused, shown
from slocompiler.promql.node import Node
from slocompiler.promql.refused import ANY, Refused, Version, experiment, needs
from slocompiler.promql.typed import Operand

_KEYWORDS = (
    *("and", "atan2", "or", "unless", "avg", "bottomk", "count", "count_values", "group", "max", "min", "quantile"),
    *("stddev", "stdvar", "sum", "topk", "bool", "by", "group_left", "group_right", "ignoring", "offset", "on"),
    *("without", "start", "end", "inf", "nan"),
)
_OUT_OF_BOUNDS = 2.0**63
_SECONDS = 2.0**63 / 1e9


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
        return word in _KEYWORDS or (word in WORDS and self.knows(word))

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


class Ranges(Cursor):
    """Reads what stands behind an expression."""

    def modified(self, operand: Operand) -> Operand:
        """An operand with all that stands behind it."""
        begin = self._at
        operand = self._modified(operand)
        if begin == self._at:
            return operand
        behind = " ".join([token.text for token in self._found[begin : self._at]])
        return operand._replace(node=operand.node._replace(modifiers=behind))

    def _modified(self, operand: Operand) -> Operand:
        while True:
            if self.token.text == "[":
                operand = self._ranged(operand)
            elif self.word() == "offset":
                operand = self._offset(operand)
            elif self.token.text == "@":
                operand = self._at_time(operand)
            elif self.word() in ("anchored", "smoothed"):
                self.check_word()
                operand = self._extended(operand)
            else:
                return operand

    def seconds(self, token: Token) -> float:
        """The seconds of a duration. Raises Refused for 0 where the server does."""
        found = millis(token.text, token.at)
        if not found and self.server < SIGNED_DURATIONS:
            raise needs("a duration of 0", SIGNED_DURATIONS, token.at, token.end, "use one above 0, or leave it out")
        return found / 1000

    def _ranged(self, operand: Operand) -> Operand:
        opened = self.take()
        self._length()
        if self.token.text == ":":
            self.take()
            if self.token.text != "]":
                self._length()
            self.expect("]")
            if operand.node.type != "vector":
                raise refused("a subquery needs an instant vector", operand.start, operand.end)
            return Operand(Node("subquery", "", "range", (operand.node,)), operand.start, self.last.end)
        self.expect("]")
        if operand.node.kind != "selector" or operand.is_wrapped:
            help = "a subquery such as `[5m:]` reads any instant vector over a time"
            raise refused("only a selector can have a range", opened.at, self.last.end, help)
        is_fixed = operand.has_time == "fixed" or (operand.has_time and EDGES_BEHIND <= self.server != ANY)
        if operand.has_offset or is_fixed:
            raise refused("an offset stands behind the range", opened.at, self.last.end)
        return Operand(Node("range", "", "range", (operand.node,)), operand.start, self.last.end)

    def _length(self) -> None:
        """The length of a range, which is more than 0."""
        start = self.token
        length = self._span(is_offset=False)
        if length is not None and length <= 0:
            raise refused("a duration is more than 0", start.at, self.last.end)

    def _offset(self, operand: Operand) -> Operand:
        token = self.take()
        length = self._span(is_offset=True)
        if not operand.takes_modifiers:
            raise refused("only a selector, a range or a subquery can have an offset", token.at, self.last.end)
        if operand.has_offset:
            raise refused("two offsets", token.at, self.last.end)
        return operand._replace(has_offset=length != 0, end=self.last.end)

    def _span(self, *, is_offset: bool) -> float | None:
        """A duration in seconds; None for a sum of durations, which only newer servers read."""
        start = self.token
        sign = 1
        if start.kind == "sign" and start.text in ("+", "-"):
            self.take()
            sign = -1 if start.text == "-" else 1
            if self.server < SIGNED_DURATIONS and start.text == "+":
                raise needs("a duration with a `+`", SIGNED_DURATIONS, start.at, start.end, "leave out the `+`")
        is_sum = not is_offset and self.ahead().text in ("+", "-", "*", "/", "%", "^")
        if is_sum or self.token.kind not in ("number", "duration"):
            return self._sum(start)
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

    def _sum(self, start: Token) -> float | None:
        """Arithmetic with durations, and words such as `step()`, up to the end of the duration."""
        if self.token.kind == "end" or self.token.text in ("]", ":", ")"):
            raise self.unexpected(", a duration is missing")
        if self.server < DURATION_SUMS:
            raise needs("arithmetic with durations", DURATION_SUMS, start.at, self.token.end, "write one duration")
        depth = 0
        while depth or self.token.text not in ("]", ":", ")"):
            if self.token.kind in ("end", "string") or self.token.text in ("{", "[", "@", "="):
                raise self.unexpected(", a duration is missing")
            depth += {"(": 1, ")": -1}.get(self.take().text, 0)
        return None

    def _at_time(self, operand: Operand) -> Operand:
        token = self.take()
        is_edge = self.word() in ("start", "end")
        if is_edge:
            self.take()
            self.expect("(")
            self.expect(")")
        else:
            self._time()
        if not operand.takes_modifiers:
            raise refused("only a selector, a range or a subquery can have `@`", token.at, self.last.end)
        if operand.has_time:
            raise refused("two times", token.at, self.last.end)
        return operand._replace(has_time="edge" if is_edge else "fixed", end=self.last.end)

    def _time(self) -> None:
        if self.token.text in ("+", "-"):
            self.take()
        token = self.token
        if token.kind not in ("number", "duration"):
            is_number = self.word() in ("inf", "nan")
            raise refused("`@` needs a finite time", token.at, token.end) if is_number else self.unexpected()
        if token.kind == "duration" and self.server < NUMERIC_DURATIONS:
            raise needs("a duration as a time", NUMERIC_DURATIONS, token.at, token.end, "write the seconds since 1970")
        found = self.seconds(token) if token.kind == "duration" else number(token.text, token.at)
        if found >= _OUT_OF_BOUNDS:
            raise refused("this time is out of bounds", token.at, token.end)
        self.take()

    def _extended(self, operand: Operand) -> Operand:
        """`anchored` and `smoothed`, of which a selector or a range has one."""
        token = self.take()
        if operand.node.kind not in ("selector", "range") or operand.is_wrapped:
            raise refused(f"only a selector or a range can be `{token.text}`", token.at, token.end)
        return operand._replace(end=token.end)
