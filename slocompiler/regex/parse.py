"""Regular expressions of matchers as trees: what the syntax of RE2 and nearly every pattern have in common.

`parsed` understands literals, `.`, classes, groups, alternations and counts; what it understands, Prometheus compiles.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

Chars = tuple[tuple[int, int], ...]
"""Characters as ranges of code points, both ends included."""
Repeat = tuple[int, int | None]
"""How often at least and at most; None for no end."""

HIGHEST = 0x10FFFF
MOST_CHARS = 250
"""Characters that a pattern reads, counts multiplied out."""
DEEPEST = 50
_DIGITS: Chars = ((48, 57),)
_WORD: Chars = ((48, 57), (65, 90), (95, 95), (97, 122))
_BLANK: Chars = ((9, 10), (12, 13), (32, 32))
_CONTROLS = {"n": 10, "t": 9, "r": 13, "f": 12, "v": 11, "a": 7}
_FLAGS = re.compile(r"\?(?::|(?:i|s|is|si)[:)])")
"""Whether case counts (i), and whether a dot takes the end of a line (s), of which nothing is known here anyway."""
_THIRD_FORMS = {ord("k"): 0x212A, ord("s"): 0x17F}
"""Letters beyond ASCII that differ in case alone: the sign of kelvin, and the long s."""
_COUNTS = ("*", "+", "?", "{")
_COUNT = re.compile(r"[*+?]|\{([0-9]{1,3})(,([0-9]{1,3})?)?\}")


class Node(NamedTuple):
    """A part of a pattern. kind: chars (one of them), all (its parts in a row), any (of its parts), repeat."""

    kind: str
    chars: Chars = ()
    parts: tuple[Node, ...] = ()
    repeat: Repeat = (1, 1)


class _Unknown(Exception):
    """Something that is not understood here, whether it compiles or not."""


@lru_cache(maxsize=8192)
def parsed(pattern: str) -> Node | None:
    """The tree of a pattern; None for one that is not understood, or too large."""
    try:
        reader = _Reader(pattern)
        node = reader.choice(0)
        if reader.at < len(pattern) or _size(node) > MOST_CHARS:
            return None
    except _Unknown:
        return None
    return node


def _size(node: Node) -> int:
    if node.kind == "chars":
        return 1
    least, most = node.repeat
    return sum(map(_size, node.parts)) * max(1, least, most or 0)


class _Reader:
    """Recursive descent; `at` is where it has come to."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.folds = False
        """Whether case does not count."""

    def choice(self, depth: int) -> Node:
        """`a|b`, up to the `)` that closes it or to the end."""
        if depth > DEEPEST:
            raise _Unknown
        parts = [self.row(depth)]
        while self._take("|"):
            parts.append(self.row(depth))
        return Node("any", (), tuple(parts)) if len(parts) > 1 else parts[0]

    def row(self, depth: int) -> Node:
        """What stands side by side."""
        parts: list[Node] = []
        if not depth:
            self._take("^")  # values are matched whole anyway
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            if not depth and self.text[self.at] == "$" and self.text[self.at + 1 : self.at + 2] in ("", "|"):
                self.at += 1
                break
            parts.append(self._counted(self._one(depth)))
        return parts[0] if len(parts) == 1 else Node("all", (), tuple(parts))

    def _counted(self, node: Node) -> Node:
        match = _COUNT.match(self.text, self.at) if self.text[self.at : self.at + 1] in _COUNTS else None
        if match is None:
            return node
        self.at = match.end()
        self._take("?")  # a lazy count takes the same strings
        if _COUNT.match(self.text, self.at):
            raise _Unknown  # a count of a count does not compile
        repeats: dict[str, Repeat] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        if match[0] in repeats:
            return Node("repeat", (), (node,), repeats[match[0]])
        least = int(match[1])
        most = int(match[3]) if match[3] else None if match[2] else least
        if most is not None and most < least:
            raise _Unknown
        return Node("repeat", (), (node,), (least, most))

    def _one(self, depth: int) -> Node:
        char = self.text[self.at]
        self.at += 1
        if char == ".":
            return Node("chars", ((0, HIGHEST),))
        if char == "\\":
            return Node("chars", self._escaped())
        if char == "[":
            return Node("chars", self._class())
        if char == "(":
            return self._group(depth)
        if char in "*+?{}]^$":
            raise _Unknown
        return Node("chars", self._either_case(((ord(char), ord(char)),)))

    def _group(self, depth: int) -> Node:
        """`(a|b)`, `(?:a)`, `(?i:a)`; or `(?i)`, which holds up to the end of the group around it."""
        before, flags = self.folds, _FLAGS.match(self.text, self.at)
        if flags is None and self._take("?"):
            raise _Unknown  # names, and flags that are not read here
        if flags:
            self.at = flags.end()
            self.folds |= "i" in flags[0]
            if flags[0].endswith(")"):
                if _COUNT.match(self.text, self.at):
                    raise _Unknown  # nothing stands there that could be repeated
                return Node("all")
        node = self.choice(depth + 1)
        if not self._take(")"):
            raise _Unknown
        self.folds = before
        return Node("all", (), (node,))

    def _either_case(self, ranges: Chars) -> Chars:
        """These characters; where case does not count, also those that differ in it alone."""
        if not self.folds:
            return ranges
        if any(last > 127 for _, last in ranges):
            raise _Unknown  # beyond ASCII a letter has forms that only tables of Unicode know
        letters = {code for a, b in ranges for code in range(a, b + 1) if chr(code).isalpha()}
        both = {ord(form) for code in letters for form in (chr(code).lower(), chr(code).upper())}
        both |= {other for code, other in _THIRD_FORMS.items() if code in both}
        return _sorted((*ranges, *((code, code) for code in both)))

    def _escaped(self) -> Chars:
        char = self.text[self.at : self.at + 1]
        self.at += 1
        known = {"d": _DIGITS, "w": _WORD, "s": _BLANK}
        if char.lower() in known:
            found = self._either_case(known[char.lower()])
            return found if char in known else _opposite(found)
        code = _CONTROLS.get(char) or (ord(char) if char and char.isascii() and not char.isalnum() else 0)
        if not code or char in "<>":
            raise _Unknown
        return self._either_case(((code, code),))

    def _class(self) -> Chars:
        """`[a-z_]`, behind its bracket."""
        negated = self._take("^")
        ranges: list[tuple[int, int]] = []
        if self.text[self.at : self.at + 1] == "]":
            raise _Unknown
        while not self._take("]"):
            is_escape = self.text.startswith("\\", self.at)
            first = self._class_char()
            if self.text.startswith("-", self.at) and not self.text.startswith("-]", self.at):
                self.at += 1
                last = () if self.text.startswith("-", self.at) else self._class_char()
                if not _single(first) or not _single(last) or first > last:
                    raise _Unknown
                first, is_escape = ((first[0][0], last[0][1]),), False
            ranges += first if is_escape else self._either_case(first)
        return _opposite(tuple(ranges)) if negated else _sorted(tuple(ranges))

    def _class_char(self) -> Chars:
        char = self.text[self.at : self.at + 1]
        self.at += 1
        if char == "\\":
            return self._escaped()
        if not char or char in "[&~":
            raise _Unknown
        return ((ord(char), ord(char)),)

    def _take(self, char: str) -> bool:
        found = self.text.startswith(char, self.at)
        self.at += found
        return found


def _single(ranges: Chars) -> bool:
    return len(ranges) == 1 and ranges[0][0] == ranges[0][1]


def _sorted(ranges: Chars) -> Chars:
    """In order, none overlapping."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(merged[-1][1], last)
        else:
            merged.append((first, last))
    return tuple(merged)


def _opposite(ranges: Chars) -> Chars:
    found, begin = [], 0
    for first, last in _sorted(ranges):
        if begin < first:
            found.append((begin, first - 1))
        begin = last + 1
    if begin <= HIGHEST:
        found.append((begin, HIGHEST))
    if not found:
        raise _Unknown
    return tuple(found)
