"""Characters that a reader of a generated file can see. Others, which print nothing or hide text, are replaced or escaped."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from slocompiler.pattern import lazy_pattern

_VISIBLE = (
    r"\x20-\x7e\xa0-\xac\xae-\u061b\u061d-\u200a\u200c\u200d\u2010-\u2027\u202f-\u205f\u2070-\ud7ff"
    r"\ue000-\ufefe\uff00-\ufff8\ufffc\ufffd\U00010000-\U0010ffff"
)
"""The visible characters, listed so that the output does not depend on the Unicode version of Python."""
_COMMAND = lazy_pattern(r"(?m)^([ \t]*):(?=:[^:])|#(?=#\w*\[)")


def visible(line: str) -> str:
    """Text as one line that no terminal interprets: characters that do not print become U+FFFD, and keep their columns.

    Tabs stay, and so do the joiners that some scripts need; a line feed becomes a blank.
    """
    if line.isprintable():
        return line
    return "".join(
        char if char in "\t\u200c\u200d" or char.isprintable() else " " if char == "\n" else "\N{REPLACEMENT CHARACTER}"
        for char in line
    )


def inert(text: str) -> str:
    """Lines for people that nothing acts on: no terminal interprets them, and no runner of CI takes one for a command.

    A command of GitHub is a line that begins with `::` and a word, after blanks too, or holds `##[` anywhere; Azure Pipelines and
    TeamCity have words before the bracket. One of their characters becomes U+FFFD, so that columns stay.
    """
    if plain(text) and "::" not in text and "##" not in text:
        return text
    lines = "\n".join(map(visible, text.split("\n")))
    return _COMMAND.sub(lambda found: (found[1] or "") + "\N{REPLACEMENT CHARACTER}", lines)


def plain(text: str) -> bool:
    """Whether `text` is printable ASCII: then nothing has to be replaced, and most texts are."""
    return text.isascii() and text.isprintable()


def quoted(text: str, escape: Callable[[re.Match[str]], str], besides: str = "") -> str:
    """`text` in double quotes. `escape` replaces quotes, backslashes, and characters that are not visible or in `besides`.

    `besides` is the inside of a character class.
    """
    if plain(text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return '"' + others(r"\\\"" + besides).sub(escape, text) + '"'


def shown(text: str) -> str:
    """User text as one line of visible characters: all others become U+FFFD."""
    line = " ".join(text.split())
    return line if plain(line) else others(r"\n").sub("\N{REPLACEMENT CHARACTER}", line)


def cells(text: str) -> int:
    """The cells of a terminal that a line takes: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    import unicodedata  # most lines are ASCII

    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) > 0 for char in text)


@cache
def others(besides: str) -> re.Pattern[str]:
    """A pattern for one character that is not visible, or is in `besides`, the inside of a character class.

    Compiled only when it is needed, because that takes as long as the start of Python.
    """
    return re.compile(f"[{besides}]|[^{_VISIBLE}]")
