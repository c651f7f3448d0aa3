"""Settings of SLOs, templates, services and defaults: the nearest one applies, or, for links, labels, maintenance and
exceptions, all add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar, cast

from slocompiler.diagnostics import Diagnostic, Fix, Label
from slocompiler.fixes import remove
from slocompiler.source import Span
from slocompiler.syntax import tree as t

S = TypeVar("S", bound=t.Statement)
ADDED = (t.Link, t.Maintenance, t.Except)
"""Statements that add up with those of the blocks around."""
REPEATED = (*ADDED, t.StreamDef, t.Slo, t.Use, t.Risk, t.Feedback, t.Allow, t.Exclude, t.TargetFor, t.Measure)
"""Statements that may be repeated; a second `good` or `bad` is reported in `service.py`."""


class Settings:
    """The statements of one block; `outer` is the block around it, or the defaults."""

    def __init__(self, items: Iterable[t.Statement], outer: Settings | None, problems: list[Diagnostic]) -> None:
        self.outer = outer
        self._once: dict[type[t.Statement], t.Statement] = {}
        self._added: list[t.Statement] = []
        for item in items:
            kind = type(item)
            if isinstance(item, ADDED):
                self._added.append(item)
            elif kind not in REPEATED and self._once.setdefault(kind, item) is not item:
                word, first = item.span.word, self._once[kind].span.word
                here = (Label(first, "the first is here"),)
                keyword = "no data is" if kind is t.NoDataIs else word.text
                fixes = either_of(item.span, self._once[kind].span)
                problems.append(
                    Diagnostic("E202", f"`{keyword}` is given twice", word, here, "remove one of them", fixes)
                )
        labels = self.own(t.Labels)
        names: dict[str, t.Label] = {}
        for entry in labels.entries if labels else ():
            first_entry = names.setdefault(t.text_of(entry.name), entry)
            if first_entry is not entry:
                problems.append(second(f"a second label `{t.text_of(entry.name)}`", entry.name, first_entry.name))

    def own(self, kind: type[S]) -> S | None:
        """The statement of this block itself."""
        return cast("S | None", self._once.get(kind))

    def find(self, kind: type[S]) -> S | None:
        """The nearest statement of a kind."""
        settings: Settings | None = self
        while settings:
            found = settings._once.get(kind)
            if found:
                return cast(S, found)
            settings = settings.outer
        return None

    def all(self, kind: type[S]) -> Iterator[S]:
        """All links, maintenance or exceptions, those of the outermost block first."""
        blocks: list[Settings] = [self]
        while blocks[-1].outer:  # no recursion: every import is a block
            blocks.append(blocks[-1].outer)
        for block in reversed(blocks):
            yield from (item for item in block._added if isinstance(item, kind))

    def labels(self) -> tuple[t.Label, ...]:
        """All labels in the order of their names; of one name, the nearest."""
        merged: dict[str, t.Label] = {}
        settings: Settings | None = self
        while settings:
            labels = settings.own(t.Labels)
            for entry in labels.entries if labels else ():
                merged.setdefault(t.text_of(entry.name), entry)
            settings = settings.outer
        return tuple(merged[name] for name in sorted(merged))


def either_of(again: Span, first: Span) -> tuple[Fix, ...]:
    """Fixes that remove one of two statements; of two identical ones, only the second."""
    same = again.text == first.text
    other = () if same else remove("remove the first", first)
    return remove("remove the second", again, safe=same) + other


def second(message: str, again: t.Node, first: t.Node) -> Diagnostic:
    """E201 for a name that is already taken."""
    here = (Label(first.span, "the first is here"),)
    return Diagnostic("E201", message, again.span, here, "rename one of them")
