"""The text around a syntax error, read without a parser: its lines, braces and statements."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from functools import cached_property

from slocompiler.source import Source
from slocompiler.suggest import similar
from slocompiler.syntax.lexemes import BLANKS, COMMENT, PROMQL, STRING
from slocompiler.syntax.vocabulary import WORDS

_CODE = re.compile(rf'(?:[^"#\n]++|{STRING})*+')
_PART = re.compile(
    rf"{STRING}|{COMMENT}(?:\n[ \t]*+{COMMENT})*+|{PROMQL}|(?P<brace>[{{}}])"
    r"|(?:^|(?<=\n))[ \t\ufeff]*(?P<word>[A-Za-z_][\w-]*)(?P<set>[ \t]*[=,:])?"
)
_CODE_LINE = re.compile(r"^[ \t\r\f\ufeff]*+[^# \t\r\n\f\ufeff]", re.MULTILINE)
_CLOSE = 1000
"""How many words of a file are compared with the keywords: each comparison is as slow as reading a page of text."""
_WORD = re.compile("[A-Za-z_][A-Za-z0-9_:-]*")


class Scan:
    """Questions about the text of one source. Each reads a line, or once the whole file."""

    def __init__(self, source: Source) -> None:
        self.source, self.text = source, source.text
        self._compared: dict[str, bool] = {}

    def line_start(self, at: int) -> int:
        """The offset at which the line of `at` begins."""
        return self.text.rfind("\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        """The offset at which the line of `at` ends."""
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end

    def begins_line(self, at: int) -> bool:
        """Whether only blanks precede `at` on its line."""
        return not self.text[self.line_start(at) : at].strip(BLANKS)

    def margin(self, at: int) -> str:
        """The blanks with which the line of `at` begins, without a byte order mark."""
        line = self.text[self.line_start(at) : self.line_end(at)]
        return line[: len(line) - len(line.lstrip(BLANKS))].replace("\ufeff", "")

    def indent(self, at: int) -> int:
        """The number of these blanks."""
        return len(self.margin(at))

    def end_of_code(self, at: int) -> int:
        """The end of the token before `at`, without the blanks and comments between them."""
        start = self.line_start(at)
        end = self._end_of_code(start, at)
        if end == start:
            earlier = bisect_left(self._code_lines, start)
            if not earlier:
                return 0
            start = self._code_lines[earlier - 1]
            end = self._end_of_code(start, self.line_end(start))
        return end

    def code_end(self, at: int) -> int:
        """The end of the code on the line of `at`, where a token begins: what is before it may be PromQL with quotes."""
        return self._end_of_code(at, self.line_end(at))

    def _end_of_code(self, start: int, end: int) -> int:
        """The end of the code from `start` up to `end`; `start` if there is no code."""
        line = self.text[start:end]
        code = _CODE.match(line)
        stop = code.end() if code else 0
        line = line[:stop] if line[stop : stop + 1] == "#" else line
        return start + len(line.rstrip(BLANKS))

    @cached_property
    def _code_lines(self) -> array[int]:
        """The offsets at which the lines with code begin."""
        return array("q", (match.start() for match in _CODE_LINE.finditer(self.text)))

    def opens_block(self, at: int) -> int:
        """The offset of the brace at the end of this line's code; -1 if there is none."""
        end = self.code_end(at)
        return end - 1 if end > at and self.text[end - 1] == "{" else -1

    @cached_property
    def _pairs(self) -> tuple[dict[int, int], int]:
        """For each opening brace the offset of its closing one, and how many more braces open than close."""
        pairs, opened, extra = {}, [], 0
        for match in _PART.finditer(self.text):
            if match["brace"] == "{":
                opened.append(match.start("brace"))
            elif match["brace"] and opened:
                pairs[opened.pop()] = match.start("brace")
            elif match["brace"]:
                extra += 1
        return pairs, len(opened) - extra

    def block_end(self, at: int) -> int:
        """The end of the block that the line of `at` opens, or has; 0 for none."""
        brace = next((match.start("brace") for match in _PART.finditer(self.text, at) if match["brace"]), -1)
        closed = self._pairs[0].get(brace, -1)
        return closed + 1 if 0 <= brace < self.line_end(at) else 0

    @property
    def open(self) -> int:
        """How many more braces of the file open than close."""
        return self._pairs[1]

    def resume(self, at: int, brace: int | None = None, end: int | None = None) -> int:
        """The offset at which the statement at `at` ends: at the next statement, or at the brace that closes its block.

        `brace` is the offset of an open brace inside the statement, of a filter or a list. At most `end`.
        """
        end = len(self.text) if end is None else min(end, len(self.text))
        depth = 0 if brace is None else 1
        listed = brace is not None and self.opens_block(brace) == brace
        start = self.line_start(at) if self.begins_line(at) else at
        column = self.indent(at)
        for match in _PART.finditer(self.text, start, end):
            found = match.start("brace") if match["brace"] else match.start("word")
            if found < at:
                continue
            if match["brace"] == "{":
                depth += match.start() in self._pairs[0]
            elif match["brace"]:
                # A `}` on its own line belongs to the block if the list began on the line of its brace.
                own = brace is not None and depth == 1 and not listed and self.begins_line(found)
                depth -= 1
                if depth < 0 or own:
                    return found
            elif depth <= (brace is not None) and self._is_statement(match["word"], match["set"], found, column):
                return found
        return end

    def _is_statement(self, word: str, sign: str | None, at: int, column: int) -> bool:
        """Whether a line that begins with `word` and perhaps a sign begins a statement, or probably should."""
        if word in WORDS or sign:
            return word in WORDS and (sign or ":").strip() == ":"
        return self.indent(at) == column or self._is_close(word)

    def _is_close(self, word: str) -> bool:
        if word not in self._compared and len(self._compared) < _CLOSE:
            self._compared[word] = bool(similar(word, WORDS, 0.75))
        return self._compared.get(word, False)

    def half_open(self, start: int, end: int) -> int:
        """The end of the first line in this range that continues after an unclosed brace; -1 if there is none."""
        pairs, looked_at, beside = self._pairs[0], -1, -1
        for match in _PART.finditer(self.text, start, end):
            if match["brace"] == "{":
                at = match.start("brace")
                line_end = self.line_end(at)
                if line_end != looked_at:  # the first brace of a line is enough
                    looked_at, beside = line_end, self.end_of_code(line_end)
                closed = pairs.get(at, len(self.text))
                if closed > line_end and beside > at + 1 and self.begins_line(closed):
                    return beside
        return -1

    def outdented(self, start: int, end: int) -> tuple[int, int] | None:
        """The braces of the first block in this range that ends with the `}` of a block around it, by its indentation.

        The range is inside of a block that begins directly before it.
        """
        opened = [start - 1]
        for match in _PART.finditer(self.text, start, end):
            at = match.start("brace")
            if match["brace"] == "{":
                opened.append(at)
            elif match["brace"] and len(opened) > 1:
                own = opened.pop()
                if self.begins_line(at) and self.indent(at) < self.indent(own):
                    return (own, at) if self.indent(at) in map(self.indent, opened) else None
        return None

    def word(self, at: int) -> str:
        """The name at `at`, or else all characters up to a blank or a bracket."""
        match = _WORD.match(self.text, at) or re.compile(r"[^\s{}()\[\]\",;=`]+|.").match(self.text, at)
        return match[0] if match else ""
