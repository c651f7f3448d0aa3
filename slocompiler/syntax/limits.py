"""Limits of a text: the length of lines, strings and blocks, and the depth of braces. No hand-written file reaches them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from slocompiler.diagnostics import Diagnostic
from slocompiler.pattern import lazy_pattern
from slocompiler.source import Source, Span
from slocompiler.syntax.lexemes import BLANK, COMMENT, PROMQL, STRING

LONGEST_LINE = 64 * 1024
LONGEST_STRING = 8 * 1024
"""In characters. Strings that templates produce have the same limit (`resolve/interpolate.py`)."""
LARGEST_BLOCK = 128 * 1024
"""In characters, from the head of an SLO, a service or the like to the next one."""
MOST_WORDS = 400_000
"""Words and signs of a file: more than ten thousand SLOs, which take seconds to compile."""
DEEPEST = 64
"""The depth of braces and parentheses; the language itself needs five."""
_SHORT_LINES = lazy_pattern(rf"(?:[^\n]{{0,{LONGEST_LINE}}}+\n)*+")
_HEAD = lazy_pattern(
    r"^[ \t]*+(?:draft[ \t]++)?(?:defaults|service|journey|template|slo|use|risk|feedback|maintenance|except|alerts|policy)[ \t]",
    re.MULTILINE,
)
_WORD = lazy_pattern(rf"(?:{BLANK}|{COMMENT})*+({STRING}|{PROMQL}|[\w.:-]++|\S)")
_BREAK = lazy_pattern("\r(?![\r\n])|[\x85\u2028\u2029]")
"""What editors show as the end of a line, and the language does not."""
_PART = lazy_pattern(rf"{STRING}|{PROMQL}|(?P<comment>{COMMENT}(?:\n[ \t]*+{COMMENT})*+)|(?P<bracket>[{{}}()])")


def long_lines(source: Source) -> Iterator[Diagnostic]:
    """E109 for each line that is too long. The file is not parsed then: printing one of its lines would be slow."""
    start = 0
    while len(source.text) - start > LONGEST_LINE:
        short = _SHORT_LINES.match(source.text, start)
        start = short.end() if short else start
        end = source.text.find("\n", start)
        end = len(source.text) if end < 0 else end
        if end - start > LONGEST_LINE:
            help = "nothing else in this file was checked; put each entry of a list on its own line"
            message = f"this line is longer than {LONGEST_LINE // 1024} KiB"
            yield Diagnostic("E109", message, Span(source, start, start), help=help)
        start = end + 1


def large_block(source: Source) -> Iterator[Diagnostic]:
    """E109 for the first block that is too large: reading it would take seconds."""
    if len(source.text) <= LARGEST_BLOCK:
        return
    start = 0
    for end in (*(head.start() for head in _HEAD.finditer(source.text)), len(source.text)):
        if end - start > LARGEST_BLOCK:
            message = f"this block is larger than {LARGEST_BLOCK // 1024} KiB"
            help = "nothing else in this file was checked; split the block"
            yield Diagnostic("E109", message, Span(source, start, start), help=help)
            return
        start = end


def too_many_words(source: Source) -> Iterator[Diagnostic]:
    """E109 where a file exceeds MOST_WORDS; comments and the length of strings do not count."""
    if len(source.text) <= MOST_WORDS:
        return
    for word in islice(_WORD.finditer(source.text), MOST_WORDS, MOST_WORDS + 1):
        message = f"this file has more than {MOST_WORDS:,} words and signs"
        help = "nothing in this file was checked; split it, such as into one file per service"
        yield Diagnostic("E109", message, Span(source, word.start(1), word.start(1)), help=help)


def hidden(source: Source) -> Iterator[Diagnostic]:
    """E108 for a comment with a break that ends no line of a file of SLOs: editors show the rest as a line of code."""
    if (source.text.isascii() and "\r" not in source.text) or not _BREAK.search(source.text):
        return
    for part in _PART.finditer(source.text):
        found = _BREAK.search(part["comment"]) if part["comment"] else None
        if found and found.end() < len(part["comment"]):
            at = part.start() + found.start()
            what = "a carriage return" if found[0] == "\r" else f"a line break that is U+{ord(found[0]):04X}"
            help = "end lines with LF, or with CR LF"
            yield Diagnostic("E108", f"this comment continues after {what}", Span(source, at, at), help=help)


_YAML = lazy_pattern(
    r"\ufeff?(?:\s|---|#[^\n]*\n)*+((?:apiVersion|version|kind|metadata|spec|service|slos)[ \t]*:)(?=\s)"
)


def yaml(source: Source) -> Diagnostic | None:
    """E101 for a file of SLOs in YAML, as Sloth and OpenSLO have them; what else is wrong with it says nothing."""
    match = _YAML.match(source.text)
    if not match:
        return None
    help = "a file of SLOs begins with `service NAME {`; `docs/coming-from-sloth.md` has each statement of Sloth's YAML"
    return Diagnostic("E101", "this file is YAML", Span(source, match.start(1), match.end(1)), help=help)


def too_deep(source: Source) -> Diagnostic | None:
    """E109 for the first brace or parenthesis that is nested too deep; unclosed ones count."""
    opened: list[str] = []
    for part in _PART.finditer(source.text):
        bracket = part["bracket"] or ""
        if bracket == "}":
            while opened and opened.pop() != "{":
                pass  # the end of a block ends its parentheses, closed or not
        elif bracket == ")":
            if opened[-1:] == ["("]:
                opened.pop()
        elif bracket:
            opened.append(bracket)
            if len(opened) > DEEPEST:
                message = f"braces and parentheses are nested more than {DEEPEST} deep"
                help = "the rest of this file was not checked; close each `{` with a `}`"
                return Diagnostic("E109", message, Span(source, part.start(), part.end()), help=help)
    return None
