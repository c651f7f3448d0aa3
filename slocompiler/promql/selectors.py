"""Selectors of PromQL, and lists of labels."""

from __future__ import annotations

from typing import Literal, cast

from slocompiler.ir import Matcher
from slocompiler.promql import can_group
from slocompiler.promql.cursor import Cursor
from slocompiler.promql.functions import QUOTED_NAMES
from slocompiler.promql.lexer import Token, refused, value
from slocompiler.promql.node import Node
from slocompiler.promql.refused import Refused, needs
from slocompiler.promql.typed import Operand
from slocompiler.regex.judge import regex_fault, takes_empty

_OPERATORS = ("=", "!=", "=~", "!~")


def selector(cursor: Cursor, name: str, start: int) -> Operand:
    """A selector, whose name, if any, has been taken."""
    found: list[Matcher] = []
    names = [name] if name else []
    if cursor.token.text == "{":
        cursor.take()
        while cursor.token.text != "}":
            _item(cursor, found, names)
            if cursor.token.text != "}":
                cursor.expect(",")
        cursor.take()
    named = [matcher for matcher in found if matcher.label == "__name__"]
    if name and (named or len(names) > 1):
        raise refused("this selector names two metrics", start, cursor.last.end)
    if not any(names) and all(map(_takes_absent, found)):
        message = "this selector reads every series: one of its matchers must need a value"
        raise refused(message, start, cursor.last.end)
    node = Node(
        "selector",
        names[0] if names else "",
        "vector",
        matchers=tuple(sorted(found, key=lambda one: (one.label, one.op, one.value))),
    )
    return Operand(node, start, cursor.last.end)


def _item(cursor: Cursor, found: list[Matcher], names: list[str]) -> None:
    """A matcher, or the name of a metric as a string."""
    token = cursor.take()
    if token.kind not in ("name", "string"):
        cursor.token = token
        raise cursor.unexpected(", a label is missing")
    label = _quoted(cursor, token) if token.kind == "string" else token.text
    if cursor.token.text not in _OPERATORS:
        if token.kind == "name":
            raise cursor.unexpected(", `=` is missing")
        names.append(label)
        return
    operator = cursor.take().text
    if cursor.token.kind != "string":
        raise cursor.unexpected(", a string is missing")
    string = cursor.take()
    wanted = value(string.text)
    if "~" in operator:
        why = regex_fault(wanted, cursor.server >= (3, 0))
        if why:
            raise refused(f"this regular expression {why}", string.at, string.end)
    found.append(Matcher(label, cast(Literal["=", "!=", "=~", "!~"], operator), wanted))


def _quoted(cursor: Cursor, token: Token) -> str:
    if cursor.server < QUOTED_NAMES:
        raise needs("a name in quotes", QUOTED_NAMES, token.at, token.end)
    return value(token.text)


def _takes_absent(matcher: Matcher) -> bool:
    """Whether a matcher also selects series without its label."""
    if matcher.op in ("=", "!="):
        return (matcher.value == "") is (matcher.op == "=")
    return takes_empty(matcher.value) is (matcher.op == "=~")


def labels(cursor: Cursor) -> tuple[str, ...]:
    """A list such as `(a, b)`."""
    cursor.expect("(")
    found = []
    while cursor.token.text != ")":
        token = cursor.take()
        if token.kind == "string":
            found.append(_quoted(cursor, token))
            if not found[-1]:
                raise refused("a label has no name", token.at, token.end)
        else:
            if token.kind != "name" or not can_group(token.text):
                raise _no_label(token)
            if ":" in token.text and cursor.server < QUOTED_NAMES:
                raise needs(f"the label `{token.text}`", QUOTED_NAMES, token.at, token.end)
            found.append(token.text)
        if cursor.token.text != ")":
            cursor.expect(",")
    cursor.take()
    return tuple(found)


def _no_label(token: Token) -> Refused:
    return refused("a label is missing", token.at, max(token.end, token.at + 1))
