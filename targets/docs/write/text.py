"""Pages as plain text for terminals. A chart is the table of its figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any

from slocompiler.explain import table
from slocompiler.explain.phrases import Code
from slocompiler.targets.docs.page import (
    Drawing,
    Facts,
    Folded,
    Items,
    Link,
    Listing,
    Page,
    Paragraph,
    Phrase,
    Shared,
    Table,
    kind,
)
from slocompiler.visible import inert

WIDTH = 100
"""The cells of a line of sentences; tables are as wide as they are."""
LOOKS = {"note": "Note: ", "quote": "“"}
"""What a paragraph of this look begins with."""


def alone(page: Page) -> str:
    """A page without others. No terminal acts on it, whatever its texts have."""
    parts = [page.title, *_blocks(page.lead)]
    for section in page.sections:
        parts.append("\n\n".join([f"== {section.title} ==", *_blocks(section.blocks)]))
    return inert("\n\n".join(parts)) + "\n"


def _blocks(blocks: Sequence[Any]) -> list[str]:
    return [_WRITERS[kind(block)](block) for block in blocks]


def _phrase(phrase: Phrase) -> str:
    return "".join(
        part if isinstance(part, str) else f"`{part.text}`" if isinstance(part, Code) else _inline(part)
        for part in phrase
    )


def _inline(part: Any) -> str:
    if isinstance(part, Link) and isinstance(part.to, str):
        return f"{part.text} ({part.to})" if part.text != part.to else part.to
    text: str = part.text
    return text


def _wrapped(text: str, first: str = "", other: str = "") -> str:
    return "\n".join(
        wrap(text, WIDTH, initial_indent=first, subsequent_indent=other, break_on_hyphens=False, break_long_words=False)
    )


def _paragraph(block: Paragraph) -> str:
    return _wrapped(LOOKS.get(block.look, "") + _phrase(block.text) + ("”" if block.look == "quote" else ""))


def _items(block: Items) -> str:
    marks = (f"{number}. " if block.counted else "- " for number in range(1, len(block.items) + 1))
    return "\n".join(
        _wrapped(_phrase(item), mark, " " * len(mark)) for item, mark in zip(block.items, marks, strict=True)
    )


def _facts(block: Facts) -> str:
    width = max((len(name) for name, _ in block.rows), default=0) + 2
    return "\n".join(_wrapped(_phrase(value), name.ljust(width), " " * width) for name, value in block.rows)


def _table(block: Table) -> str:
    return "\n".join(_lines(block))


def _lines(block: Table) -> Iterator[str]:
    rows = [block.heads, *(tuple(map(_phrase, row)) for row in block.rows)]
    lines = [{str(number): cell for number, cell in enumerate(row)} for row in rows]
    sizes = table.widths(lines)
    yield from (table.line(line, sizes) for line in lines)


def _drawing(block: Drawing) -> str:
    return f"{_phrase(block.caption)}\n\n{_table(block.table)}"


def _listing(block: Listing) -> str:
    return f"{_phrase(block.title)}\n\n{block.text.strip(chr(10))}"


def _inside(block: Folded | Shared) -> str:
    return "\n\n".join(_blocks(block.blocks))


_WRITERS: dict[str, Any] = {
    "paragraph": _paragraph,
    "items": _items,
    "facts": _facts,
    "table": _table,
    "drawing": _drawing,
    "listing": _listing,
    "folded": _inside,
    "shared": _inside,
}
