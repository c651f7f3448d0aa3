"""The pages that people read, `README.md` and those in `docs/`, and their code blocks.

The words after a block's language name its kind:

- `slo` is a program that compiles without a warning; `slo file=org.slo` can be imported by the programs below it.
- `slo in=service` and `slo in=slo` are statements. They are compiled inside a service, or an SLO, that has the rest.
- `yaml` and `yaml file=sloc.yaml` are project files; the programs below the latter are compiled with it.
- `output …` is what a command prints, or a part of what a build writes: see `page_outputs.py`. `pytest --update` rewrites it.
- `python` is a program that runs after those above it on the page.
- `lua`, `toml` and `elisp` are settings of editors: `tests/lsp/test_editors.py` uses them.
- `sh` has shell commands, `text` has text, and `file=…` names any other file.
"""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent
from typing import NamedTuple

from slocompiler.cli.sources import reader
from slocompiler.compiler import analyse
from slocompiler.diagnostics import Diagnostic
from slocompiler.ir import Program
from slocompiler.project import Project, load
from slocompiler.source import Source
from support.compile import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)(?: ([^\n]*))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SCAFFOLD = {
    "service": (
        ("owner", '"storefront"'),
        ("stakeholders", '"product"'),
        ("runbook", '"https://runbooks.example.org/shop"'),
    ),
    "slo": (("events", "requests"), ("bad", '{code=~"5.."}'), ("because", '"Above 0.1% the support queue doubles."')),
}
"""The statements of the block around a fragment, unless the fragment has them itself."""
MEASURES = {"events", "good", "bad", "slices"}
"""A fragment that has one of them replaces them all."""


class Block(NamedTuple):
    """A fenced block of a page."""

    kind: str
    about: str
    """The words after the language."""
    text: str
    start: int
    """Its offset in the page."""

    @property
    def file(self) -> str:
        """The name of the file that it contains, "" for none."""
        return self.about.removeprefix("file=") if self.about.startswith("file=") else ""

    @property
    def within(self) -> str:
        """`service` or `slo` for a fragment, "" for a whole program."""
        return self.about.removeprefix("in=") if self.about.startswith("in=") else ""

    @property
    def program(self) -> str:
        """The text of an `slo` block; a fragment inside its scaffold."""
        return inside(self.within, self.text) if self.within else self.text


def inside(block: str, fragment: str) -> str:
    """A program around the statements of a service or of an SLO."""
    service = _around("service", fragment if block == "service" else "")
    slo = _around("slo", fragment if block == "slo" else "")
    stream = '\nevents requests = http_requests_total{job="shop"}\n'
    stream = stream if "requests" in slo and stream.strip().partition("{")[0] not in service else ""
    body = f"{service}{stream}\nslo availability 99.9% over 30d {{\n{indent(slo, '  ')}}}\n"
    return f"service shop {{\n{indent(body, '  ')}}}\n"


def _around(block: str, fragment: str) -> str:
    present = set(re.findall(r"^(\w+)", fragment, re.MULTILINE))
    present |= MEASURES if present & MEASURES else set()
    rest = [(word, argument) for word, argument in SCAFFOLD[block] if word not in present]
    width = max((len(word) for word, _ in rest), default=0)
    return "".join(f"{word:{width}} {argument}\n" for word, argument in rest) + (f"\n{fragment}" if fragment else "")


class Page(NamedTuple):
    """A page and its blocks."""

    path: Path
    text: str
    blocks: tuple[Block, ...]

    @property
    def name(self) -> str:
        """Its path in the repository."""
        return self.path.relative_to(ROOT).as_posix()

    def files(self, before: int) -> dict[str, Source]:
        """The files on the page before this offset."""
        return {b.file: Source(b.file, b.text) for b in self.blocks if b.file and b.start < before}

    def above(self, offset: int) -> Block:
        """The last program before this offset; the first of the page if there is none."""
        programs = [block for block in self.blocks if block.kind == "slo"]
        return next((block for block in reversed(programs) if block.start < offset), programs[0])

    def compile(self, block: Block, text: str = "") -> tuple[Program | None, list[Diagnostic]]:
        """The program of an `slo` block, or of a text that replaces it, and its diagnostics."""
        known = self.files(block.start)
        project = load(known["sloc.yaml"])[0] if "sloc.yaml" in known else Project()
        source = Source(block.file or "shop.slo", text or block.program)
        return analyse([source], project, read=lambda path: known.get(path, _std(path)))


def _std(path: str) -> Source | str:
    """The library that ships with sloc; a page imports nothing else that it does not contain."""
    return reader(ROOT)(path) if path.startswith("<std>/") else "it is not on this page"


def page(path: Path) -> Page:
    """Read a page."""
    text = path.read_text(encoding="utf-8")
    found = (Block(m[1], m[2] or "", m[3], m.start()) for m in BLOCK.finditer(text))
    return Page(path, text, tuple(found))
