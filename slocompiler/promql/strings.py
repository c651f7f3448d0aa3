"""PromQL that people wrote, cut into strings, comments, `$holes` and code: the one place that tells them apart."""

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
"""The hole that stands for the window of a rate."""
_HOLE = re.compile(r"\$([A-Za-z_]\w*)", re.ASCII)


class Part(NamedTuple):
    """A part of a text: a string with its quotes, a comment, a `$hole` outside of both, or the code between them."""

    kind: Kind
    text: str
    start: int


def parts(text: str) -> Iterator[Part]:
    """All of `text`, in order."""
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
    """A string with a value for each of its `$holes`, escaped as its quotes need it; None leaves the hole."""

    def put(match: re.Match[str]) -> str:
        found = value(match[1])
        return match[0] if found is None else _escaped(found, string[0])

    return _HOLE.sub(put, string)


def windowed(text: str, window: str) -> str:
    """The text with a duration for `$window`; in a string or a comment `$window` is text."""
    return "".join(window if part.kind == "hole" and part.text == WINDOW else part.text for part in parts(text))


def _escaped(text: str, quote: str) -> str:
    """`text` as it stands inside of a string that begins with `quote`; in back-quotes nothing can be escaped."""
    if quote == "`":
        return text
    return text.replace("\\", "\\\\").replace(quote, f"\\{quote}").replace("\n", "\\n")
