"""What a page is: plain data that says what stands there and nothing of how it is written down."""

from __future__ import annotations

from typing import Literal

from slocompiler.explain.phrases import Code
from slocompiler.record import record
from slocompiler.visible import others

Key = tuple[str, ...]
"""Which page: () the catalogue, (service,), (service, SLO); those that explain begin with an empty name."""
CATALOGUE: Key = ()
READING: Key = ("", "reading")
GLOSSARY: Key = ("", "glossary")


def shown_lines(text: str) -> str:
    """User text that has lines, whose blanks tell; a sign that does not print stands as U+FFFD."""
    return "\n".join(
        others(r"\n").sub("\N{REPLACEMENT CHARACTER}", line.replace("\t", "    ")) for line in text.split("\n")
    )


# In a line


@record
class Strong:
    """What a reader's eye should find."""

    text: str


@record
class State:
    """Whether an SLO holds yet."""

    text: Literal["live", "draft"]


@record
class Link:
    """Text that leads somewhere: to an address, or to a page of these."""

    text: str
    to: str | Key
    part: str = ""
    """The section of the page."""


Inline = str | Code | Strong | State | Link
Phrase = tuple[Inline, ...]
"""Texts in a row; none of them is markup."""


# Blocks

Look = Literal["", "lead", "note", "quote"]


@record
class Paragraph:
    """A paragraph."""

    said: Phrase
    look: Look = ""


@record
class Items:
    """A list; `counted` where the order is one of steps."""

    items: tuple[Phrase, ...]
    counted: bool = False


@record
class Facts:
    """Names with what they are."""

    rows: tuple[tuple[str, Phrase], ...]


@record
class Table:
    """Rows of cells below their heads; the first cell of a row names it."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Phrase, ...], ...]
    title: str
    """What it is a table of, for those who do not see it."""
    filtered: bool = False
    """Whether it is the long one of the page, in which a search looks."""


@record
class Drawing:
    """A chart, and the same in words and numbers for who cannot see it."""

    svg: str
    caption: Phrase
    table: Table


@record
class Listing:
    """Lines of code, with what they are."""

    text: str
    language: Literal["promql", "yaml", "text"]
    title: Phrase


@record
class Folded:
    """What few readers want: closed until it is asked for."""

    summary: str
    blocks: tuple[Block, ...]


@record
class Shared:
    """What many pages say in the same words: it is written once for all of them. No link in it leads to an SLO."""

    blocks: tuple[Block, ...]


Block = Paragraph | Items | Facts | Table | Drawing | Listing | Folded | Shared


@record
class Section:
    """A part of a page that links may lead to."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@record
class Hero:
    """What an SLO's page begins with: the target, over what, and the promise."""

    target: str
    over: str
    said: Phrase
    badge: str


@record
class Entry:
    """What a search knows of a page."""

    title: str
    about: str
    """Identity, owner."""
    words: str
    """More that finds it: metrics, the service's title."""


@record
class Page:
    """A page of its own."""

    key: Key
    title: str
    above: tuple[Link, ...]
    """The pages that it belongs to, the widest first."""
    lead: tuple[Block, ...]
    sections: tuple[Section, ...]
    source: str
    """What it is made from."""
    hero: Hero | None = None
