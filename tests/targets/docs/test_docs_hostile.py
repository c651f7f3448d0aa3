"""User text is never markup: the structure of pages is the same for any text, in HTML and for two Markdown parsers."""

from __future__ import annotations

import re

import cmarkgfm
import markdown
import pytest
from cmarkgfm.cmark import Options as GitHub
from hypothesis import example, given, settings
from hypothesis import strategies as st

from slocompiler.formats.markdown import code, text
from slocompiler.visible import shown
from support.compile import compile_text
from support.documents import documents, parsed

NAMED = {
    "markup": "<b>bold</b> <script>alert(1)</script> <!-- --> --> <img src=x onerror=alert(1)> &amp; &lt;",
    "attributes": '" onmouseover=alert(1) \' x="',
    "cells": "a | b || c \\| d `|` e",
    "emphasis": "**a** _b_ ~~c~~ __d__ *e",
    "code": "`a` ``b`` ```c` `` ` ```",
    "links": "[a](https://b.example) ![c](d) [^1]",
    "links of other kinds": "[e]: f <https://g.example> www.h.example https://i.example",
    "lines": "a\n\n# b\n- c\n1. d\n> e\n```\nf\n```\n| g |\n|---|\n---\n===",
    "beginnings": "- a",
    "numbers": "1. a",
    "rules": "---",
    "headings": "# a #",
    "quotations": "> a",
    "backslashes": "\\ \\\\ \\` \\| a\\",
    "mathematics": "$a$ $$b$$ {{ c }} {% d %} {: .e }",
    "people": "@team #1 :smile: user@host.example",
    "directions": "\u202egnp.exe\u202c \u2066x\u2069",
    "control": "\x1b[31mred\x07\x00\x7f\x9f",
    "templates": "{{ $value }} ${x}",
    "addresses": "vbscript:alert(1)",
    "addresses with quotes": 'https://a.example/"><script>alert(1)</script>',
}
SLO = """service s TITLE {
  owner TEXT
  slo x TITLE 99.9% over 30d {
    events m_total{job=TEXT} exclude {path=TEXT, zone=TEXT}
    bad {code=TEXT} or {code="2"}
    per "route"
    target {route=TEXT} 99%
    runbook TEXT stakeholders TEXT, TEXT link TEXT TEXT because TEXT
    policy { below 25% TEXT notify exhausted TEXT }
  }
  risk TEXT every 30d lasting 30m hitting 50% on x
  feedback 2026-10-14 TEXT
}"""
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffd"), max_size=80) | st.text(
    "`|*_~[]()<>#!&\\$@{}:-+=.\"' 1ab\n", max_size=40
)


def pages(said: str) -> dict[str, str]:
    """All pages of a service that has this text in every place that takes a text."""
    written = said
    for sign, escape in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("${", "$${")):
        written = written.replace(sign, escape)
    return documents(compile_text(SLO.replace("TITLE", f'"{written}"').replace("TEXT", f'"{written}"')))


PLAIN = pages("plain")


def by_github(source: str) -> str:
    html: str = cmarkgfm.github_flavored_markdown_to_html(source, GitHub.CMARK_OPT_UNSAFE)
    return html


def by_mkdocs(source: str) -> str:
    return markdown.markdown(source, extensions=["tables", "fenced_code", "toc", "def_list", "footnotes", "attr_list"])


def outline(html: str) -> list[str]:
    """Tags in order, without code and links, which depend on the text, and without the ids of headings."""
    tags, _, _ = parsed(re.sub(r"</?(code|a)\b[^>]*>", "", html))
    return [tag.removesuffix(" id") for tag in tags]


def without_drawings(html: str) -> str:
    """The page without charts, in which the number of lines depends on the text."""
    return re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)


def check(said: str) -> None:
    made = pages(said)
    assert made.keys() == PLAIN.keys()
    for name, page in made.items():
        if name.endswith(".html"):
            assert outline(without_drawings(page)) == outline(without_drawings(PLAIN[name])), name
            tags, _, addresses = parsed(page)
            assert not [tag for tag in tags if re.search(r"^(script (?!defer src)|img)|\bon\w+", tag)], name
            assert all(
                re.match(r"(https?://|#|(\.\./)?([\w-]+/)?[\w-]+\.(html|css|js)\b)", address) for address in addresses
            ), name
        elif name.endswith(".md"):
            for reader in (by_github, by_mkdocs):
                assert outline(reader(page)) == outline(reader(PLAIN[name])), (name, reader.__name__)


@pytest.mark.parametrize("name", NAMED)
def test_no_text_is_markup(name: str) -> None:
    check(NAMED[name])


@settings(max_examples=25)
@given(TEXTS.filter(lambda said: shown(said) != ""))
@example("a  \nb")
def test_no_text_at_all_is(said: str) -> None:
    check(said)


@pytest.mark.parametrize("name", NAMED)
def test_it_is_read_as_it_was_written(name: str) -> None:
    """Except for line ends, and for characters that hide or reorder text."""
    said = shown(NAMED[name])
    made = pages(NAMED[name])
    page = made["site/s/x.html"]
    assert parsed(page)[1].count(said) >= 10
    for reader in (by_github, by_mkdocs):
        assert parsed(reader(f"before {text(said)} after"))[1].strip() == f"before {said} after"
        cells = parsed(reader(f"| a | b |\n|---|---|\n| {text(said)} | {code(said, in_table=True)} |"))[1]
        assert cells.count(said) == 2, reader.__name__
    assert not set(page) & set("\x00\x1b\x07\x7f\x9f\u202e\u2066")
