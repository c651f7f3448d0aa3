"""The content of a page as plain data, independent of the format in which it is written."""

from __future__ import annotations

from typing import Literal

from slocompiler.explain import phrases
from slocompiler.explain.phrases import Code
from slocompiler.record import record
from slocompiler.visible import others

Key = tuple[str, ...]
"""The identity of a page: () for the catalogue, (service,), (service, SLO), ("", name) for a page of explanations."""
CATALOGUE: Key = ()
READING: Key = ("", "reading")
GLOSSARY: Key = ("", "glossary")


def shown_lines(text: str) -> str:
    """User text with its line breaks and spaces; a character that does not print becomes U+FFFD."""
    return "\n".join(
        others(r"\n").sub("\N{REPLACEMENT CHARACTER}", line.replace("\t", "    ")) for line in text.split("\n")
    )


# Inside a line


@record
class Strong:
    """Emphasized text."""

    text: str


@record
class State:
    """Whether an SLO is in force, or whether its target was kept."""

    text: Literal["live", "draft", "kept", "missed"]


@record
class Link:
    """A link to an address, or to another page of the documentation."""

    text: str
    to: str | Key
    part: str = ""
    """The id of a section of the page."""


Inline = str | Code | Strong | State | Link
Phrase = tuple[Inline, ...]
"""Texts in a row, without any markup."""


# Blocks

Look = Literal["", "lead", "note", "quote"]


@record
class Paragraph:
    """A paragraph."""

    text: Phrase
    look: Look = ""


@record
class Items:
    """A list; `counted` numbers its items."""

    items: tuple[Phrase, ...]
    counted: bool = False


@record
class Facts:
    """Names with their values."""

    rows: tuple[tuple[str, Phrase], ...]


@record
class Table:
    """A table; the first cell of a row is its heading."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Phrase, ...], ...]
    title: str
    """For screen readers."""


@record
class Group:
    """A table that a reader can close, below a link and a line about it."""

    title: Link
    about: str
    table: Table


@record
class Groups:
    """Groups that a reader can filter; few of them are open."""

    groups: tuple[Group, ...]
    is_open: bool


@record
class Drawing:
    """A chart for wide and for narrow screens, and its figures as a table."""

    svg: str
    narrow: str
    caption: Phrase
    table: Table


@record
class Listing:
    """Lines of code below a title."""

    text: str
    language: Literal["promql", "yaml", "text"]
    title: Phrase


@record
class Folded:
    """Blocks that stay closed until a reader opens them."""

    summary: str
    blocks: tuple[Block, ...]


@record
class Shared:
    """Blocks that several pages have in common: each format writes them once. They contain no link to an SLO."""

    blocks: tuple[Block, ...]


Block = Paragraph | Items | Facts | Table | Groups | Drawing | Listing | Folded | Shared


def kind(block: Block) -> str:
    """The name of the method that writes the block: that of its type, in small letters."""
    return type(block).__name__.lower()


@record
class Section:
    """A part of a page with an id for links."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@record
class Hero:
    """The top of an SLO's page: target, window, promise, budget, state."""

    target: str
    over: str
    promise: phrases.Phrase
    budget: str
    badge: str
    start: str
    """The link to the section for a person who received an alert; empty if there are no alerts."""


@record
class Entry:
    """An entry of the search index."""

    title: str
    about: str
    """Identity, owner."""
    words: str
    """Further text to search: metrics, the service's title."""


@record
class Page:
    """A page of the documentation."""

    key: Key
    title: str
    above: tuple[Link, ...]
    """The pages above it, the catalogue first."""
    lead: tuple[Block, ...]
    sections: tuple[Section, ...]
    source: str
    """The source that the page is generated from."""
    hero: Hero | None = None
