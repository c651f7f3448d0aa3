"""The pages that people read, `README.md` and those in `docs/`: their code blocks, and what the outputs on them must be.

The words behind a block's language say what it is:

- `slo` is a program that compiles without a warning; `slo file=org.slo` can be imported by the programs below it.
- `slo in=service` and `slo in=slo` are statements. They are compiled inside a service, or an SLO, that has the rest.
- `yaml` and `yaml file=sloc.yaml` are project files; the programs below the latter are compiled with it.
- `output …` is what a command prints, or a part of what a build writes. `pytest --update` rewrites it.
"""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent
from typing import NamedTuple

from slocompiler.compiler import analyse
from slocompiler.diagnostics import Diagnostic
from slocompiler.ir import Program
from slocompiler.project import Project, load
from slocompiler.source import Source
from support.compile import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)(?: ([^\n]*))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PLACES = {
    "service": (
        ("owner", '"storefront"'),
        ("stakeholders", '"product"'),
        ("runbook", '"https://runbooks.example.org/shop"'),
    ),
    "slo": (("events", "requests"), ("bad", '{code=~"5.."}'), ("because", '"Above 0.1% the support queue doubles."')),
}
"""What the block around a statement has besides it, unless the statement replaces it."""
MEASURES = {"events", "good", "bad", "slices"}
"""An SLO that has one of them says itself what it measures."""


class Block(NamedTuple):
    """A fenced block of a page."""

    kind: str
    about: str
    """The words behind the language."""
    text: str
    start: int
    """Where it begins in the page."""

    @property
    def file(self) -> str:
        """The name of the file that it shows, "" for none."""
        return self.about.removeprefix("file=") if self.about.startswith("file=") else ""

    @property
    def program(self) -> str:
        """The text of an `slo` block, with what stands around a statement."""
        place = self.about.removeprefix("in=")
        return inside(place, self.text) if place in PLACES else self.text


def inside(place: str, statements: str) -> str:
    """A whole program around statements of a service or of an SLO."""
    service = _around("service", statements if place == "service" else "")
    slo = _around("slo", statements if place == "slo" else "")
    stream = '\nevents requests = http_requests_total{job="shop"}\n'
    stream = stream if "requests" in slo and stream.strip().partition("{")[0] not in service else ""
    body = f"{service}{stream}\nslo availability 99.9% over 30d {{\n{indent(slo, '  ')}}}\n"
    return f"service shop {{\n{indent(body, '  ')}}}\n"


def _around(place: str, statements: str) -> str:
    said = set(re.findall(r"^(\w+)", statements, re.MULTILINE))
    said |= MEASURES | {"events", "bad"} if said & MEASURES else set()
    rest = [(word, argument) for word, argument in PLACES[place] if word not in said]
    width = max((len(word) for word, _ in rest), default=0)
    return "".join(f"{word:{width}} {argument}\n" for word, argument in rest) + (
        f"\n{statements}" if statements else ""
    )


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
        """The files that the page shows before this place."""
        return {b.file: Source(b.file, b.text) for b in self.blocks if b.file and b.start < before}

    def above(self, place: int) -> Block:
        """The last program before this place."""
        return [block for block in self.blocks if block.kind == "slo" and block.start < place][-1]

    def compile(self, block: Block, text: str = "") -> tuple[Program | None, list[Diagnostic]]:
        """The program of an `slo` block, or of another text in its place, and what is wrong with it."""
        known = self.files(block.start)
        project = load(known["sloc.yaml"])[0] if "sloc.yaml" in known else Project()
        source = Source(block.file or "shop.slo", text or block.program)
        return analyse([source], project, read=lambda path: known.get(path, _std(path)))


def _std(path: str) -> Source | str:
    """What is imported from elsewhere: only the library that ships."""
    from slocompiler.cli.session import reader

    return reader(ROOT)(path) if path.startswith("<std>/") else "it is not on this page"


def page(path: Path) -> Page:
    """Read a page."""
    text = path.read_text(encoding="utf-8")
    found = (Block(m[1], m[2] or "", m[3], m.start()) for m in BLOCK.finditer(text))
    return Page(path, text, tuple(found))
