"""Documentation in tests: pages by their names, their text, and the structure of what they are written in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from slocompiler.ir import Program
from slocompiler.targets import render
from slocompiler.targets.shared import Options
from support.compile import compile_text


def documents(program: Program, **options: Any) -> dict[str, str]:
    """Every file of both formats."""
    return render(program, "docs", Options(**options))


def page_of(body: str, head: str = "99.9% over 30d", format: str = "markdown", **options: Any) -> str:
    """The page of an SLO with this body, in a service that has the usual people."""
    text = f'service shop "Shop" {{ owner "team" slo x "Works" {head} {{ {body} }} }}'
    made = documents(compile_text(text), **options)
    return made["markdown/shop/x.md" if format == "markdown" else "site/shop/x.html"]


def section(page: str, title: str) -> str:
    """A section of a page in Markdown, in a line."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found, title
    return " ".join(found[1].split())


def rows(page: str, title: str) -> list[tuple[str, ...]]:
    """The rows of four cells in a section of a page in Markdown, without the head."""
    return re.findall(r"\| ([^|-].*?) \| (.*?) \| (.*?) \| (.*?) \|", section(page, title))[1:]


class _Structure(HTMLParser):
    """Collects what is markup."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[str] = []
        self.addresses: list[str] = []
        self.comments: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(f"{tag} {' '.join(sorted(name for name, _ in attrs))}")
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        self.tags.append("comment")
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def parsed(html: str) -> tuple[list[str], str, list[str]]:
    """The tags with the names of their attributes, the text, and where links lead."""
    parser = _Structure()
    parser.feed(html)
    parser.close()
    return parser.tags, "".join(parser.text), parser.addresses


def tokens(tags: list[str]) -> Iterator[str]:
    """Tags without those that show code: an empty text has none."""
    yield from (tag for tag in tags if not re.match(r"/?code\b", tag))
