"""Splits raw PromQL into strings, comments, `$holes` and code. All other modules use this one for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple, cast

Kind = Literal["string", "comment", "hole", "code"]
_PART = re.compile(
    r"""(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)|(?P<comment>\#[^\n]*)|(?P<hole>\$[A-Za-z_]\w*)""",
    re.ASCII,
)
WINDOW = "$window"
"""The hole for the window of a rate."""
_HOLE = re.compile(r"\$([A-Za-z_]\w*)", re.ASCII)


class Part(NamedTuple):
    """A part of a text: a string with its quotes, a comment, a `$hole` outside of both, or code."""

    kind: Kind
    text: str
    start: int


def parts(text: str) -> Iterator[Part]:
    """The parts of `text`, in order. Joined, they are the text."""
    end = 0
    for match in _PART.finditer(text):
        if end < match.start():
            yield Part("code", text[end : match.start()], end)
        yield Part(cast(Kind, match.lastgroup), match[0], match.start())
        end = match.end()
    if end < len(text):
        yield Part("code", text[end:], end)


def holes(text: str) -> list[str]:
    """The names of the `$holes` in a string or a hole, without their dollar signs."""
    return _HOLE.findall(text)


def filled(string: str, value: Callable[[str], str | None]) -> str:
    """A string with values for its `$holes`, escaped for its quotes. A hole whose value is None stays."""

    def put(match: re.Match[str]) -> str:
        found = value(match[1])
        return match[0] if found is None else _escaped(found, string[0])

    return _HOLE.sub(put, string)


def windowed(text: str, window: str) -> str:
    """The text with a duration for `$window`. In strings and comments, `$window` is text and stays."""
    return "".join(window if part.kind == "hole" and part.text == WINDOW else part.text for part in parts(text))


def _escaped(text: str, quote: str) -> str:
    """`text` for the inside of a string that begins with `quote`; in back-quotes nothing can be escaped."""
    if quote == "`":
        return text
    return text.replace("\\", "\\\\").replace(quote, f"\\{quote}").replace("\n", "\\n")
