"""How long a line, a string and a block may be, how deep braces may stand: beyond, a text is no work of people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from slocompiler.diagnostics import Diagnostic
from slocompiler.source import Source, Span
from slocompiler.syntax.lexemes import BLANK, COMMENT, PROMQL, STRING

LONGEST_LINE = 64 * 1024
LONGEST_STRING = 8 * 1024
"""Characters, as those that templates put together (`resolve/text.py`)."""
LARGEST_BLOCK = 128 * 1024
"""Characters from the head of an SLO, a service or the like to the next one: hundreds of times what people write."""
MOST_WORDS = 100_000
"""Words and signs of a file: thousands of SLOs, which take seconds to be read and no review gets through."""
DEEPEST = 64
"""Braces and parentheses within one another; the language itself needs five."""
_SHORT_LINES = re.compile(rf"(?:[^\n]{{0,{LONGEST_LINE}}}+\n)*+")
_HEAD = re.compile(
    r"^[ \t]*+(?:draft[ \t]++)?(?:defaults|service|template|slo|use|risk|alerts|policy)[ \t]", re.MULTILINE
)
_WORD = re.compile(rf"(?:{BLANK}|{COMMENT})*+({STRING}|{PROMQL}|[\w.:-]++|\S)")
_ALONE = re.compile(r"\r(?![\r\n])")
_PART = re.compile(rf"{STRING}|{PROMQL}|(?P<comment>{COMMENT}(?:\n[ \t]*+{COMMENT})*+)|(?P<bracket>[{{}}()])")


def long_lines(source: Source) -> Iterator[Diagnostic]:
    """E109 for each line that is too long: then nothing of the file is read, as every message costs a line."""
    start = 0
    while len(source.text) - start > LONGEST_LINE:
        short = _SHORT_LINES.match(source.text, start)
        start = short.end() if short else start
        end = source.text.find("\n", start)
        end = len(source.text) if end < 0 else end
        if end - start > LONGEST_LINE:
            help = "nothing else of this file was looked at; a list may have an entry a line"
            message = f"a line of more than {LONGEST_LINE // 1024} KiB"
            yield Diagnostic("E109", message, Span(source, start, start), help=help)
        start = end + 1


def large_block(source: Source) -> Iterator[Diagnostic]:
    """E109 for the first block that is too large: reading it would take seconds, and what it makes nobody could use."""
    if len(source.text) <= LARGEST_BLOCK:
        return
    start = 0
    for end in (*(head.start() for head in _HEAD.finditer(source.text)), len(source.text)):
        if end - start > LARGEST_BLOCK:
            message = f"a block of more than {LARGEST_BLOCK // 1024} KiB, from here to the next one"
            help = "nothing else of this file was looked at; make several of it"
            yield Diagnostic("E109", message, Span(source, start, start), help=help)
            return
        start = end


def too_many_words(source: Source) -> Iterator[Diagnostic]:
    """E109 where a file goes on beyond what is read of one; comments and the length of strings do not count."""
    if len(source.text) <= MOST_WORDS:
        return
    for word in islice(_WORD.finditer(source.text), MOST_WORDS, MOST_WORDS + 1):
        message = f"a file of more than {MOST_WORDS:,} words and signs"
        help = "nothing of this file was looked at; split it: one file per service reads best"
        yield Diagnostic("E109", message, Span(source, word.start(1), word.start(1)), help=help)


def hidden(source: Source) -> Iterator[Diagnostic]:
    """E108 for what a comment hides behind a carriage return alone: many editors show it on a line of its own."""
    if not _ALONE.search(source.text):
        return
    for part in _PART.finditer(source.text):
        found = _ALONE.search(part["comment"]) if part["comment"] else None
        if found and found.end() < len(part["comment"]):
            at = part.start() + found.start()
            help = "end lines with LF, or with CR LF"
            yield Diagnostic("E108", "the comment goes on behind a carriage return", Span(source, at, at), help=help)


_YAML = re.compile(
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
    """E109 for the first brace or parenthesis that stands within too many others; one that no `}` closes counts."""
    opened: list[str] = []
    for part in _PART.finditer(source.text):
        bracket = part["bracket"] or ""
        if bracket == "}":
            while opened and opened.pop() != "{":
                pass  # a parenthesis ends with its block, closed or not
        elif bracket == ")":
            if opened[-1:] == ["("]:
                opened.pop()
        elif bracket:
            opened.append(bracket)
            if len(opened) > DEEPEST:
                message = f"more than {DEEPEST} braces and parentheses within one another"
                help = "what follows was not looked at; each `{` needs its `}`"
                return Diagnostic("E109", message, Span(source, part.start(), part.end()), help=help)
    return None
