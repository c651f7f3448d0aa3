"""Source texts and spans in them: offsets, lines and columns."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property
from itertools import accumulate, count
from operator import add

from slocompiler.pattern import lazy_pattern
from slocompiler.record import record

_WORD = lazy_pattern(r"[A-Za-z_]+")


class Source:
    """The text of one file. `path` is its name in generated files, `shown_as` in messages if that differs.

    Compared by identity: reading one file twice gives two sources.
    """

    def __init__(self, path: str, text: str, shown_as: str = "") -> None:
        self.path = path
        self.text = text
        self.shown_as = shown_as or path
        self.damage: tuple[int, ...] = ()
        """The offsets of its syntax errors, in order. The parser sets them; they follow from the text alone."""

    def __repr__(self) -> str:
        return f"Source({self.path!r})"

    @cached_property
    def _line_starts(self) -> list[int]:
        *lines, _ = self.text.split("\n")  # no Python code runs per line
        return [*map(add, accumulate(map(len, lines), initial=0), count())]

    def line_number(self, offset: int) -> int:
        """The 1-based line of the character at `offset`."""
        return bisect_right(self._line_starts, offset)

    def line_start(self, number: int) -> int:
        """The offset of the first character of the 1-based line `number`."""
        return self._line_starts[number - 1]

    def line(self, number: int) -> str:
        """The text of the 1-based line `number`, without its line ending."""
        starts = self._line_starts
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")


@record
class Span:
    """The characters of a source from offset `start` up to offset `end`; offsets begin at 0."""

    source: Source
    start: int
    end: int

    @property
    def line(self) -> int:
        """1-based line of the first character."""
        return self.source.line_number(self.start)

    @property
    def column(self) -> int:
        """1-based column of the first character, in characters."""
        return self.start - self.source.line_start(self.line) + 1

    @property
    def text(self) -> str:
        """The characters themselves."""
        return self.source.text[self.start : self.end]

    @property
    def damage(self) -> tuple[int, ...]:
        """The offsets of the syntax errors in it, its ends included."""
        found = self.source.damage
        return found and found[bisect_left(found, self.start) : bisect_right(found, self.end)]

    @property
    def intact(self) -> bool:
        """Whether no syntax error is in it, its ends included: only then may it be checked."""
        return not self.damage

    @property
    def word(self) -> Span:
        """The word with which it begins, such as the keyword of a statement."""
        match = _WORD.match(self.source.text, self.start, self.end)
        return self.part(self.start, match.end()) if match else self

    @property
    def after(self) -> Span:
        """The empty span after it, where something is missing."""
        return self.part(self.end, self.end)

    def part(self, start: int, end: int) -> Span:
        """The characters `start` up to `end` of the same source, reached in the same way."""
        return Span(self.source, start, end)

    def to(self, other: Span) -> Span:
        """The span from its beginning to the end of a later one."""
        return Span(self.source, self.start, other.end)

    def __str__(self) -> str:
        return f"{self.source.shown_as}:{self.line}:{self.column}"


@record
class Reached(Span):
    """A span that is reached from another one, such as a template from its `use`. Messages show both."""

    by: Span
    because: str
    """What happens at `by`, for messages."""

    def part(self, start: int, end: int) -> Span:
        """The characters `start` up to `end` of the same source, reached in the same way."""
        return Reached(self.source, start, end, self.by, self.because)
