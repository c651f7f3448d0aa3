"""What stands behind an expression in PromQL: ranges, subqueries, offsets and `@`."""

from __future__ import annotations

from slocompiler.promql.durations import Durations
from slocompiler.promql.functions import EDGES_BEHIND, NUMERIC_DURATIONS
from slocompiler.promql.lexer import number, refused
from slocompiler.promql.node import Node
from slocompiler.promql.refused import ANY, needs
from slocompiler.promql.typed import Operand

_OUT_OF_BOUNDS = 2.0**63


class Ranges(Durations):
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
        length = self.span(is_offset=False)
        if length is not None and length <= 0:
            raise refused("a duration is more than 0", start.at, self.last.end)

    def _offset(self, operand: Operand) -> Operand:
        token = self.take()
        length = self.span(is_offset=True)
        if not operand.takes_modifiers:
            raise refused("only a selector, a range or a subquery can have an offset", token.at, self.last.end)
        if operand.has_offset:
            raise refused("two offsets", token.at, self.last.end)
        return operand._replace(has_offset=length != 0, end=self.last.end)

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
        """`anchored` or `smoothed` behind a selector or a range."""
        token = self.take()
        if operand.node.kind not in ("selector", "range") or operand.is_wrapped:
            raise refused(f"only a selector or a range can be `{token.text}`", token.at, token.end)
        return operand._replace(end=token.end)
