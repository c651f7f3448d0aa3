"""Parses PromQL as a version of Prometheus does: what it takes loads there, and what it refuses does not.

Only brackets recurse, so the limits of `judge.py` on brackets and operators keep the depth small.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

from slocompiler.promql import NEVER_METRICS, typed
from slocompiler.promql.functions import (
    AGGREGATIONS,
    FLAG,
    FUNCTIONS,
    NUMERIC_DURATIONS,
    OLDEST,
    TRIMMING,
    WORDS,
    Function,
)
from slocompiler.promql.lexer import Token, number, refused, shown, tokens
from slocompiler.promql.node import Labels, Node
from slocompiler.promql.ranges import Ranges
from slocompiler.promql.refused import ANY, Fault, Refused, Version, experiment, gone, needs
from slocompiler.promql.selectors import labels, selector
from slocompiler.promql.typed import Operand
from slocompiler.suggest import did_you_mean

LEVELS: dict[str, int] = {
    **dict.fromkeys(("or",), 1),
    **dict.fromkeys(("and", "unless"), 2),
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/", "%", "atan2"), 5),
    "^": 6,
}
"""How tightly operators bind; a sign before an expression binds as `*` does."""
_SIGN = 5
_NUMBERS = ("inf", "nan")
_CALLABLE = ("end", "max_of", "min_of", "range", "start", "step")
"""Keywords that are functions too, in the versions that have them."""


class _Operator(NamedTuple):
    """An operator that waits for its right side; or a sign, whose level is _SIGN and which has no left side."""

    name: str
    level: int
    token: Token
    is_sign: bool = False
    is_bool: bool = False
    labels: Labels | None = None
    many: Literal["", "left", "right"] = ""
    added: tuple[str, ...] = ()


def parsed(text: str, server: Version) -> Node:
    """The tree of an expression. Raises Refused if a server of this version does not load it."""
    parser = _Parser(text, server)
    found = parser.expression()
    if parser.token.kind != "end":
        raise parser.unexpected()
    return found.node


@lru_cache(maxsize=1024)
def outcome(text: str, server: Version) -> Node | Fault:
    """The tree of an expression, or why the server does not load it. ANY loads what the oldest server does, and more."""
    if server == ANY:
        oldest = outcome(text, OLDEST)
        if isinstance(oldest, Node) or not oldest.is_version:
            return oldest
    try:
        return parsed(text, server)
    except Refused as refused:
        return refused.fault


class _Parser(Ranges):
    """A parser of one expression; `token` is the next token."""

    def __init__(self, text: str, server: Version) -> None:
        super().__init__(tokens(text, server), server)

    def expression(self) -> Operand:
        """Operands and the operators between them, by precedence."""
        operands: list[Operand] = []
        waiting: list[_Operator] = []
        while True:
            while self.token.text in ("+", "-") and self.token.kind == "sign":
                waiting.append(_Operator(self.token.text, _SIGN, self.take(), is_sign=True))
            operands.append(self.modified(self._operand()))
            operator = self.word() if self.token.kind == "name" else self.token.text
            level = LEVELS.get(operator, 0) if self.token.kind in ("sign", "name") else 0
            while waiting and (waiting[-1].level > level or (waiting[-1].level == level and level < LEVELS["^"])):
                _reduce(waiting.pop(), operands)
            if not level:
                return operands[0]
            waiting.append(self._operator(operator, level))

    def _operator(self, name: str, level: int) -> _Operator:
        """A binary operator with its modifiers."""
        token = self.take()
        if name in "<>" and self.token.text == "/" and self.token.at == token.end:
            name += self.take().text
            if self.server < TRIMMING:
                raise needs(f"`{name}`", TRIMMING, token.at, self.last.end)
        is_bool = self.taken("bool")
        matching: Labels | None = None
        many: Literal["", "left", "right"] = ""
        added: tuple[str, ...] = ()
        if self.word() in ("on", "ignoring"):
            keeps = self.take().text.lower() == "on"
            matching = Labels(keeps, labels(self))
            if self.word() in ("group_left", "group_right"):
                many = "left" if self.take().text.lower() == "group_left" else "right"
                added = labels(self) if self.token.text == "(" else ()
        if self.word() in ("fill", "fill_left", "fill_right") and self.ahead().text == "(":
            raise experiment(f"`{self.token.text}`", WORDS["fill"].flag, self.token.at, self.token.end)
        return _Operator(name, level, token, False, is_bool, matching, many, added)

    def _operand(self) -> Operand:
        token = self.token
        if token.kind == "number":
            self.take()
            return Operand(Node("number", "", "scalar", number=number(token.text, token.at)), token.at, token.end)
        if token.kind == "duration":
            return self._duration()
        if token.kind == "string":
            self.take()
            return Operand(Node("string", token.text[1:-1], "string"), token.at, token.end)
        if token.text == "(":
            self.take()
            inner = self.expression()
            self.expect(")")
            return Operand(inner.node, token.at, self.last.end, is_wrapped=True)
        if token.text == "{":
            return selector(self, "", token.at)
        if token.kind == "name":
            return self._named()
        raise self.unexpected()

    def _duration(self) -> Operand:
        """A duration that stands for a number of seconds."""
        token = self.take()
        seconds = self.seconds(token)
        if self.server < NUMERIC_DURATIONS:
            plain = f"{seconds:.3f}".rstrip("0").rstrip(".")
            help = f"write the seconds: `{plain}`"
            raise needs(f"`{token.text}` as a number", NUMERIC_DURATIONS, token.at, token.end, help, plain)
        return Operand(Node("number", "", "scalar", number=seconds), token.at, token.end)

    def _named(self) -> Operand:
        """A number such as `Inf`, an aggregation, a call or a selector."""
        token, word, follower = self.token, self.word(), self.ahead()
        if word in _NUMBERS:
            self.take()
            return Operand(Node("number", "", "scalar", number=float(word)), token.at, token.end)
        if word in AGGREGATIONS and (follower.text == "(" or follower.text.lower() in ("by", "without")):
            if word not in WORDS or self.knows(word):
                return self._aggregation(word)
        if follower.text == "(" and ":" not in token.text:
            if not self.is_keyword(word) or word in _CALLABLE:
                return self._call()
        if word in NEVER_METRICS:
            raise self.unexpected()
        self.take()
        return selector(self, token.text, token.at)

    def _aggregation(self, word: str) -> Operand:
        token = self.take()
        if word in WORDS and self.server != ANY:
            raise experiment(f"`{token.text}`", FLAG, token.at, token.end)
        kept = self._grouping()
        arguments = self._arguments()
        kept = kept or self._grouping()
        return typed.aggregation(word, arguments, kept, token.at, self.last.end)

    def _grouping(self) -> Labels | None:
        if self.word() not in ("by", "without"):
            return None
        keeps = self.take().text.lower() == "by"
        return Labels(keeps, labels(self))

    def _call(self) -> Operand:
        token = self.take()
        function = FUNCTIONS.get(token.text)
        if function is None and token.text in WORDS:
            raise experiment(f"`{token.text}`", WORDS[token.text].flag, token.at, token.end)
        if function is None:
            raise _unknown(token)
        if self.server != ANY:
            self._check_version(token, function)
        return typed.call(token.text, function, self._arguments(), token.at, self.last.end)

    def _check_version(self, token: Token, function: Function) -> None:
        what = f"`{token.text}`"
        if self.server >= function.until:
            raise gone(what, function.until, function.instead, token.at, token.end)
        if function.stable and self.server < function.since:
            raise needs(what, function.stable, token.at, token.end)
        if function.stable is None or self.server < function.stable:
            raise experiment(what, FLAG, token.at, token.end, function.stable)

    def _arguments(self) -> list[Operand]:
        self.expect("(")
        found: list[Operand] = []
        while self.token.text != ")":
            found.append(self.expression())
            if self.token.text != ")":
                self.expect(",")
                if self.token.text == ")":
                    raise refused("a comma without an argument", self.last.at, self.last.end)
        self.take()
        return found


def _reduce(operator: _Operator, operands: list[Operand]) -> None:
    """Replace the operands of an operator, the last ones, by what it makes of them."""
    right = operands.pop()
    if operator.is_sign:
        operands.append(typed.negation(operator.name, right, operator.token.at))
        return
    left = operands.pop()
    node = Node(
        "operation",
        operator.name,
        "vector" if "vector" in (left.node.type, right.node.type) else "scalar",
        (left.node, right.node),
        is_bool=operator.is_bool,
        labels=operator.labels,
        many=operator.many,
        added=operator.added,
    )
    typed.operation(node, operator.token)
    operands.append(Operand(node, left.start, right.end))


def _unknown(token: Token) -> Refused:
    help = did_you_mean(token.text, FUNCTIONS)
    return refused(f"{shown(token.text)} is no function of PromQL", token.at, token.end, help)
