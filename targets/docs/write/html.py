"""Pages as HTML. Every text passes `text` and every attribute passes `attribute`; drawings are SVG already."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from html import escape
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from slocompiler.explain.phrases import Code, plain
from slocompiler.ir import Service
from slocompiler.resources import resource
from slocompiler.targets.docs.page import (
    CATALOGUE,
    GLOSSARY,
    READING,
    Drawing,
    Facts,
    Folded,
    Groups,
    Items,
    Link,
    Listing,
    Page,
    Paragraph,
    Phrase,
    Shared,
    Spark,
    State,
    Strong,
    Table,
    kind,
)
from slocompiler.targets.docs.paths import Paths, paths, relative
from slocompiler.targets.shared import Files, header

SAFE = re.compile(r"https?://[^\s\"'<>\\]+\Z")
"""Addresses that become links; any other address is shown as text."""


def text(raw: str) -> str:
    """Text between tags."""
    return escape(raw, quote=False)


def comment(raw: str) -> str:
    """Text inside a comment, which it cannot end."""
    return raw.replace("<", "&lt;").replace(">", "&gt;")


def attribute(raw: str) -> str:
    """Text in the quotes of an attribute."""
    return escape(raw)


class Writer:
    """Writes one page at the path `here`."""

    def __init__(self, paths: Paths, here: str) -> None:
        self.paths, self.here = paths, here

    def phrase(self, phrase: Phrase) -> str:
        """Texts in a row."""
        return "".join([text(part) if isinstance(part, str) else self.inline(part) for part in phrase])

    def inline(self, part: Code | Strong | State | Spark | Link) -> str:
        """A part of a phrase that is more than text."""
        if isinstance(part, Code):
            return f"<code>{text(part.text) or '“”'}</code>"
        if isinstance(part, Strong):
            return f"<strong>{text(part.text)}</strong>"
        if isinstance(part, State):
            return f'<span class="badge {attribute(part.look)}">{text(part.text)}</span>'
        if isinstance(part, Spark):
            return part.svg
        return self.link(part)

    def link(self, link: Link) -> str:
        """A link to a web address or to a page; any other address is text."""
        if isinstance(link.to, str):
            if not SAFE.match(link.to):
                return text(link.text)
            return f'<a href="{attribute(link.to)}" rel="noopener noreferrer">{text(link.text)}</a>'
        part = f"#{link.part}" if link.part else ""
        return f'<a href="{attribute(relative(self.paths[link.to], self.here))}{part}">{text(link.text)}</a>'

    def blocks(self, blocks: tuple[Any, ...]) -> str:
        """Blocks below each other."""
        return "\n".join([getattr(self, kind(block))(block) for block in blocks])

    def paragraph(self, block: Paragraph) -> str:
        """A paragraph, or a quotation."""
        if block.look == "quote":
            return f"<blockquote><p>{self.phrase(block.text)}</p></blockquote>"
        look = f' class="{block.look}"' if block.look else ""
        return f"<p{look}>{self.phrase(block.text)}</p>"

    def items(self, block: Items) -> str:
        """A list."""
        name = "ol" if block.counted else "ul"
        return f"<{name}>{''.join([f'<li>{self.phrase(item)}</li>' for item in block.items])}</{name}>"

    def facts(self, block: Facts) -> str:
        """Names with their values."""
        rows = [f"<div><dt>{text(name)}</dt><dd>{self.phrase(value)}</dd></div>" for name, value in block.rows]
        return f"<dl>{''.join(rows)}</dl>"

    def table(self, block: Table) -> str:
        """A table, which scrolls on its own on a narrow screen."""
        heads = "".join([f'<th scope="col">{text(head)}</th>' for head in block.heads])
        cells = [f'<td data-head="{attribute(head)}">' for head in block.heads[1:]]
        rows = "\n".join([self._row(row, cells) for row in block.rows])
        return (
            f'<div class="scroll" role="group" aria-label="{attribute(block.title)}" tabindex="0"><table>'
            f"<thead><tr>{heads}</tr></thead><tbody>\n{rows}\n</tbody></table></div>"
        )

    def _row(self, row: tuple[Phrase, ...], cells: list[str]) -> str:
        first, *rest = map(self.phrase, row)
        values = "".join([f"{cell}{value}</td>" for cell, value in zip(cells, rest, strict=True)])
        return f'<tr><th scope="row">{first}</th>{values}</tr>'

    def groups(self, block: Groups) -> str:
        """Tables that a reader can open, close and filter; the field appears if a script runs."""
        begin = "<details open>" if block.is_open else "<details>"
        look = f" {block.look}" if block.look else ""
        found = "\n".join(
            f"{begin}<summary>{text(one.title.text)} <span>{text(one.about)}</span></summary>\n"
            f"<p>{self.link(Link(f'All about {one.title.text}', one.title.to))}</p>\n{self.table(one.table)}\n</details>"
            for one in block.groups
        )
        return (
            '<p class="filter" hidden><label for="filter">Filter</label> <input id="filter" type="search" '
            'autocomplete="off" spellcheck="false" placeholder="service, SLO, owner, draft"> '
            f'<span role="status"></span></p>\n<div class="groups{look}">\n{found}\n</div>'
        )

    def drawing(self, block: Drawing) -> str:
        """A chart for wide and for narrow screens, with its figures folded below it."""
        return (
            f'<figure><div class="wide">{block.svg}</div><div class="narrow">{block.narrow}</div>'
            f"<figcaption>{self.phrase(block.caption)}</figcaption></figure>"
            f"<details><summary>As a table</summary>{self.table(block.table)}</details>"
        )

    def listing(self, block: Listing) -> str:
        """Code, which scrolls on its own."""
        return (
            f'<figure class="listing"><figcaption>{self.phrase(block.title)}</figcaption>'
            f'<pre class="{block.language}" tabindex="0"><code>{text(block.text)}</code></pre></figure>'
        )

    def folded(self, block: Folded) -> str:
        """Blocks that a reader can open."""
        return f"<details><summary>{text(block.summary)}</summary>{self.blocks(block.blocks)}</details>"

    def shared(self, block: Shared) -> str:
        """Shared blocks, written once for pages in folders and once for pages at the top: their links differ."""
        return _shared(block, "/" in self.here)


@lru_cache(maxsize=256)
def _shared(block: Shared, in_folder: bool) -> str:
    """Shared blocks as HTML. They link to the guide alone, so only the folder of a page matters."""
    return Writer(site_paths(()), "folder/page" if in_folder else "page").blocks(block.blocks)


def site_paths(services: Iterable[Service]) -> Paths:
    """The path of every page of the site."""
    return paths(services, ".html", "index", "reading", "glossary")


def render(pages: Iterable[Page], services: Iterable[Service]) -> Files:
    """The files of the pages, by path. They may link to each other and to the pages of the services."""
    found = site_paths(services)
    for page in pages:
        yield found[page.key], _page(page, found)


def alone(page: Page) -> str:
    """A page without others: its style is inside of it, and there is no navigation and no script.

    It may link to web addresses and to its own sections.
    """
    style = resource("slocompiler.targets.docs.write", "site.css")
    return _filled(page, Writer({}, ""), {}, header="", style=Markup(style), tabs=())  # our own file


def _page(page: Page, paths: Paths) -> str:
    here = paths[page.key]
    return _filled(
        page,
        Writer(paths, here),
        paths,
        header=comment(header(f"site/{here}", page.source)),
        style="",
        tabs=(("All SLOs", CATALOGUE), ("How to read this", READING), ("Glossary", GLOSSARY)),
    )


def _filled(page: Page, writer: Writer, paths: Paths, **more: Any) -> str:
    sections = [
        (part.id, part.title, Markup(writer.blocks(part.blocks))) for part in page.sections
    ]  # escaped by Writer
    hero = page.hero
    html: str = _template().render(
        page=page,
        root="../" if "/" in writer.here else "",
        at=lambda key: relative(paths[key], writer.here),
        hero=hero,
        promise=Markup(writer.phrase(hero.promise)) if hero else "",  # escaped by Writer
        description=plain(hero.promise) if hero else "",
        lead=Markup(writer.blocks(page.lead)),  # escaped by Writer
        sections=sections,
        **more,
    )
    return html


@cache
def _template() -> Any:
    environment = Environment(
        undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    return environment.from_string(resource("slocompiler.targets.docs.write", "page.html.j2"))
