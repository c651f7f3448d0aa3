"""Layouts in tests: a text read, laid out, compared; pages of Markdown in which each case is a text and its layout."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from slocompiler.diagnostics import Diagnostic
from slocompiler.formats.text import render
from slocompiler.record import fields
from slocompiler.source import Source
from slocompiler.syntax import tree as t
from slocompiler.syntax.format import layout
from slocompiler.syntax.parse import parse
from support.compile import ROOT

PAGES = sorted((ROOT / "tests" / "syntax" / "format" / "layouts").glob("*.md"))
SHIPPED = sorted([*(ROOT / "examples").rglob("*.slo"), *(ROOT / "slocompiler").rglob("*.slo")])
"""Files that have the layout."""
CASE = re.compile(
    r"^```slo\n(?P<before>(?:(?!```).*\n)*)```\n\n```slo after\n(?P<after>(?:(?!```).*\n)*)```$", re.MULTILINE
)


def read(text: str) -> tuple[t.File, list[Diagnostic]]:
    """The tree of a text, and its syntax errors."""
    file, problems = parse(Source("test.slo", text))
    return file, [problem for problem in problems if problem.code < "E2"]


def fmt(text: str) -> str:
    """The layout of a text without syntax errors."""
    file, problems = read(text)
    assert not problems, f"{text}\n{render(problems[0])}"
    return layout(file)


def parts(node: Any) -> list[Any]:
    """What a node, or a tuple of nodes, consists of, without its place."""
    if isinstance(node, t.Node):
        return [getattr(node, name) for name in fields(type(node)) if name != "span"]
    return list(node) if isinstance(node, tuple) else []


def meaning(text: str) -> Any:
    """The tree of a text without its places, as lists."""

    def listed(node: Any) -> Any:
        return [type(node).__name__, *map(listed, parts(node))] if isinstance(node, t.Node | tuple) else node

    return listed(read(text)[0].declarations)


def filled(page: Path) -> str:
    """The page with the layouts that are made now."""

    def fill(match: re.Match[str]) -> str:
        return f"```slo\n{match['before']}```\n\n```slo after\n{fmt(match['before'])}```"

    return CASE.sub(fill, page.read_text(encoding="utf-8"))


def texts_of(page: Path) -> list[str]:
    """The texts of a page and their layouts."""
    text = page.read_text(encoding="utf-8")
    found = [match.group("before", "after") for match in CASE.finditer(text)]
    assert len(found) == text.count("\n## ") > 0, f"{page.name}: a case below each heading"
    return [part for case in found for part in case]
