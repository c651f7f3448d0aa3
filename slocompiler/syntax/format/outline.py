"""The statements of a file with all their tokens and comments, which the tree omits and a layout needs.

Commas are moved before the comments in front of them, `or`, `+` and `and` after the comments that follow them, so that a comment
at the end of a line stays beside its term. Every list ends with a comma, which is printed if the list has several lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from slocompiler.syntax import tree as t
from slocompiler.syntax.journey import Journey
from slocompiler.syntax.lexemes import BLANK, BLANKS, COMMENT, PROMQL, STRING

_TERMINALS = (
    r"\$?[A-Za-z_:][A-Za-z0-9_:-]*(?:/[A-Za-z0-9_+-]+)*",  # a word, a name, a parameter, a time zone, an SLO of a service
    STRING,
    PROMQL,
    COMMENT,
    r"-?[0-9]+(?:\.[0-9]+)?%",  # a percentage: `2%of` are two tokens
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:]+(?:Z|[+-][0-9:]+))?|[0-9]{1,2}:[0-9]{2}",  # a date, a moment, a time of day
    r"-?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+|-?[0-9][0-9A-Za-z.]*",  # a number, a duration, a size
    r"[=!<>]=|[=!]~|.",
)
_TOKEN = re.compile(rf"(?:{BLANK})*+({'|'.join(_TERMINALS)})")
"""The terminals of `slo.lark`, without the contexts that only a parser needs."""
_QUOTIENT = re.compile(r"/|[^/]+")
"""A quotient of streams, `x/y`, which looks like an SLO of a service."""
_BLOCKS = (t.Service, t.Template, t.Defaults, t.Slo, t.Use, t.Override, t.NamedAlerts, t.NamedPolicy)
_BRACKETS = ("{", "}", "(", ")")
_CLOSE = (",", "(", ")")
"""No space precedes these."""
_LISTS = (t.Use, t.Template)
"""Statements whose parentheses hold a list; in others they hold one item."""


class Token:
    """A token or a comment."""

    __slots__ = ("gap", "is_comment", "joins", "lines", "nests", "spare", "text")

    def __init__(self, text: str, lines: int = 0, gap: int = 1, spare: bool = False, is_comment: bool = False) -> None:
        self.text = text
        self.lines = lines
        """Line feeds between it and the token before."""
        self.gap = gap
        """Spaces before it, if it does not begin a line."""
        self.nests = 0
        """1: it opens a list; -1: it closes one."""
        self.joins = False
        """It joins two terms: `or`, `+`, `and`, `exclude` of a stream."""
        self.spare = spare
        """It is the comma after the last item of a list."""
        self.is_comment = is_comment


class Entry:
    """A statement of a block; or a comment on a line of its own, which has no node."""

    def __init__(self, node: t.Node | None, blank: bool, tokens: list[Token]) -> None:
        self.node = node
        self.blank = blank
        """Whether a blank line precedes it."""
        self.tokens = tokens
        """For a block, its head up to the brace; a comment on the same line comes last."""
        self.body: list[Entry] | None = None
        self.end: list[Token] = []
        """The brace that closes the body, and a comment on its line."""


def outline(file: t.File) -> list[Entry]:
    """The entries of `file`, which has no syntax error."""
    reader = _Reader(file)
    text = file.source.text
    for match in _TOKEN.finditer(text, 0, len(text.rstrip(BLANKS))):
        start, lines = match.start(1), text.count("\n", match.start(), match.start(1))
        parts = _QUOTIENT.findall(match[1]) if reader.is_measure and match[1][0] not in '"`#' else [match[1]]
        for part in parts:
            reader.take(part, start, lines)
            start, lines = start + len(part), 0
    reader.place_comments()
    return reader.top


class _Reader:
    """Reads the tokens of a file in order; the tree shows where statements begin and what a brace belongs to."""

    def __init__(self, file: t.File) -> None:
        self.top: list[Entry] = []
        self._starts = {node.span.start: node for node in _statements(file.declarations)}
        terms = [term for node in self._starts.values() for term in _joined(node)[1:]]
        self._joined = {term.span.start for term in terms}
        self._glued = {brace for node in self._starts.values() for brace in _braces_beside_names(node)}
        self._open: list[Entry] = []
        self._entry: Entry | None = None
        """The statement that is being read."""
        self._before = ""
        """Its last token that is not a comment."""
        self._lists: list[str] = []
        """Its open brackets: `{` of a filter, `(`, "labels"."""
        self._last: list[Token] = []
        """The list that a comment on the line of the last token belongs to."""
        self._comments: list[Token] = []
        """Comments that may be inside the statement or after it: the next token decides."""

    def take(self, text: str, start: int, lines: int) -> None:
        """Read the next token: its text, its offset, and the number of line feeds before it."""
        if text[0] == "#":
            self._comments.append(Token(text.rstrip(BLANKS), lines, is_comment=True))
            return
        token, node = Token(text, lines), self._starts.get(start)
        if node is not None:
            self.place_comments()
            self._entry = Entry(node, self._is_apart(token), [token])
            self._siblings.append(self._entry)
            self._last = self._entry.tokens
        elif text == "}" and not self._lists:
            self.place_comments()
            self._entry = None
            self._last = self._open.pop().end
            self._last.append(token)
        else:
            token.gap = int(self._has_gap(text) and start not in self._glued)
            self._continue(token, start)
        self._before = text

    @property
    def is_measure(self) -> bool:
        """Whether it reads what is good or bad."""
        return self._entry is not None and isinstance(self._entry.node, t.Measure)

    def place_comments(self) -> None:
        """Place the comments after a statement: on its line, or on their own lines."""
        for number, comment in enumerate(self._comments):
            if self._last and not number and not comment.lines:
                self._last.append(comment)
            else:
                self._siblings.append(Entry(None, self._is_apart(comment), [comment]))
        self._comments = []

    @property
    def _siblings(self) -> list[Entry]:
        body = self._open[-1].body if self._open else self.top
        assert body is not None, "only blocks are open"
        return body

    def _is_apart(self, token: Token) -> bool:
        return token.lines > 1 and bool(self._siblings)

    def _has_gap(self, text: str) -> bool:
        """Whether a space separates a token from the one before."""
        if text in _CLOSE or self._before == "(" or (text == "}" and self._before == "{"):
            return False
        if self._lists and self._lists[-1] == "{":
            return self._before == "," and text != "}"
        return True

    def _continue(self, token: Token, start: int) -> None:
        """A token inside a statement."""
        entry = self._entry
        assert entry is not None, "outside of statements there are only braces and comments"
        tokens = entry.tokens
        if token.text == "{" and not self._lists and _is_block(entry.node):
            tokens.append(token)
            entry.body = []
            self._open.append(entry)
            return  # comments before the brace are printed after it
        if token.text == ",":
            tokens += [token, *self._comments]
        elif start in self._joined:
            tokens[-1].joins = True
            tokens[-1:] = [*self._comments, tokens[-1], token]
        else:
            tokens += [*self._comments, token]
        if token.text in _BRACKETS:
            self._nest(token, entry)
        self._comments = []

    def _nest(self, token: Token, entry: Entry) -> None:
        """Mark the brackets around a list, and end the list with a comma."""
        is_list = token.text in "{}" or isinstance(entry.node, _LISTS)
        if token.text in ("{", "("):
            self._lists.append("labels" if isinstance(entry.node, t.Labels) else token.text)
            token.nests = int(is_list)
            return
        self._lists.pop()
        tokens = entry.tokens
        last = next(index for index in range(len(tokens) - 2, -1, -1) if not tokens[index].is_comment)
        opened = tokens[last].text in ("{", "(")
        if opened and last == len(tokens) - 2:
            tokens[last].nests = 0  # the list is empty
        elif is_list:
            token.nests = -1
            if tokens[last].text == ",":
                tokens[last].spare = True
            elif not opened:
                tokens.insert(last + 1, Token(",", gap=0, spare=True))


def _is_block(node: t.Node | None) -> bool:
    """Whether the brace of a statement opens a block."""
    return isinstance(node, _BLOCKS) or (isinstance(node, t.Alerts | t.Policy) and not node.name and not node.none)


def _statements(nodes: Iterable[t.Node]) -> Iterator[t.Node]:
    """Statements, and those inside them."""
    for node in nodes:
        yield node
        match node:
            case Journey():
                yield from _statements(node.statements)
            case t.Service() | t.Template() | t.Defaults() | t.Slo() | t.Override():
                yield from _statements(node.items)
            case t.Use():
                yield from _statements(node.overrides)
            case t.NamedAlerts() | t.Alerts():
                yield from node.lines
            case t.NamedPolicy() | t.Policy():
                yield from node.steps


def _joined(node: t.Node) -> tuple[t.Node, ...]:
    """The terms of a statement, joined by `or`, `+`, `and` or `exclude`."""
    match node:
        case t.StreamDef():
            return (*node.sum.terms, *(node.exclude.choices if node.exclude else ()))
        case t.Events(of=t.Sum() as total):
            return total.terms
        case t.Exclude(what=t.Filters() as filters):
            return filters.choices
        case t.Exclude(what=t.Sum() as counters):
            return counters.terms
        case t.Measure():
            return (*node.sets, *(node.other.comparisons if isinstance(node.other, t.When) else ()))
    return ()


def _braces_beside_names(node: t.Node) -> Iterator[int]:
    """Offsets of the braces of `requests{…}`."""
    terms: list[t.Node] = list(_joined(node))
    if isinstance(node, t.Use):
        terms += [arg.value for arg in node.args]
    elif isinstance(node, t.Measure):
        terms += node.looked_at
    for term in terms:
        if isinstance(term, t.Selector) and term.filter and not isinstance(term.name, t.Text):
            yield term.filter.span.start
