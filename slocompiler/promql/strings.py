"""Splits raw PromQL into strings, comments, `$holes` and code. All other modules use this one for it.

A hole is `$name` or `${name}`. `$$` before a name or a brace is a literal `$`, and `$1`, `${1}` are groups of patterns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal, cast

from slocompiler.pattern import lazy_pattern
from slocompiler.record import record, replace

Kind = Literal["string", "comment", "hole", "code"]
_NAMED = r"\$(?:[A-Za-z_]\w*|\{[^}\"'`\n]*\}?)"
_PART = lazy_pattern(
    r"""(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)|(?P<comment>\#[^\n]*)|(?P<hole>""" + _NAMED + ")",
    re.ASCII,
)
_HOLE = lazy_pattern(rf"\$\$(?=[A-Za-z_{{])|\$\{{[0-9]+\}}|(?P<hole>{_NAMED})", re.ASCII)
_GROUP = lazy_pattern(r"\(\?P?<([A-Za-z_]\w*)>", re.ASCII)
_DOLLAR = lazy_pattern(r"\$(?=[A-Za-z_{])")
WINDOW = "window"
"""The hole for the window of a rate."""


@record
class Part:
    """A part of a text: a string with its quotes, a comment, a hole outside of both, or code."""

    kind: Kind
    text: str
    start: int
    groups: tuple[str, ...] = ()
    """Names that are no holes in it: the groups of a pattern whose replacement it is, in `label_replace`."""

    def holes(self) -> Iterator[tuple[str, int, int]]:
        """The name of each hole in a string, or of a hole, with its offsets in the part; a malformed one is its text."""
        for match in _HOLE.finditer(self.text) if self.kind in ("string", "hole") else ():
            if match["hole"] and named(match[0]) not in self.groups:
                yield named(match[0]), match.start(), match.end()


def named(hole: str) -> str:
    """The name in a hole; its text where it has none, such as an unclosed `${job`."""
    bare = hole[2:-1] if hole.startswith("${") and hole.endswith("}") else hole[1:]
    return bare if bare.isidentifier() else hole


def parts(text: str) -> Iterator[Part]:
    """The parts of `text`, in order. Joined, they are the text."""
    found = list(_cut(text))
    for index, part in enumerate(found):
        yield replace(part, groups=_groups(found, index)) if part.kind == "string" and "$" in part.text else part


def _cut(text: str) -> Iterator[Part]:
    end = 0
    for match in _PART.finditer(text):
        if end < match.start():
            yield Part("code", text[end : match.start()], end)
        yield Part(cast(Kind, match.lastgroup), match[0], match.start())
        end = match.end()
    if end < len(text):
        yield Part("code", text[end:], end)


def _groups(found: list[Part], index: int) -> tuple[str, ...]:
    """The groups of the pattern if this is the second of four strings in a row, as only `label_replace` has them."""
    around = found[max(index - 2, 0) : index + 5]
    if [part.kind == "string" for part in around] != [True, False] * 3 + [True]:
        return ()
    is_row = all(part.text.strip() == "," for part in around[1::2])
    return tuple(_GROUP.findall(around[-1].text)) if is_row else ()


def filled(part: Part, value: Callable[[str], str | None]) -> str:
    """A string with values for its holes, escaped for its quotes. A hole whose value is None stays."""
    written, end = [], 0
    for name, start, stop in part.holes():
        found = value(name)
        if found is not None:
            written += [part.text[end:start], _escaped(found, part.text[0])]
            end = stop
    return "".join((*written, part.text[end:]))


def literal(text: str) -> str:
    """A text that has no holes where it is put into a string: `$job` is `$$job`."""
    return _DOLLAR.sub("$$", text)


def windowed(text: str, window: str) -> str:
    """The text with a duration for `$window`, and `$` for `$$`. In strings and comments, `$window` is text and stays."""
    return "".join(_final(part, window) for part in parts(text))


def replaced(text: str, window: str, at: int) -> int:
    """The offset in a text of a character of the `windowed` text; the start of a hole for what replaces it."""
    for part in parts(text):
        length = len(_final(part, window))
        if at < length:
            return part.start + (0 if part.kind == "hole" else min(at, len(part.text)))
        at -= length
    return len(text)


def _final(part: Part, window: str) -> str:
    if part.kind == "hole" and named(part.text) == WINDOW:
        return window
    if part.kind != "string":
        return part.text
    return _HOLE.sub(lambda match: match[0] if match["hole"] else match[0].replace("$$", "$"), part.text)


def _escaped(text: str, quote: str) -> str:
    """`text` for the inside of a string that begins with `quote`; in back-quotes nothing can be escaped."""
    if quote == "`":
        return text
    escaped = text.replace("\\", "\\\\").replace(quote, f"\\{quote}").replace("\n", "\\n")
    return escaped.replace("\ufffd", r"\ufffd")  # which no server reads as it is
