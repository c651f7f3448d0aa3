"""Text and code in Markdown, in which no user text is markup: for GitHub, GitLab and MkDocs alike."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from slocompiler.visible import visible

_MARKUP = re.compile(r"[\\`*_\[\]{}#!&<>|~$@^=\"']|:(?=//)|(?<=www)\.", re.IGNORECASE)
_BACKSLASHED = "\\`*_[]{}#!"
"""Punctuation that every reader of Markdown takes literally behind a backslash; the rest becomes an entity."""
_LITERAL = "\"'=^"
"""Markup only where no text stands, such as behind a link."""
_ODD = re.compile(r"[^0-9A-Za-z ]")


@lru_cache(maxsize=8192)
def text(line: str) -> str:
    """Plain text, or a part of it, inside of a line of visible characters."""
    return _MARKUP.sub(_escaped, line)


def _escaped(match: re.Match[str]) -> str:
    sign = match[0]
    return sign if sign in _LITERAL else f"\\{sign}" if sign in _BACKSLASHED else f"&#{ord(sign)};"


def code(raw: str, in_table: bool = False) -> str:
    """A code span. One that holds a bar is HTML in a table, because not all readers unescape a bar there."""
    line = visible(raw)
    if not line.strip():
        return "“”"
    if in_table and "|" in line:
        return f"<code>{_ODD.sub(lambda match: f'&#{ord(match[0])};', line)}</code>"
    marks = fence(line, "`")
    pad = " " if line[0] in " `" or line[-1] in " `" else ""
    return f"{marks}{pad}{line}{pad}{marks}"


def fence(raw: str, least: str = "```") -> str:
    """The backquotes around a code block of this text, or around a span if `least` is one: more than it has in a row."""
    while least in raw:
        least += "`"
    return least


def prose(raw: str, in_table: bool = False) -> str:
    """A message of sloc: the parts in backquotes are code, the others plain text."""
    parts = re.split(r"`([^`]+)`", visible(raw))
    return "".join(code(part, in_table) if index % 2 else text(part) for index, part in enumerate(parts))


def table(rows: Iterable[Iterable[str]]) -> list[str]:
    """The lines of a table of plain texts; its first row is the head."""
    head, *others = ([text(cell.strip()) for cell in row] for row in rows)
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *others)]
