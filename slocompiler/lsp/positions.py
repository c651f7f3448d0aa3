"""Offsets in a text as lines and characters of the protocol, and back."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Literal

Encoding = Literal["utf-8", "utf-16", "utf-32"]
_LINE_END = re.compile(r"\r\n|\n|\r")


class Positions:
    """The lines of one text. Lines and characters count from 0; a character counts as many units as its encoding needs."""

    def __init__(self, text: str, encoding: Encoding) -> None:
        self._text, self._encoding = text, encoding
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
        self._ascii = text.isascii()

    def position(self, offset: int) -> tuple[int, int]:
        """The line, and the units before the character at `offset` in it."""
        line = bisect_right(self._starts, offset) - 1
        before = self._text[self._starts[line] : offset].removesuffix("\r")  # no position is between CR and LF
        return line, len(before) if self._ascii else sum(map(self._units, before))

    def offset(self, line: int, units: int) -> int:
        """The offset of a position: the end of the line for one beyond it, and the end of the text for another line."""
        if line >= len(self._starts):
            return len(self._text)
        start = self._starts[line]
        end = self._starts[line + 1] if line + 1 < len(self._starts) else len(self._text)
        content = self._text[start:end].rstrip("\r\n") if line + 1 < len(self._starts) else self._text[start:end]
        for index, char in enumerate(content):
            if units <= 0:
                return start + index
            units -= self._units(char)
            if units < 0:
                return start + index  # inside of a character: before it
        return start + len(content)

    def _units(self, char: str) -> int:
        code = ord(char)
        if self._encoding == "utf-16":
            return 1 + (code > 0xFFFF)
        return 1 + (code > 0x7F) + (code > 0x7FF) + (code > 0xFFFF) if self._encoding == "utf-8" else 1
