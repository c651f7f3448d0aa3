"""`sloc fmt` in an editor: a file, or some of its lines."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from slocompiler.diagnostics import Diagnostic, Edit
from slocompiler.source import Source, Span
from slocompiler.syntax import tree as t
from slocompiler.syntax.format import layout

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def formatted(file: t.File, problems: list[Diagnostic], first: int = 1, last: int | None = None) -> list[Edit]:
    """The edits that give the file its layout, as far as they touch the lines `first` to `last`, counted from 1.

    A file with syntax errors, which are among the `problems`, stays as it is.
    """
    if any(problem.code < "E2" for problem in problems):
        return []
    source, text = file.source, layout(file)
    if text == source.text:
        return []
    before, after = _LINE.findall(source.text), _LINE.findall(text)
    found = []
    for kind, begin, end, new, new_end in SequenceMatcher(None, before, after).get_opcodes():
        touches = begin < (len(before) if last is None else last) + (begin == end) and end >= first
        if kind != "equal" and touches:
            found.append(Edit(_lines(source, before, begin, end), "".join(after[new:new_end])))
    return found


def _lines(source: Source, lines: list[str], begin: int, end: int) -> Span:
    """The span of some lines, by their indexes."""
    start = sum(map(len, lines[:begin]))
    return Span(source, start, start + sum(map(len, lines[begin:end])))
