"""The one layout of `.slo` files, which `sloc fmt` writes.

Each statement has a line, indented by two spaces for each block around it. The `{` of a block ends the line of its
head, and its `}` has its own line. Several blank lines become one. A block has no blank line at its ends, and a
declaration with a block has one around it. First arguments of neighboring statements stand in one column (in a policy,
the actions), and so do comments at the ends of lines. A blank line, a block and a `use` end a column.

A statement that is longer than 120 characters or holds a comment is cut. Arguments of `use` and parameters of `template`
get a line each. In other statements each term of `or`, of `+` and of a list with commas gets a line, then each item in
braces. An item of a bracketed list that has its own line ends with a comma. Strings, raw PromQL and comments are kept
byte for byte.
"""

from __future__ import annotations

from slocompiler.syntax import tree as t
from slocompiler.syntax.format.columns import BLANK, Line, align_arguments, flat, is_line, with_comments
from slocompiler.syntax.format.outline import Entry, Token, outline

_STEP = 2

Segments = list[tuple[int, list[Token]]]
"""Parts of a statement that begin a line each, with their additional indent; an empty part is a blank line."""


def layout(file: t.File) -> str:
    """The formatted text of `file`, which has no syntax error."""
    entries = outline(file)
    _set_apart(entries)
    lines: list[Line] = []
    _put_block(entries, 0, lines)
    return "".join(f"{line}\n" for line in with_comments(lines))


def _set_apart(entries: list[Entry]) -> None:
    """Put blank lines around declarations with blocks; comments directly above a declaration belong to it."""
    above = 0
    for number, entry in enumerate(entries):
        before = entries[number - 1] if number else None
        if before and before.body is not None:
            entry.blank = True
        if entry.blank or (before and before.node):
            above = number
        if entry.body is not None and above:
            entries[above].blank = True


def _put_block(entries: list[Entry], indent: int, lines: list[Line]) -> None:
    align_arguments(entries, indent)
    for entry in entries:
        if entry.blank:
            lines.append(BLANK)
        _put(entry.tokens, indent, lines)
        if entry.body:
            _put_block(entry.body, indent + _STEP, lines)
        if entry.body or (entry.body is not None and lines[-1].comment):
            _put(entry.end, indent, lines)
        elif entry.body is not None:
            lines[-1].code += "}"
            lines[-1].comment = "".join(token.text for token in entry.end[1:])


def _put(tokens: list[Token], indent: int, lines: list[Line]) -> None:
    """Write tokens on one line if they fit, else on as many lines as they can be cut into."""
    segments = [] if is_line(tokens, indent) else _cut(tokens)
    for deeper, segment in segments:
        if segment:
            _put(segment, indent + deeper, lines)
        else:
            lines.append(BLANK)
    if not segments:
        *code, last = tokens
        if code and last.is_comment:
            lines.append(Line(indent, flat(code), last.text))
        else:
            lines.append(Line(indent, flat(tokens)))


def _cut(tokens: list[Token]) -> Segments:
    """The parts that get their own lines; none if the statement cannot be cut."""
    depth, outside, brackets = 0, False, ""
    for token in tokens[:-1]:
        outside = outside or (token.is_comment and not depth)
        if token.nests > 0 and not depth:
            brackets += token.text
        depth += token.nests
    if not outside and "(" in brackets:
        return _cut_lists(tokens)
    terms = _cut_terms(tokens)
    return terms if len(terms) > 1 else _cut_lists(tokens) if brackets else []


def _cut_terms(tokens: list[Token]) -> Segments:
    """Cut before `or` and `+`, and after commas and comments outside of lists."""
    segments: Segments = []
    depth = 0
    for before, token in zip([None, *tokens], tokens, strict=False):
        begins = token.joins or (before is not None and before.text == ",")
        if before is None or (depth == 0 and _begins(before, token, begins)):
            segments.append((_STEP if before else 0, []))
        segments[-1][1].append(token)
        depth += token.nests
    return segments


def _cut_lists(tokens: list[Token]) -> Segments:
    """Give each item of a list a line."""
    segments: Segments = []
    depth = 0
    for before, token in zip([None, *tokens], tokens, strict=False):
        closes = token.nests < 0 and depth == 1
        if token.nests > 0 and not depth:
            token.gap = min(token.gap, 1)  # a brace that ends its line needs no column
        begins = closes or (before is not None and (before.nests > 0 or before.text == ","))
        if before is None or (depth == 1 and _begins(before, token, begins)):
            if before and token.lines > 1 and segments[-1][0] and not closes:
                segments.append((0, []))
            segments.append((_STEP if before and not closes else 0, []))
        segments[-1][1].append(token)
        depth += token.nests
    return segments


def _begins(before: Token, token: Token, structure: bool) -> bool:
    """Whether a token begins a line: after a comment it does, a comment at the end of a line does not."""
    return before.is_comment or (token.lines > 0 if token.is_comment else structure)
