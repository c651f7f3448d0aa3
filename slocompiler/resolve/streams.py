"""Resolves events: streams and metrics, filtered and added, become counters with matchers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterable

from slocompiler.diagnostics import Diagnostic
from slocompiler.fixes import correct, edits
from slocompiler.ir import Matcher, shared_matcher
from slocompiler.pattern import lazy_pattern
from slocompiler.record import record, replace
from slocompiler.resolve.context import Reading
from slocompiler.resolve.damage import DAMAGED, Damaged, damage, known, value_or
from slocompiler.resolve.resolved import Choice, Term
from slocompiler.resolve.settings import second
from slocompiler.suggest import did_you_mean
from slocompiler.syntax import tree as t

_UNREAD = lazy_pattern(r"[ \t]*[{(\[=!<>~]")
"""Follows a name whose braces are lost in a syntax error."""
_PERCENTILE = lazy_pattern(r"[pP]([0-9]{2,5})")
_NOTHING = lazy_pattern(r"(?:\s|#[^\n]*\n)*")


class Streams:
    """The streams that one block declares. Streams of other blocks are not visible here."""

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
        """Resolve a stream after those that it uses, without recursion: a chain may be long."""
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
        """The streams of this block that a stream uses, in reverse order."""
        own = (x.name for x in self.definitions[name].sum.terms if isinstance(x, t.Selector) and type(x) is not Passed)
        return [x.text for x in own if isinstance(x, t.Name) and x.text in self.definitions][::-1]

    def _stream(self, definition: t.StreamDef) -> tuple[Term | Damaged, ...]:
        exclude = self.choices(definition.exclude, definition.reason) if definition.exclude else ()
        terms = self.sum(definition.sum)
        excluding = (replace(term, exclude=term.exclude + known(exclude)) for term in known(terms))
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
            alike = (replace(x, unit=node.unit or x.unit, native=node.native or x.native) for x in known(terms))
            return (*alike, *damage(terms))
        return tuple(terms)

    def terms(self, node: t.Selector) -> tuple[Term | Damaged, ...]:
        """The counters of a stream or a metric."""
        if isinstance(node.name, t.Param):
            return (DAMAGED,)
        matchers = self._matchers(node.filter) if node.filter else []
        own = _first(known(matchers))
        if isinstance(node, Passed):
            return (*_narrowed(node, node.streams.terms(node.of), own), *damage(matchers))
        name = t.text_of(node.name)
        if isinstance(node.name, t.Name) and name in self.definitions:
            if name not in self._resolved:
                self.reading.problems.append(_circular(name, node))
                return (DAMAGED,)
            return (*_narrowed(node, self._resolved[name], own), *damage(matchers))
        if node.filter is None:
            self._unknown(name, node)
            return (DAMAGED,)
        return (Term(node.span, name, tuple(own), (), None, False, tuple(own.values())), *damage(matchers))

    def choices(self, node: t.Filters, reason: t.TextLike | None = None) -> tuple[Choice | Damaged, ...]:
        """The filters of `{…} or {…}`, with the reason why they are excluded."""
        text = "" if reason is None else self.reading.text(reason)
        why = value_or(text, "")
        filters = [self.choice(choice, why) if isinstance(choice, t.Filter) else (DAMAGED,) for choice in node.choices]
        found = [choice for one in filters for choice in one]
        return (*known(found), *damage((*found, text)))

    def choice(self, node: t.Filter, reason: str = "") -> tuple[Choice | Damaged, ...]:
        """One filter, as far as its matchers are known."""
        matchers = self._matchers(node)
        own = _first(known(matchers))
        return (Choice(node.span, tuple(own), tuple(own.values()), reason), *damage(matchers))

    def _matchers(self, node: t.Filter) -> list[tuple[Matcher, t.Matcher] | Damaged]:
        """Each matcher with its syntax node; DAMAGED for one whose value is unknown."""
        found: list[tuple[Matcher, t.Matcher] | Damaged] = []
        for matcher in node.matchers:
            value = self.reading.text(matcher.value)
            if isinstance(value, Damaged):
                found.append(value)
            else:
                found.append((shared_matcher(t.text_of(matcher.label), matcher.op, value), matcher))
        return found

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


def as_metric(name: str, node: t.Selector) -> str:
    """A selector whose name is a metric, also if a stream has that name: `{"hits"}`, or `{"hits", …}` with matchers."""
    matchers = ", …" if node.filter and node.filter.matchers else ""
    return f'{{"{name}"{matchers}}}'


def _circular(name: str, node: t.Selector) -> Diagnostic:
    """E205 for a stream that is made of itself; it may be meant as the metric of that name."""
    quoted, braces = f'{{"{name}"', node.filter.span if node.filter else None
    within = ", " if node.filter and node.filter.matchers else ""
    change = (
        (node.span.part(node.span.start, braces.start + 1), quoted + within) if braces else (node.span, f"{quoted}}}")
    )
    help = f"for the metric of that name, write `{as_metric(name, node)}`, or rename the stream"
    fixes = edits(f"write `{as_metric(name, node)}`", change)
    return Diagnostic("E205", f"the stream `{name}` uses itself", node.span, help=help, fixes=fixes)


def _is_cut_off(node: t.Selector) -> bool:
    """Whether a syntax error is directly before it, or took the text that follows: it may be no stream name then."""
    source, start = node.span.source, node.span.start
    if not source.damage:  # what follows was read: in a condition, a comparison
        return False
    at = bisect_right(source.damage, start)
    beside = at and _NOTHING.fullmatch(source.text, source.damage[at - 1], start)
    return bool(beside or _UNREAD.match(source.text, node.span.end))


def _first(matchers: Iterable[tuple[Matcher, t.Matcher]]) -> dict[Matcher, t.Matcher]:
    """Each matcher once, with its first node."""
    found: dict[Matcher, t.Matcher] = {}
    for matcher, node in matchers:
        found.setdefault(matcher, node)
    return found


@record
class Passed(t.Selector):
    """A stream that is an argument of a template: the name of `of` is resolved by `streams`, where the argument is given."""

    of: t.Selector
    streams: Streams


def _narrowed(
    node: t.Selector, terms: tuple[Term | Damaged, ...], own: dict[Matcher, t.Matcher]
) -> tuple[Term | Damaged, ...]:
    """The first term of each metric: that a metric is repeated is reported at the stream, and must not multiply."""
    first: dict[str, Term] = {}
    for term in known(terms):
        first.setdefault(term.metric, term)
    if not own:  # the usual case
        return (*[replace(x, span=node.span) for x in first.values()], *damage(terms))
    return (*(replace(x, span=node.span, **_united(x, own)) for x in first.values()), *damage(terms))


def _united(term: Term, own: dict[Matcher, t.Matcher]) -> dict[str, object]:
    """The matchers of both, each once."""
    nodes = dict(zip(term.matchers, term.nodes, strict=True))
    for matcher, node in own.items():
        nodes.setdefault(matcher, node)
    return {"matchers": tuple(nodes), "nodes": tuple(nodes.values())}
