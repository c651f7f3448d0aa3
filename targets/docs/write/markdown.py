"""Pages as Markdown for GitHub and MkDocs. All text passes `text` or `code`, so that none of it is markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from slocompiler.explain.phrases import Code
from slocompiler.formats.markdown import code, fence, text
from slocompiler.ir import Service
from slocompiler.targets.docs.glossary import glossary
from slocompiler.targets.docs.guide import reading
from slocompiler.targets.docs.page import (
    Drawing,
    Facts,
    Folded,
    Groups,
    Items,
    Key,
    Link,
    Listing,
    Page,
    Paragraph,
    Phrase,
    Section,
    Shared,
    Spark,
    State,
    Strong,
    Table,
    kind,
)
from slocompiler.targets.docs.paths import Paths, paths, relative
from slocompiler.targets.docs.write.html import SAFE, comment
from slocompiler.targets.shared import Files, header

_BEGINS = re.compile(r"[-+](?=[\s-]|$)|\d+(?=[.)](?:\s|$))")
"""The start of a list or of a rule, at the start of a line."""


def slug(title: str) -> str:
    """The anchor that GitHub and MkDocs give to a heading."""
    return re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")


Parts = Mapping[tuple[Key, str], str]
"""The title of each section, by page and id."""


class Writer:
    """Writes one page at the path `here`; `parts` has the titles of all sections."""

    def __init__(self, paths: Paths, here: str, parts: Parts) -> None:
        self.paths, self.here, self.parts = paths, here, parts

    def phrase(self, phrase: Phrase, in_table: bool = False) -> str:
        """Texts in a row, on one line."""
        line = "".join([self._inline(part, in_table) for part in phrase]).strip()
        begin = _BEGINS.match(line)
        if begin is None:
            return line
        return f"{begin[0]}\\{line[begin.end() :]}" if begin[0].isdigit() else f"\\{line}"

    def _inline(self, part: Any, in_table: bool) -> str:
        if isinstance(part, str):
            return text(part)
        if isinstance(part, Code):
            return code(part.text, in_table)
        if isinstance(part, Strong):
            body = part.text.rstrip()
            return f"**{text(body.strip())}**{' ' * (len(part.text) - len(body))}" if body.strip() else ""
        return part.text if isinstance(part, State | Spark) else self._link(part)

    def _link(self, link: Link) -> str:
        if isinstance(link.to, str):
            if not SAFE.match(link.to):
                return text(link.text)
            return f"[{text(link.text)}](<{link.to.replace('|', '%7C')}>)"
        part = f"#{slug(self.parts.get((link.to, link.part), link.part))}" if link.part else ""
        return f"[{text(link.text)}]({relative(self.paths[link.to], self.here)}{part})"

    def blocks(self, blocks: tuple[Any, ...]) -> str:
        """Blocks below each other."""
        return "\n\n".join([getattr(self, kind(block))(block) for block in blocks])

    def paragraph(self, block: Paragraph) -> str:
        """A paragraph, or a quotation."""
        return f"{'> ' if block.look in ('quote', 'note') else ''}{self.phrase(block.text)}"

    def items(self, block: Items) -> str:
        """A list."""
        marks = (
            [f"{number}." for number in range(1, len(block.items) + 1)] if block.counted else ["-"] * len(block.items)
        )
        return "\n".join([f"{mark} {self.phrase(item)}" for mark, item in zip(marks, block.items, strict=True)])

    def facts(self, block: Facts) -> str:
        """Names with their values."""
        return "\n".join([f"- **{text(name)}:** {self.phrase(value)}" for name, value in block.rows])

    def table(self, block: Table) -> str:
        """A table."""
        heads = [f"| {' | '.join(map(text, block.heads))} |", f"|{'---|' * len(block.heads)}"]
        rows = [f"| {' | '.join([self.phrase(cell, True) or ' ' for cell in row])} |" for row in block.rows]
        return "\n".join([*heads, *rows])

    def groups(self, block: Groups) -> str:
        """Each table below its title."""
        return "\n\n".join(
            [
                f"### {self.phrase((one.title,))}\n\n{self.phrase((one.about,))}\n\n{self.table(one.table)}"
                for one in block.groups
            ]
        )

    def drawing(self, block: Drawing) -> str:
        """The figures of a chart."""
        return f"{self.table(block.table)}\n\n{self.phrase(block.caption)}"

    def listing(self, block: Listing) -> str:
        """Code."""
        marks = fence(block.text)
        return f"{self.phrase(block.title)}\n\n{marks}{block.language}\n{block.text.strip(chr(10))}\n{marks}"

    def folded(self, block: Folded) -> str:
        """The blocks, open."""
        return self.blocks(block.blocks)

    def shared(self, block: Shared) -> str:
        """Shared blocks, written once for pages in folders and once for pages at the top: their links differ."""
        return _shared(block, "/" in self.here)


@lru_cache(maxsize=256)
def _shared(block: Shared, in_folder: bool) -> str:
    """Shared blocks as Markdown. They link to the guide alone, so only the folder of a page matters."""
    return Writer(_paths(()), "folder/page" if in_folder else "page", _parts(())).blocks(block.blocks)


def _paths(services: Iterable[Service]) -> Paths:
    return paths(services, ".md", "README", "READING", "GLOSSARY")


def _parts(pages: Iterable[Page]) -> Parts:
    return {(page.key, part.id): part.title for page in (reading(), glossary(), *pages) for part in page.sections}


def render(pages: Sequence[Page], services: Iterable[Service]) -> Files:
    """The files of the pages, by path. They may link to each other and to the pages of the services."""
    found, parts = _paths(services), _parts(pages)
    for page in pages:
        yield found[page.key], _page(page, found, parts)


def alone(page: Page) -> str:
    """A page without others. It may link to web addresses."""
    writer = Writer({}, "", {})
    found = (f"# {text(page.title)}", writer.blocks(page.lead), *(_section(part, writer) for part in page.sections))
    return "\n\n".join(found) + "\n"


def _page(page: Page, paths: Paths, parts: Parts) -> str:
    here = paths[page.key]
    writer = Writer(paths, here, parts)
    above = " / ".join(writer.phrase((link,)) for link in page.above)
    hero = page.hero
    found = [
        f"<!-- {comment(header(f'markdown/{here}', page.source))} -->",
        above,
        f"# {text(page.title)}{' (draft)' if hero and hero.badge == 'draft' else ''}",
        f"**{text(hero.target)}** {text(hero.over)}" if hero else "",
        f"**{writer.phrase(hero.promise)}**" if hero else "",
        text(hero.budget) if hero else "",
        writer.blocks(page.lead),
        *(_section(part, writer) for part in page.sections),
    ]
    return "\n\n".join(filter(None, found)) + "\n"


def _section(section: Section, writer: Writer) -> str:
    return f"## {text(section.title)}\n\n{writer.blocks(section.blocks)}"
