"""Parses regular expressions of matchers: the part of RE2's syntax that nearly every pattern uses.

`parsed` supports literals, `.`, classes, groups, alternations, counts and `(?i)`. Prometheus compiles all that it supports.
"""

from __future__ import annotations

from functools import lru_cache

from slocompiler.pattern import lazy_pattern
from slocompiler.record import record

Chars = tuple[tuple[int, int], ...]
"""Characters as ranges of code points, both ends included."""
Repeat = tuple[int, int | None]
"""The least and the greatest count; None for no limit."""

HIGHEST = 0x10FFFF
MOST_CHARS = 250
"""The size limit of a pattern: its characters, with counts expanded."""
DEEPEST = 50
_DIGITS: Chars = ((48, 57),)
_WORD: Chars = ((48, 57), (65, 90), (95, 95), (97, 122))
_BLANK: Chars = ((9, 10), (12, 13), (32, 32))
_CONTROLS = {"n": 10, "t": 9, "r": 13, "f": 12, "v": 11, "a": 7}
_FLAGS = lazy_pattern(r"\?(?::|(?:i|s|is|si)[:)])")
"""Flags: `i` ignores case; `s` lets a dot match a line end, where no answer is given anyway."""
_THIRD_FORMS = {ord("k"): 0x212A, ord("s"): 0x17F}
"""ASCII letters with another case beyond ASCII: the Kelvin sign and the long s."""
_COUNTS = ("*", "+", "?", "{")
_COUNT = lazy_pattern(r"[*+?]|\{([0-9]{1,3})(,([0-9]{1,3})?)?\}")


@record
class Node:
    """A part of a pattern; `kind` is chars (one of these), all (its parts in sequence), any (one of its parts) or repeat."""

    kind: str
    chars: Chars = ()
    parts: tuple[Node, ...] = ()
    repeat: Repeat = (1, 1)


class _Unsupported(Exception):
    """The pattern uses syntax that this parser does not support, whether or not RE2 does."""


@lru_cache(maxsize=8192)
def parsed(pattern: str) -> Node | None:
    """The tree of a pattern; None if the pattern is not supported or too large."""
    node = read(pattern)
    return node if node and _size(node) <= MOST_CHARS else None


@lru_cache(maxsize=8192)
def read(pattern: str) -> Node | None:
    """The tree of a pattern of any size; None if the pattern is not supported."""
    try:
        reader = _Reader(pattern)
        node = reader.choice(0)
    except _Unsupported:
        return None
    return node if reader.at == len(pattern) else None


def takes_nothing(node: Node) -> bool:
    """Whether a part of a pattern matches the empty string."""
    if node.kind == "repeat" and not node.repeat[0]:
        return True
    found = map(takes_nothing, node.parts)
    return node.kind != "chars" and (any(found) if node.kind == "any" else all(found))


def _size(node: Node) -> int:
    """The nodes of the automaton, and of empty parts: `((){999}){999}` is as much work as `((a){999}){999}`."""
    least, most = node.repeat
    return max(1, sum(map(_size, node.parts))) * max(1, least, most or 0)


class _Reader:
    """A recursive-descent parser; `at` is the position of the next character."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.folds = False
        """Whether case is ignored."""

    def choice(self, depth: int) -> Node:
        """An alternation such as `a|b`, up to the `)` that closes it or to the end."""
        if depth > DEEPEST:
            raise _Unsupported
        parts = [self.row(depth)]
        while self._take("|"):
            parts.append(self.row(depth))
        return Node("any", (), tuple(parts)) if len(parts) > 1 else parts[0]

    def row(self, depth: int) -> Node:
        """A sequence such as `ab*`."""
        parts: list[Node] = []
        if not depth:
            self._take("^")  # a matcher always matches the whole value
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
        self._take("?")  # a lazy count matches the same strings
        if _COUNT.match(self.text, self.at):
            raise _Unsupported  # a count of a count does not compile
        repeats: dict[str, Repeat] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        if match[0] in repeats:
            return Node("repeat", (), (node,), repeats[match[0]])
        least = int(match[1])
        most = int(match[3]) if match[3] else None if match[2] else least
        if most is not None and most < least:
            raise _Unsupported
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
            raise _Unsupported
        return Node("chars", self._either_case(((ord(char), ord(char)),)))

    def _group(self, depth: int) -> Node:
        """`(a|b)`, `(?:a)`, `(?i:a)`; or `(?i)`, which applies up to the end of the enclosing group."""
        before, flags = self.folds, _FLAGS.match(self.text, self.at)
        if flags is None and self._take("?"):
            raise _Unsupported  # named groups and other flags
        if flags:
            self.at = flags.end()
            self.folds |= "i" in flags[0]
            if flags[0].endswith(")"):
                if _COUNT.match(self.text, self.at):
                    raise _Unsupported  # there is nothing to repeat
                return Node("all")
        node = self.choice(depth + 1)
        if not self._take(")"):
            raise _Unsupported
        self.folds = before
        return Node("all", (), (node,))

    def _either_case(self, ranges: Chars) -> Chars:
        """These characters; where case is ignored, also those that differ only in case."""
        if not self.folds:
            return ranges
        if any(last > 127 for _, last in ranges):
            raise _Unsupported  # beyond ASCII, only Unicode tables know the other cases of a letter
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
            raise _Unsupported
        return self._either_case(((code, code),))

    def _class(self) -> Chars:
        """A class such as `[a-z_]`, after its opening bracket."""
        negated = self._take("^")
        ranges: list[tuple[int, int]] = []
        if self.text[self.at : self.at + 1] == "]":
            raise _Unsupported
        while not self._take("]"):
            is_escape = self.text.startswith("\\", self.at)
            first = self._class_char()
            if self.text.startswith("-", self.at) and not self.text.startswith("-]", self.at):
                self.at += 1
                last = () if self.text.startswith("-", self.at) else self._class_char()
                if not _single(first) or not _single(last) or first > last:
                    raise _Unsupported
                first, is_escape = ((first[0][0], last[0][1]),), False
            ranges += first if is_escape else self._either_case(first)
        return _opposite(tuple(ranges)) if negated else _sorted(tuple(ranges))

    def _class_char(self) -> Chars:
        char = self.text[self.at : self.at + 1]
        self.at += 1
        if char == "\\":
            return self._escaped()
        if not char or char in "[&~":
            raise _Unsupported
        return ((ord(char), ord(char)),)

    def _take(self, char: str) -> bool:
        found = self.text.startswith(char, self.at)
        self.at += found
        return found


def _single(ranges: Chars) -> bool:
    return len(ranges) == 1 and ranges[0][0] == ranges[0][1]


def _sorted(ranges: Chars) -> Chars:
    """The same characters as ranges in order that do not overlap."""
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
        raise _Unsupported
    return tuple(found)
