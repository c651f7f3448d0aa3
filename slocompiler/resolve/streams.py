"""Events: streams and metrics, narrowed and added up, to counters with matchers."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Iterable
from itertools import chain

from slocompiler.diagnostics import Diagnostic
from slocompiler.fixes import correct, edits
from slocompiler.ir import Matcher
from slocompiler.record import changed, record
from slocompiler.resolve.context import Reading
from slocompiler.resolve.damage import DAMAGED, Damaged, damage, known, value_or
from slocompiler.resolve.resolved import Choice, Term, text_of
from slocompiler.resolve.settings import second
from slocompiler.suggest import did_you_mean
from slocompiler.syntax import tree as t

_UNREAD = re.compile(r"[ \t]*[{(\[=!<>~]")
"""Behind a bare name: what belonged to it was lost in a syntax error, which is told already."""
_PERCENTILE = re.compile(r"[pP]([0-9]{2,5})")
_NOTHING = re.compile(r"(?:\s|#[^\n]*\n)*")


class Streams:
    """The streams that one block declares; nothing of another block's is seen here."""

    def __init__(self, items: Iterable[t.Statement], reading: Reading, parameters: Container[str] = ()) -> None:
        self.reading, self.parameters = reading, parameters
        self.definitions: dict[str, t.StreamDef] = {}
        self._resolved: dict[str, tuple[Term | Damaged, ...]] = {}
        for item in items:
            if isinstance(item, t.StreamDef) and not item.name.is_stand_in:
                first = self.definitions.setdefault(item.name.text, item)
                if first is not item:
                    reading.problems.append(second(f"a second stream `{item.name.text}`", item.name, first.name))
        for name in self.definitions:
            self._resolve(name)

    def all(self) -> list[tuple[t.StreamDef, tuple[Term | Damaged, ...]]]:
        """Every stream with its counters."""
        return [(definition, self._resolved[name]) for name, definition in self.definitions.items()]

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

    def _stream(self, definition: t.StreamDef) -> tuple[Term | Damaged, ...]:
        exclude = self.choices(definition.exclude, definition.reason) if definition.exclude else ()
        terms = self.sum(definition.sum)
        excluding = (changed(term, exclude=term.exclude + known(exclude)) for term in known(terms))
        return (*excluding, *damage((*terms, *exclude)))

    def sum(self, node: t.Sum) -> tuple[Term | Damaged, ...]:
        """The counters of a sum."""
        terms: list[Term | Damaged] = []
        for item in node.terms:
            if isinstance(item, t.Filter):
                terms.append(DAMAGED)
                help = 'write the metric before the braces, or in them as a string: `{"a.metric"}`'
                self.reading.problems.append(Diagnostic("E106", "this selector has no metric", item.span, help=help))
            else:
                terms += self.terms(item)
        if node.unit or node.native:
            alike = (changed(x, unit=node.unit or x.unit, native=node.native or x.native) for x in known(terms))
            return (*alike, *damage(terms))
        return tuple(terms)

    def terms(self, node: t.Selector) -> tuple[Term | Damaged, ...]:
        """The counters of a stream or a metric."""
        if isinstance(node.name, t.Param):
            return (DAMAGED,)
        said = self._matchers(node.filter) if node.filter else []
        own = _first(known(said))
        if isinstance(node, Passed):
            return (*_narrowed(node, node.streams.terms(node.of), own), *damage(said))
        name = text_of(node.name)
        if isinstance(node.name, t.Name) and name in self.definitions:
            if name not in self._resolved:
                problem = Diagnostic("E205", f"the stream `{name}` uses itself", node.span)
                self.reading.problems.append(problem)
                return (DAMAGED,)
            return (*_narrowed(node, self._resolved[name], own), *damage(said))
        if node.filter is None:
            self._unknown(name, node)
            return (DAMAGED,)
        return (Term(node.span, name, tuple(own), (), None, False, tuple(own.values())), *damage(said))

    def choices(self, node: t.Filters, reason: t.TextLike | None = None) -> tuple[Choice | Damaged, ...]:
        """The filters of `{…} or {…}`, with the reason why they are excluded."""
        text = self.reading.text(reason) if reason else ""
        filters = (self.choice(choice) if isinstance(choice, t.Filter) else (DAMAGED,) for choice in node.choices)
        found = tuple(chain.from_iterable(filters))
        reasoned = (changed(choice, reason=value_or(text, "")) for choice in known(found))
        return (*reasoned, *damage((*found, text)))

    def choice(self, node: t.Filter) -> tuple[Choice | Damaged, ...]:
        """One filter, as far as its matchers are known."""
        said = self._matchers(node)
        own = _first(known(said))
        return (Choice(node.span, tuple(own), tuple(own.values())), *damage(said))

    def _matchers(self, node: t.Filter) -> list[tuple[Matcher, t.Matcher] | Damaged]:
        """Each matcher with its value, as it is written."""
        values = ((said, self.reading.text(said.value)) for said in node.matchers)
        return [
            DAMAGED if isinstance(value, Damaged) else (Matcher(text_of(said.label), said.op, value), said)
            for said, value in values
        ]

    def _unknown(self, name: str, node: t.Selector) -> None:
        if node.name.is_stand_in or _is_cut_off(node):
            return
        if name in self.parameters:
            help = f"for the parameter, write `${name}`"
            fixes = edits(f"write `${name}`", (node.name.span, f"${name}"))
        else:
            fixes = correct(node.name.span, name, self.definitions)
            percentile = _PERCENTILE.fullmatch(name)
            fixes = fixes or (() if percentile else edits(f"write `{name}{{}}`", (node.name.span.after, "{}")))
            help = (
                did_you_mean(name, self.definitions)
                or (_of_percentile(percentile[1]) if percentile else "")
                or f"for a metric, write `{name}{{}}`; for a stream, declare `events {name} = …` in the service"
            )
        problem = Diagnostic("E205", f"there is no stream `{name}`", node.span, help=help, fixes=fixes)
        self.reading.problems.append(problem)


def _of_percentile(digits: str) -> str:
    """The help for `p99`, or `p999`: a target says how many events are below a bound."""
    target = f"{digits[:2]}{'.' if digits[2:] else ''}{digits[2:]}%"
    return f"the target is the percentile: `slo NAME {target} over 30d` with `good below 300ms`"


def _is_cut_off(node: t.Selector) -> bool:
    """Whether a syntax error parted it from what stands around it: then it may be no stream's name at all."""
    source, start = node.span.source, node.span.start
    at = bisect_right(source.damage, start)
    beside = at and _NOTHING.fullmatch(source.text, source.damage[at - 1], start)
    return bool(beside or _UNREAD.match(source.text, node.span.end))


def _first(said: Iterable[tuple[Matcher, t.Matcher]]) -> dict[Matcher, t.Matcher]:
    """Each matcher once, with the first that says it."""
    found: dict[Matcher, t.Matcher] = {}
    for matcher, node in said:
        found.setdefault(matcher, node)
    return found


@record
class Passed(t.Selector):
    """A stream that was handed over as `of`: its name means what it means where it was handed over."""

    of: t.Selector
    streams: Streams


def _narrowed(
    node: t.Selector, terms: tuple[Term | Damaged, ...], own: dict[Matcher, t.Matcher]
) -> tuple[Term | Damaged, ...]:
    """Of several terms of one metric the first: that they are added is told at the stream, and must not multiply."""
    first: dict[str, Term] = {}
    for term in known(terms):
        first.setdefault(term.metric, term)
    return (*(changed(x, span=node.span, **_united(x, own)) for x in first.values()), *damage(terms))


def _united(term: Term, own: dict[Matcher, t.Matcher]) -> dict[str, object]:
    """All matchers of both, each once."""
    said = dict(zip(term.matchers, term.nodes, strict=True))
    for matcher, node in own.items():
        said.setdefault(matcher, node)
    return {"matchers": tuple(said), "nodes": tuple(said.values())}
