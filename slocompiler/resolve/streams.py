"""Events: streams and metrics, narrowed and added up, to counters with matchers."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Iterable

from slocompiler.diagnostics import Diagnostic
from slocompiler.ir import Matcher
from slocompiler.record import changed, record
from slocompiler.resolve.context import Reading
from slocompiler.resolve.resolved import Choice, Term, stands_in, text_of
from slocompiler.resolve.settings import second
from slocompiler.suggest import did_you_mean
from slocompiler.syntax import tree as t

_UNREAD = re.compile(r"[ \t]*[{(\[=!<>~]")
"""Behind a bare name: what belonged to it was lost in a syntax error, which is told already."""
_NOTHING = re.compile(r"(?:\s|#[^\n]*\n)*")


class Streams:
    """The streams that one block declares; nothing of another block's is seen here."""

    def __init__(self, items: Iterable[t.Statement], reading: Reading, parameters: Container[str] = ()) -> None:
        self.reading, self.parameters = reading, parameters
        self.definitions: dict[str, t.StreamDef] = {}
        self._resolved: dict[str, tuple[tuple[Term, ...], bool]] = {}
        """With whether something in it is unknown."""
        for item in items:
            if isinstance(item, t.StreamDef) and not stands_in(item.name):
                first = self.definitions.setdefault(item.name.text, item)
                if first is not item:
                    reading.problems.append(second(f"a second stream `{item.name.text}`", item.name, first.name))
        for name in self.definitions:
            self._resolve(name)

    def all(self) -> list[tuple[t.StreamDef, tuple[Term, ...]]]:
        """Every stream with its counters."""
        return [(definition, self._resolved[name][0]) for name, definition in self.definitions.items()]

    def _resolve(self, start: str) -> None:
        """A stream after those of which it is made, without recursion: a chain may be long."""
        trail = {} if start in self._resolved else {start: self._names(start)}
        while trail:
            name, ahead = next(reversed(trail.items()))
            if not ahead:
                self._resolved[name] = self._stream(self.definitions[name])
                del trail[name]
            elif ahead[-1] in self._resolved or ahead[-1] in trail:
                ahead.pop()
            else:
                trail[ahead[-1]] = self._names(ahead[-1])

    def _names(self, name: str) -> list[str]:
        """The streams of this block that a stream is made of, the first at the end."""
        own = (x.name for x in self.definitions[name].sum.terms if isinstance(x, t.Selector) and type(x) is not Passed)
        return [x.text for x in own if isinstance(x, t.Name) and x.text in self.definitions][::-1]

    def _stream(self, definition: t.StreamDef) -> tuple[tuple[Term, ...], bool]:
        before, self.reading.unknown = self.reading.unknown, False
        exclude = self.choices(definition.exclude) if definition.exclude else ()
        terms = [changed(term, exclude=term.exclude + exclude) for term in self.sum(definition.sum)]
        unknown, self.reading.unknown = self.reading.unknown, before
        return tuple(terms), unknown

    def sum(self, node: t.Sum) -> tuple[Term, ...]:
        """The counters of a sum."""
        terms: list[Term] = []
        for item in node.terms:
            if isinstance(item, t.Filter):
                self.reading.unknown = True
                help = 'a metric stands before its braces, or first in them as a string: `{"a.metric"}`'
                self.reading.problems.append(Diagnostic("E106", "these braces name no metric", item.span, help=help))
            else:
                terms += self.terms(item)
        if node.unit or node.native:
            return tuple(changed(x, unit=node.unit or x.unit, native=node.native or x.native) for x in terms)
        return tuple(terms)

    def terms(self, node: t.Selector) -> tuple[Term, ...]:
        """The counters of a stream or a metric."""
        if isinstance(node.name, t.Param):
            self.reading.unknown = True
            return ()
        own = self._matchers(node.filter) if node.filter else {}
        if isinstance(node, Passed):
            return _narrowed(node, node.streams.terms(node.of), own)
        name = text_of(node.name)
        if isinstance(node.name, t.Name) and name in self.definitions:
            if name not in self._resolved:
                self.reading.unknown = True
                problem = Diagnostic("E205", f"the stream `{name}` is made of itself", node.span)
                self.reading.problems.append(problem)
                return ()
            terms, unknown = self._resolved[name]
            self.reading.unknown |= unknown
            return _narrowed(node, terms, own)
        if node.filter is None:
            self._unknown(name, node)
            return ()
        return (Term(node.span, name, tuple(own), (), None, False, tuple(own.values())),)

    def choices(self, node: t.Filters) -> tuple[Choice, ...]:
        """The filters of `{…} or {…}`."""
        self.reading.unknown |= any(isinstance(choice, t.Param) for choice in node.choices)
        return tuple(self.choice(choice) for choice in node.choices if isinstance(choice, t.Filter))

    def choice(self, node: t.Filter) -> Choice:
        """One filter."""
        own = self._matchers(node)
        return Choice(node.span, tuple(own), tuple(own.values()))

    def _matchers(self, node: t.Filter) -> dict[Matcher, t.Matcher]:
        """Each matcher once, with the first that says it."""
        found: dict[Matcher, t.Matcher] = {}
        for said in node.matchers:
            found.setdefault(Matcher(text_of(said.label), said.op, self.reading.text(said.value)), said)
        return found

    def _unknown(self, name: str, node: t.Selector) -> None:
        self.reading.unknown = True
        if stands_in(node.name) or self._was_torn(node):
            return
        if name in self.parameters:
            help = f"a parameter has a dollar sign: `${name}`"
        else:
            help = (
                did_you_mean(name, self.definitions)
                or f"a metric has braces: `{name}{{}}`; a stream is declared in the service: `events {name} = …`"
            )
        self.reading.problems.append(Diagnostic("E205", f"there is no stream `{name}`", node.span, help=help))

    def _was_torn(self, node: t.Selector) -> bool:
        """Whether a syntax error parted it from what stands around it: then it may be no stream's name at all."""
        source, start = node.span.source, node.span.start
        file = self.reading.broken.get(source)
        at = bisect_right(file.broken, start) if file else 0
        beside = file and at and _NOTHING.fullmatch(source.text, file.broken[at - 1], start)
        return bool(beside or _UNREAD.match(source.text, node.span.end))


@record
class Passed(t.Selector):
    """A stream that was handed over as `of`: its name means what it means where it was handed over."""

    of: t.Selector
    streams: Streams


def _narrowed(node: t.Selector, terms: tuple[Term, ...], own: dict[Matcher, t.Matcher]) -> tuple[Term, ...]:
    """Of several terms of one metric the first: that they are added is told at the stream, and must not multiply."""
    first: dict[str, Term] = {}
    for term in terms:
        first.setdefault(term.metric, term)
    return tuple(changed(x, span=node.span, **_united(x, own)) for x in first.values())


def _united(term: Term, own: dict[Matcher, t.Matcher]) -> dict[str, object]:
    """All matchers of both, each once."""
    said = dict(zip(term.matchers, term.said, strict=True))
    for matcher, node in own.items():
        said.setdefault(matcher, node)
    return {"matchers": tuple(said), "said": tuple(said.values())}
