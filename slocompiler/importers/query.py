"""A query of another tool: its window becomes `$window`, its ratios are cut in two, and PromQL reads it as a tree."""

from __future__ import annotations

import re

from slocompiler.promql import judge
from slocompiler.promql.lexer import Token, tokens
from slocompiler.promql.node import Node
from slocompiler.promql.parse import LEVELS, outcome
from slocompiler.promql.refused import ANY, Fault, Refused
from slocompiler.promql.strings import literal, parts
from slocompiler.record import record

MARK = "4h13m37s"
"""Stands for the window while a query is read: a duration that nobody writes."""
_DOT_WINDOW = r"\{\{-?\s*\.\s*[wW]indow\s*-?\}\}"
_PLACEHOLDER = re.compile(
    rf"\{{%-?\s*raw\s*-?%\}}\s*{_DOT_WINDOW}\s*\{{%-?\s*endraw\s*-?%\}}"  # Jinja
    rf"|\{{\{{-?\s*[`\"']\s*{_DOT_WINDOW}\s*[`\"']\s*-?\}}\}}"  # Helm
    rf"|{_DOT_WINDOW}|\$window\b|\$\{{window\}}"
)
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
LOOSE = 99
_CLAMPED: dict[str, tuple[str, ...]] = {"clamp": ("0", "1"), "clamp_max": ("1",), "clamp_min": ("0",)}
_MOST_STEPS = 20
"""How often something is taken off around a ratio."""


@record
class Query:
    """A query with MARK for its window, and its tree."""

    text: str
    node: Node

    @property
    def is_windowed(self) -> bool:
        """Whether it depends on the window."""
        return MARK in self.text

    def raw(self) -> str:
        """The query as raw PromQL of the language."""
        cut = [_raw_string(part.text) if part.kind == "string" else part.text for part in parts(self.text)]
        lines = "".join(cut).replace(MARK, "$window").replace("`", "'").strip().splitlines()
        return "\n".join(line.rstrip() for line in lines)


def _raw_string(text: str) -> str:
    """A string without back-quotes, which end raw PromQL, and with its `$` escaped."""
    if text.startswith("`"):
        escaped = text[1:-1].replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        text = f'"{escaped}"'
    return literal(text.replace("`", "\\x60"))


def windows(text: str) -> tuple[str, set[str]]:
    """The text with MARK for its placeholders, and the durations that its ranges have besides."""
    marked = _PLACEHOLDER.sub(MARK, text)
    return marked, {token.text for token in _ranges(marked) if token.text != MARK}


def with_window(text: str) -> str:
    """The text with MARK for the duration of each range that is no subquery."""
    for token in reversed(_ranges(text)):
        text = text[: token.at] + MARK + text[token.end :]
    return text


def _ranges(text: str) -> list[Token]:
    """The durations of ranges such as `[5m]`."""
    found = _tokens(text)
    around = zip(found, found[1:], found[2:], strict=False)
    return [token for before, token, after in around if before.text == "[" and after.text == "]"]


def _tokens(text: str) -> list[Token]:
    """The tokens of an expression; none if it cannot be cut into tokens."""
    try:
        return tokens(text, ANY) if len(text) <= judge.LONGEST else []
    except Refused:
        return []


def parsed(text: str) -> Query | str:
    """The query, or the reason why it is none: what Prometheus would report, or a template that is not rendered yet."""
    left = _TEMPLATE.search(text)
    if left:
        return f"`{left[0][:40]}` is a template: render it first"
    escaped = "".join(literal(part.text) if part.kind == "string" else part.text for part in parts(text))
    fault = judge.fault(escaped)
    if fault:
        return fault.message
    node = outcome(text, ANY)  # which the judge has parsed already
    return node.message if isinstance(node, Fault) else Query(text, node)


class Halves:
    """The two sides of a ratio as text, and what was taken off around it."""

    def __init__(self, text: str) -> None:
        self.part, self.total = "", ""
        self.rest = ""
        """What cannot be cut, if it is no ratio."""
        self.is_flipped = False
        """Whether the ratio is taken from one: `1 - good / total` is a share of bad events."""
        self.guard = ""
        """What stood around it for the case without events, such as `or vector(0)`."""
        for _ in range(_MOST_STEPS):
            text = self.rest = bare(text)
            clamped = _clamped(text)
            if clamped:
                text = clamped
                continue
            left, operator, right = split(text) or ("", "", "")
            if operator == "or" and _is_constant(right):
                self.guard, text = f"or {right}", left
            elif (operator in (">", ">=") and _is(right, 0)) or (operator == "<=" and _is(right, 1)):
                self.guard, text = f"{operator} {right}", left
            elif operator == "-" and (_is(left, 1) or _is(left.replace("vector", ""), 1)):
                self.is_flipped, text = not self.is_flipped, right
            elif operator == "/" and not re.match(r"(?:on|ignoring)\b", right):
                self.part, self.total = left, right
                return
            else:
                return


def _clamped(text: str) -> str:
    """What is held between 0 and 1, as a ratio of a part is anyway; "" for anything else."""
    found = _tokens(text)
    bounds = _CLAMPED.get(found[0].text, ()) if found else ()
    at = len(found) - 2 * len(bounds) - 2
    if not bounds or at < 2 or 1 + _closing(found[1:]) != len(found) - 2:
        return ""
    is_whole = tuple([token.text for token in found[at:-2]]) == tuple([part for one in bounds for part in (",", one)])
    return text[found[1].end : found[at].at] if is_whole else ""


def _is_constant(text: str) -> bool:
    return re.fullmatch(r"(?:on\s*\(\s*\)\s*)?\(*\s*vector\s*\(\s*[0-9.]+\s*\)\s*\)*", text) is not None


def _is(text: str, number: int) -> bool:
    """Whether a text is a number, in parentheses or not."""
    return re.fullmatch(rf"[\s(]*{number}(?:\.0*)?[\s)]*", text) is not None


def bare(text: str) -> str:
    """An expression without the parentheses around it."""
    text = text.strip()
    found = _tokens(text)
    while len(found) > 2 and found[0].text == "(" and _closing(found) == len(found) - 2:
        text = text[found[0].end : found[-2].at].strip()
        found = _tokens(text)
    return text


def _closing(found: list[Token]) -> int:
    """The index of the token that closes the first one; -1 if nothing does."""
    depth = 0
    for index, token in enumerate(found):
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if not depth:
            return index
    return -1


def split(text: str) -> tuple[str, str, str] | None:
    """The two sides of the operator that is evaluated last, and the operator between them; None if there is none."""
    depth, best, level = 0, None, LOOSE
    before: Token | None = None
    for token in _tokens(text):
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        word = token.text.lower() if token.kind in ("sign", "name") else ""
        is_operand = before is not None and (before.kind != "sign" or before.text in (")", "]", "}"))
        is_operand = is_operand and before is not None and before.text.lower() not in LEVELS
        if not depth and is_operand and LEVELS.get(word, LOOSE) < LOOSE and LEVELS[word] <= level:
            best, level = token, LEVELS[word]
        before = token
    if best is None:
        return None
    return text[: best.at].strip(), best.text.lower(), text[best.end :].strip()
