"""User text made visible: characters that do not print, or that hide or reorder their neighbors, are replaced or escaped."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

_VISIBLE = (
    r"\x20-\x7e\xa0-\xac\xae-\u061b\u061d-\u200a\u200c\u200d\u2010-\u2027\u202f-\u205f\u2070-\ud7ff"
    r"\ue000-\ufefe\uff00-\ufff8\ufffc\ufffd\U00010000-\U0010ffff"
)
"""A fixed list, so that a newer Python with a newer Unicode changes no output."""


def visible(line: str) -> str:
    """The text on one line that is safe to print. Each character stays in its column; one that does not print is U+FFFD.

    Tabs stay, and so do joiners, which some scripts need. A line feed becomes a blank.
    """
    if line.isprintable():
        return line
    return "".join(
        char if char in "\t\u200c\u200d" or char.isprintable() else " " if char == "\n" else "\N{REPLACEMENT CHARACTER}"
        for char in line
    )


def plain(text: str) -> bool:
    """Whether `text` is printable ASCII. Most text is, and needs no search."""
    return text.isascii() and text.isprintable()


def quoted(text: str, escape: Callable[[re.Match[str]], str], besides: str = "") -> str:
    """`text` in double quotes. `escape` escapes characters that are not visible, a quote, a backslash, and `besides`."""
    if plain(text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return '"' + others(r"\\\"" + besides).sub(escape, text) + '"'


def shown(text: str) -> str:
    """User text on one line, with single blanks. A character that does not print, or that hides others, is U+FFFD."""
    line = " ".join(text.split())
    return line if plain(line) else others(r"\n").sub("\N{REPLACEMENT CHARACTER}", line)


@cache
def others(besides: str) -> re.Pattern[str]:
    """Matches a character that is not visible, or that is in `besides`, the content of a character class.

    It is compiled at its first use, because that takes as long as starting Python.
    """
    return re.compile(f"[{besides}]|[^{_VISIBLE}]")
