"""Settings of SLOs, templates, services and defaults: the nearest one applies, or, for links, labels, maintenance and
exceptions, all add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

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
        self._own: dict[type[t.Statement], list[Any]] = {}
        for item in items:
            self._own.setdefault(type(item), []).append(item)
        nearest = {kind: found[0] for kind, found in self._own.items()}
        self._nearest: dict[type[t.Statement], Any] = outer._nearest | nearest if outer else nearest
        for kind, found in self._own.items():
            if len(found) > 1 and kind not in REPEATED:
                problems += (_again(one, found[0]) for one in found[1:])
        names: dict[str, t.Label] = {}
        for entry in self._own[t.Labels][0].entries if t.Labels in self._own else ():
            first = names.setdefault(t.text_of(entry.name), entry)
            if first is not entry:
                problems.append(second(f"a second label `{t.text_of(entry.name)}`", entry.name, first.name))

    def each(self, kind: type[S]) -> Sequence[S]:
        """The statements of this block itself, of one kind."""
        return self._own.get(kind, ())

    def own(self, kind: type[S]) -> S | None:
        """The first of them."""
        found = self._own.get(kind)
        return found[0] if found else None

    def find(self, kind: type[S]) -> S | None:
        """The nearest statement of a kind."""
        return self._nearest.get(kind)

    def all(self, kind: type[S]) -> list[S]:
        """All links, maintenance or exceptions, those of the outermost block first."""
        if kind not in self._nearest:
            return []  # the usual case
        blocks: list[Settings] = [self]
        while blocks[-1].outer:  # no recursion: every import is a block
            blocks.append(blocks[-1].outer)
        return [item for block in reversed(blocks) for item in block.each(kind)]

    def labels(self) -> tuple[t.Label, ...]:
        """All labels in the order of their names; of one name, the nearest."""
        if t.Labels not in self._nearest:
            return ()  # the usual case
        merged: dict[str, t.Label] = {}
        settings: Settings | None = self
        while settings:
            labels = settings.own(t.Labels)
            for entry in labels.entries if labels else ():
                merged.setdefault(t.text_of(entry.name), entry)
            settings = settings.outer
        return tuple(merged[name] for name in sorted(merged))


def _again(item: t.Statement, first: t.Statement) -> Diagnostic:
    """E202 for a statement that may be given once."""
    word, here = item.span.word, (Label(first.span.word, "the first is here"),)
    keyword = "no data is" if isinstance(item, t.NoDataIs) else word.text
    fixes = either_of(item.span, first.span)
    return Diagnostic("E202", f"`{keyword}` is given twice", word, here, "remove one of them", fixes)


def either_of(again: Span, first: Span) -> tuple[Fix, ...]:
    """Fixes that remove one of two statements; of two identical ones, only the second."""
    same = again.text == first.text
    other = () if same else remove("remove the first", first)
    return remove("remove the second", again, safe=same) + other


def second(message: str, again: t.Node, first: t.Node) -> Diagnostic:
    """E201 for a name that is already taken."""
    here = (Label(first.span, "the first is here"),)
    return Diagnostic("E201", message, again.span, here, "rename one of them")
