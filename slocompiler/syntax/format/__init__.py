"""The one layout of `.slo` files: what `sloc fmt` writes.

A statement is a line, indented by two blanks for each block around it; a block's `{` ends the line of its head and its
`}` has a line of its own. Blank lines are kept, several as one: none at the ends of a block, one around a declaration
that has a block. In a run of neighbours, which ends at a blank line, a block and a `use`, first arguments stand in one
column (in a policy, what is done), and so do the comments at the ends of lines.

A statement that is longer than a line of 120 characters, or holds a comment, is cut: arguments of `use` and parameters
of `template` get a line each; else each term of `or`, of `+` and of a list with commas; then what is in braces. What has
a line in a list in brackets ends with a comma. Strings, raw PromQL and comments stay as they are, to the byte.
"""

from __future__ import annotations

from slocompiler.syntax import tree as t
from slocompiler.syntax.format.columns import BLANK, Line, align_arguments, flat, is_line, with_comments
from slocompiler.syntax.format.outline import Entry, Token, outline

_STEP = 2

Segments = list[tuple[int, list[Token]]]
"""Parts of a statement that begin a line each, with how far they are indented more than its first; an empty one is a
blank line."""


def layout(file: t.File) -> str:
    """The text of `file`, which was read without a syntax error, as it should be."""
    entries = outline(file)
    _set_apart(entries)
    lines: list[Line] = []
    _put_block(entries, 0, lines)
    return "".join(f"{line}\n" for line in with_comments(lines))


def _set_apart(entries: list[Entry]) -> None:
    """Blank lines around the declarations that have blocks; comments right above one belong to it."""
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
    """On one line if they fit; else on as many as there are places to cut."""
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
    """What to put on lines of their own; nothing if there is no place to cut."""
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
    """Cut before `or` and `+`, behind commas and comments that are in no list."""
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
    """Give each thing in a list a line."""
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
    """Whether a token begins a line: behind a comment it does, a comment beside something does not."""
    return before.is_comment or (token.lines > 0 if token.is_comment else structure)
