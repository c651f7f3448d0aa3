"""The columns of a layout: arguments of neighboring statements, comments at the ends of neighboring lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from slocompiler.syntax import tree as t
from slocompiler.syntax.format.outline import Entry, Token

WIDTH = 120
"""The longest line, in characters, that is not cut."""


class Line:
    """A line: its indent, its code and the comment at its end. Raw PromQL in it may have line ends."""

    def __init__(self, indent: int, code: str, comment: str = "") -> None:
        self.indent = indent
        self.code = code
        self.comment = comment

    @property
    def stands_alone(self) -> bool:
        """Whether its comment has a column of its own: a blank line, or a line that opens or closes a bracket."""
        if not self.code or "\n" in self.code:
            return True
        return self.code[0] != "#" and (self.code[-1] in "{(" or self.code[0] in "})")


BLANK = Line(0, "")


def flat(tokens: Iterable[Token]) -> str:
    """Tokens as one line; the comma after the last item of a list is printed only at the end of the line."""
    code, comma = "", ""
    for token in tokens:
        code += " " * token.gap + token.text if not token.spare else ""
        comma = token.text if token.spare else ""
    return code.lstrip(" ") + comma


def is_line(tokens: list[Token], indent: int) -> bool:
    """Whether tokens fit on one line. A comment ends a line, and its length does not count."""
    code = tokens[:-1] if tokens[-1].is_comment else tokens
    return not any(token.is_comment for token in code) and indent + len(flat(code)) <= WIDTH


def align_arguments(entries: list[Entry], indent: int) -> None:
    """Put the arguments of neighbors into one column, in policies the actions."""
    run: list[tuple[Token, int]] = []
    for entry in entries:
        parts = _parts(entry, indent)
        if parts or entry.blank:
            _widen(run)
            run = []
        if entry.node and not parts and not isinstance(entry.node, t.NoDataIs):
            words = 2 if isinstance(entry.node, t.Step) and entry.node.below and not entry.tokens[1].is_comment else 1
            run.append((entry.tokens[words], len(flat(entry.tokens[:words]))))
    _widen(run)


def _parts(entry: Entry, indent: int) -> bool:
    """Whether an entry ends a column: a block, labels on several lines, or a `use`."""
    if isinstance(entry.node, t.Labels):
        return not is_line(entry.tokens, indent)
    return entry.body is not None or isinstance(entry.node, t.Use)


def _widen(run: list[tuple[Token, int]]) -> None:
    column = max((width for _, width in run), default=0) + 1
    for argument, width in run:
        argument.gap = column - width


def with_comments(lines: Iterable[Line]) -> Iterator[str]:
    """The text of each line; comments of neighbors stand in one column, two spaces after the longest of their lines."""
    run: list[Line] = []
    for line in lines:
        if line.stands_alone:
            yield from _texts(run)
            yield from _texts([line])
            run = []
        else:
            run.append(line)
    yield from _texts(run)


def _texts(run: list[Line]) -> Iterator[str]:
    codes = [" " * line.indent + line.code for line in run]
    column = max((len(code) for code, line in zip(codes, run, strict=True) if line.comment), default=0) + 2
    for code, line in zip(codes, run, strict=True):
        yield code.ljust(column) + line.comment if line.comment else code
