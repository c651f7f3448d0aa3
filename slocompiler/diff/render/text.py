"""A comparison as plain text. A terminal adds colors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import wrap

from slocompiler.diff.change import Case, Comparison, Detail, Entry, Side
from slocompiler.diff.render import figures
from slocompiler.diff.render.summary import sentence
from slocompiler.explain.phrases import Phrase, plain
from slocompiler.explain.words import plural
from slocompiler.record import replace
from slocompiler.visible import visible

WIDTH = 118
LABEL = 14
"""Columns of the kind before a change."""


def render(found: Comparison, base: Side, head: Side) -> str:
    """The sentence, then every change with the SLOs that it affects."""
    lines = [f"{visible(base.name)} → {visible(head.name)}", f"{_words(sentence(found, base))}."]
    for error in base.errors:
        lines += ["", *(f"  {visible(line)}".rstrip() for line in error.split("\n"))]
    for entry in found.entries:
        lines += ["", *_entry(entry)]
    notes = [found.delays, figures.cost(found.cost) if found.cost else ""]
    lines += [line for note in notes if note for line in ("", *wrap(note, WIDTH))]
    return "".join(f"{line}\n" for line in lines)


def merged(entry: Entry) -> list[Case]:
    """The cases that read differently. SLOs with other values, but with the same text, become one case."""
    alike: dict[Detail, list[str]] = {}
    for case in entry.cases:
        detail = replace(case.detail, before=None, after=None)
        alike.setdefault(detail, []).extend(case.slos)
    return [Case(tuple(sorted(slos)), detail) for detail, slos in alike.items()]


def _entry(entry: Entry) -> Iterator[str]:
    likewise = "" if entry.alike else f"; likewise for {plural(len(entry.slos) - 1, 'other')}"
    yield f"{entry.kinds[0]:<{LABEL}}{_words(entry.what)}{likewise}"
    yield from _indented([f"in {_words(figures.where(entry.location))}"], 0)
    for case in merged(entry):
        yield from _indented(wrap(", ".join(case.slos), WIDTH - LABEL, break_on_hyphens=False), 0)
        for note in case.detail.notes:
            yield from _indented(wrap(_words(note), WIDTH - LABEL - 2), 2)
        yield from _indented(figures.budget(case.detail), 2)
        for line in case.detail.lines:
            yield from _indented([figures.line(*line)], 2)
            yield from _indented((f"{share:<16} {when}" for share, when in figures.seen(*line)), 4)


def _words(phrase: Phrase) -> str:
    return visible(plain(phrase))


def _indented(lines: Iterable[str], more: int) -> Iterator[str]:
    for line in lines:
        yield " " * (LABEL + more) + line
