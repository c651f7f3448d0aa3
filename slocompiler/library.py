"""The library that ships with sloc: the files of `import "std/…"`, and what the comment at the top of each says."""

from __future__ import annotations

from slocompiler.record import record
from slocompiler.resources import names, resource

FOLDER, ENDING = "std", ".slo"


@record
class Entry:
    """A file of the library."""

    name: str
    """What stands between `std/` and `.slo` in an import."""
    text: str
    title: str
    """One sentence: what the templates of the file are for."""
    uses: tuple[str, ...]
    """A statement for each of its templates, with values of an example."""
    notes: tuple[str, ...]
    """Paragraphs: what the exporter must be configured for, where its names are from, what to know about them."""
    templates: str
    """The file without the comment."""


def entries() -> list[Entry]:
    """The files of the library, by their names."""
    return [entry(name) for name in names("slocompiler", FOLDER, ENDING)]


def entry(name: str) -> Entry:
    """A file of the library, which has to be there. Its comment is a title, then paragraphs; those that are indented are uses."""
    text = resource("slocompiler", f"{FOLDER}/{name}{ENDING}")
    head, templates = text.split("\n\n", 1)
    title, *others = "\n".join(line[2:] for line in head.split("\n")).split("\n\n")
    uses = [line.strip() for one in others if one.startswith(" ") for line in one.split("\n")]
    notes = [" ".join(one.split()) for one in others if not one.startswith(" ")]
    return Entry(name=name, text=text, title=title, uses=tuple(uses), notes=_parts(notes), templates=templates)


def _parts(notes: list[str]) -> tuple[str, ...]:
    """`Source:` begins a paragraph of its own."""
    return tuple(part for note in notes for part in note.replace(" Source: ", "\nSource: ").split("\n"))
