"""What a reader of a made file can see: no sign that prints nothing, and none that turns or hides what stands around it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

_VISIBLE = (
    r"\x20-\x7e\xa0-\xac\xae-\u061b\u061d-\u200a\u200c\u200d\u2010-\u2027\u202f-\u205f\u2070-\ud7ff"
    r"\ue000-\ufefe\uff00-\ufff8\ufffc\ufffd\U00010000-\U0010ffff"
)
"""Written out, so that no newer Unicode of Python changes it."""


def visible(line: str) -> str:
    """Text as one line on which no terminal acts, each character in its column: a sign that does not print is U+FFFD.

    Tabs stay, and so do joiners, which some scripts need; a line feed is a blank.
    """
    if line.isprintable():
        return line
    return "".join(
        char if char in "\t\u200c\u200d" or char.isprintable() else " " if char == "\n" else "\N{REPLACEMENT CHARACTER}"
        for char in line
    )


def plain(text: str) -> bool:
    """Whether `text` is printable ASCII, as most is: then there is nothing to look for."""
    return text.isascii() and text.isprintable()


def quoted(text: str, escape: Callable[[re.Match[str]], str], besides: str = "") -> str:
    """`text` in double quotes, where a backslash escapes: what is not visible, or in `besides`, by `escape`."""
    if plain(text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return '"' + others(r"\\\"" + besides).sub(escape, text) + '"'


def shown(text: str) -> str:
    """User text as one line of what prints; a sign that would not, or that turns or hides others, stands as U+FFFD."""
    line = " ".join(text.split())
    return line if plain(line) else others(r"\n").sub("\N{REPLACEMENT CHARACTER}", line)


def cells(text: str) -> int:
    """The cells of a terminal that a line takes: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) > 0 for char in text)


@cache
def others(besides: str) -> re.Pattern[str]:
    """One sign that is not visible, or that is in `besides`, the inside of a character class.

    Compiled when it is needed first: that takes as long as Python takes to start.
    """
    return re.compile(f"[{besides}]|[^{_VISIBLE}]")
