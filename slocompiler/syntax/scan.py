"""The text around a syntax error, as far as it can be told without a parser: lines, braces, statements."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cached_property

from slocompiler.source import Source
from slocompiler.syntax.expected import STATEMENTS

WORDS = sorted({word for words in STATEMENTS.values() for word in words.split()})
BLANK = " \t\r\n\f\ufeff"
_CODE = re.compile(r'(?:[^"#\n]++|"(?:[^"\\\n]++|\\[^\n])*+")*+')
_PART = re.compile(
    r'"(?:[^"\\\n]++|\\[^\n])*+"|#[^\n]*|`[^`]*`|(?P<brace>[{}])|(?:^|(?<=\n))[ \t\ufeff]*(?P<word>[A-Za-z_][\w-]*)(?P<set>[ \t]*[=,:])?'
)
_WORD = re.compile("[A-Za-z_][A-Za-z0-9_:-]*")


class Scan:
    """Questions about the text of one source; each answer costs a line, or the file once."""

    def __init__(self, source: Source) -> None:
        self.source, self.text = source, source.text

    def line_start(self, at: int) -> int:
        """Where the line of `at` begins."""
        return self.text.rfind("\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        """Where the line of `at` ends."""
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end

    def begins_line(self, at: int) -> bool:
        """Whether only blanks stand before `at` on its line."""
        return not self.text[self.line_start(at) : at].strip(BLANK)

    def indent(self, at: int) -> int:
        """How far the line of `at` is indented."""
        start = self.line_start(at)
        line = self.text[start : self.line_end(at)]
        return len(line) - len(line.lstrip(BLANK))

    def end_of_code(self, at: int) -> int:
        """The end of the token before `at`: blanks and comments between them are passed over."""
        end = at
        while True:
            start = self.line_start(end)
            line = self.text[start:end]
            code = _CODE.match(line)
            stop = code.end() if code else 0
            line = line[:stop] if line[stop : stop + 1] == "#" else line
            stripped = line.rstrip(BLANK)
            if stripped or start == 0:
                return start + len(stripped)
            end = start - 1

    def opens_block(self, at: int) -> int:
        """The offset of the brace with which the code of this line ends; -1 if it does not end with one."""
        end = self.end_of_code(self.line_end(at))
        return end - 1 if end > at and self.text[end - 1] == "{" else -1

    @cached_property
    def _pairs(self) -> tuple[dict[int, int], int]:
        """For each brace the one that closes it; how many more open than close."""
        pairs, opened, extra = {}, [], 0
        for match in _PART.finditer(self.text):
            if match["brace"] == "{":
                opened.append(match.start("brace"))
            elif match["brace"] and opened:
                pairs[opened.pop()] = match.start("brace")
            elif match["brace"]:
                extra += 1
        return pairs, len(opened) - extra

    @property
    def open(self) -> int:
        """How many more braces of the file open than close."""
        return self._pairs[1]

    def resume(self, at: int, brace: int | None = None) -> int:
        """Where the statement at `at` ends: at the next one of any block, or at the brace that closes its block.

        `brace` is the offset of an open brace of the statement itself, of a filter or a list.
        """
        depth = 0 if brace is None else 1
        listed = brace is not None and self.opens_block(brace) == brace
        start = self.line_start(at) if self.begins_line(at) else at
        column = self.indent(at)
        for match in _PART.finditer(self.text, start):
            place = match.start("brace") if match["brace"] else match.start("word")
            if place < at:
                continue
            if match["brace"] == "{":
                depth += match.start() in self._pairs[0]
            elif match["brace"]:
                # A `}` on a line of its own is the block's, if the list began beside its brace.
                own = brace is not None and depth == 1 and not listed and self.begins_line(place)
                depth -= 1
                if depth < 0 or own:
                    return place
            elif depth <= (brace is not None) and self._is_statement(match["word"], match["set"], place, column):
                return place
        return len(self.text)

    def _is_statement(self, word: str, sign: str | None, at: int, column: int) -> bool:
        """Whether a line that begins with `word`, and a sign behind it, begins a statement, or was meant to."""
        if word in WORDS or sign:
            return word in WORDS and (sign or ":").strip() == ":"
        return self.indent(at) == column or bool(get_close_matches(word, WORDS, 1, 0.75))

    def half_open(self, start: int, end: int) -> int:
        """The end of the first line between that opens a brace, goes on behind it and does not close it; -1: none."""
        pairs = self._pairs[0]
        for match in _PART.finditer(self.text, start, end):
            if match["brace"] == "{":
                at = match.start("brace")
                line_end = self.line_end(at)
                beside = self.end_of_code(line_end)
                closed = pairs.get(at, len(self.text))
                if closed > line_end and beside > at + 1 and self.begins_line(closed):
                    return beside
        return -1

    def word(self, at: int) -> str:
        """The name at `at`, or what stands there up to a blank or a bracket."""
        match = _WORD.match(self.text, at) or re.compile(r"[^\s{}()\[\]\",;=`]+|.").match(self.text, at)
        return match[0] if match else ""
