"""Fixes of a diagnostic as edits of its file. Each function returns a tuple: empty if the text does not allow the edit."""

from __future__ import annotations

from collections.abc import Iterable

from slocompiler.diagnostics import Edit, Fix
from slocompiler.pattern import lazy_pattern
from slocompiler.source import Reached, Span
from slocompiler.suggest import closest

_COMMA = lazy_pattern(r"\s*,[ \t]*")
_LINE_END = lazy_pattern(r"[ \t]*(?:\r?\n|\Z)")


def edits(title: str, *changes: tuple[Span, str], safe: bool = False) -> tuple[Fix, ...]:
    """Replace each span by its text. In a template no fix is safe, because its text serves several uses."""
    in_template = any(isinstance(span, Reached) for span, _ in changes)
    return (Fix(title, tuple(Edit(span, text) for span, text in changes), safe and not in_template),)


def correct(span: Span, name: str, known: Iterable[str]) -> tuple[Fix, ...]:
    """Replace a misspelt name by the one that is most like it; no fix if none is similar."""
    close = closest(name, known)
    return edits(f"write `{close}`", (span, close)) if close else ()


def remove(title: str, span: Span, safe: bool = False) -> tuple[Fix, ...]:
    """Remove a statement: with its lines if nothing else is on them, else with the blanks after it."""
    text = span.source.text
    begin, line_end = text.rfind("\n", 0, span.start) + 1, _LINE_END.match(text, span.end)
    if line_end and not text[begin : span.start].strip():
        return edits(title, (span.part(begin, line_end.end()), ""), safe=safe)
    end = span.end
    while text[end : end + 1] in (" ", "\t"):
        end += 1
    return edits(title, (span.part(span.start, end), ""), safe=safe)


def remove_item(title: str, span: Span, safe: bool = False) -> tuple[Fix, ...]:
    """Remove an item of a list with the comma after or before it; no fix for the only item."""
    text, begin, comma = span.source.text, span.start, _COMMA.match(span.source.text, span.end)
    if comma:
        return edits(title, (span.part(begin, comma.end()), ""), safe=safe)
    while text[begin - 1].isspace():
        begin -= 1
    return edits(title, (span.part(begin - 1, span.end), ""), safe=safe) if text[begin - 1] == "," else ()


def add_statement(title: str, block: Span, statement: str) -> tuple[Fix, ...]:
    """Add a statement at the end of a block, on a line of its own if the closing brace has one; no fix without braces."""
    text, brace = block.source.text, block.end - 1
    if text[brace : block.end] != "}":
        return ()
    indent = text[text.rfind("\n", 0, brace) + 1 : brace]
    line_end = "\r\n" if "\r\n" in text else "\n"
    blank = "" if text[brace - 1].isspace() else " "
    added = f"{blank}{statement} " if indent.strip() else f"  {statement}{line_end}{indent}"
    return edits(title, (block.part(brace, brace), added))
