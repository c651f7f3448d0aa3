"""Two SLOs that measure and promise the same: one budget with two names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from marshal import dumps
from typing import TypeVar
from zlib import adler32, crc32

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.ir import Filter
from slocompiler.lower.indicator import functions
from slocompiler.promql import opposite
from slocompiler.resolve import Choice, Compared, Part, ResolvedSlo, Term, text_of
from slocompiler.syntax import tree as t

T = TypeVar("T")
_EXACT: dict[type[t.Node | None], str] = {t.Percent: "ratio", t.Duration: "seconds", t.Number: "value", t.Size: "bytes"}
"""Literals that have an exact value, and its field."""


def duplicates(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """W319 at the later one of two SLOs that are alike; a draft promises nothing yet."""
    part = slo.bad or slo.good
    if slo.tree.draft or not slo.intact or part is None or (slo.good and slo.bad):
        return
    promise = _promise(slo, part)
    run.promises.setdefault(slo.service.tree.span.source.path, set()).add(_number(promise))
    first = run.first.setdefault(promise, slo)
    if first.id != slo.id:
        here = (Label(first.tree.name.span, "the other SLO"),)
        help = "remove one of them, or make them differ: two alerts would fire for one problem"
        message = f"`{slo.id}` promises the same as `{first.id}`"
        yield Diagnostic("W319", message, slo.tree.name.span, here, help)


def _number(promise: bytes) -> int:
    """64 bits that are the same in other runs: Python's hash is another one in each process."""
    return crc32(promise) << 32 | adler32(promise)


def _promise(slo: ResolvedSlo, part: Part) -> bytes:
    """What an SLO measures and promises, without names and order: the same bytes for SLOs that are alike."""
    events = slo.events.of if slo.events else None
    total = _value(events) if isinstance(events, t.Promql) else _set([_term(term, slo.exclude) for term in slo.total])
    rare = slo.slices, slo.no_data, slo.exclude_when, slo.maintenance, slo.without, slo.per, slo.targets
    rest = _rest(slo) if any(rare) else None
    promise = [_value(slo.tree.target), _value(slo.tree.window), total, _classification(part), rest]
    # later formats have references, which differ for equal values; `repr` takes thrice as long
    return dumps(promise, 2)


def _rest(slo: ResolvedSlo) -> object:
    """What few SLOs have."""
    return (
        (_value(slo.slices.length), _value(slo.slices.at_least), slo.slices.each) if slo.slices else None,
        slo.no_data.verdict if slo.no_data else None,
        _value(slo.exclude_when.what) if slo.exclude_when else None,
        _set(" ".join(_when(one.tree)) for one in slo.maintenance),
        _set(_term(term, ()) for term, _ in slo.without),
        _set(text_of(one.label) for one in slo.per.labels) if slo.per else None,
        [(_matchers(choice.matchers), _value(target.target)) for target, choice in slo.targets],
    )


def _set(values: Iterable[T]) -> list[T]:
    """The values in an order of their own, each once."""
    found = [*values]
    if len(found) < 2:
        return found  # the usual case
    shown = {repr(value): value for value in found}
    return [shown[text] for text in sorted(shown)]


@lru_cache(maxsize=8192)
def _matchers(matchers: Filter) -> tuple[tuple[str, ...], ...]:
    return tuple(sorted({tuple(matcher) for matcher in matchers}))


def _when(of: t.Maintenance) -> Iterator[str]:
    """When a maintenance is, without its texts."""
    yield from (of.when.span.text, str(of.begins.seconds), str(_value(of.lasting)), of.zone.text if of.zone else "UTC")
    yield str(of.until.value) if of.until else ""


def _classification(part: Part) -> object:
    """What makes an event good or bad; `good` with one matcher equals `bad` with its opposite."""
    side, bound, other = part.tree.side, part.tree.bound, part.tree.other
    filters = [choice.matchers for choice in part.filters]
    if side == "good" and not bound and len(filters) == 1 and len(filters[0]) == 1:
        side, filters = "bad", [(opposite(filters[0][0]),)]
    when: object = _value(other)
    if isinstance(other, t.When):
        raw = _value(other.of) if isinstance(other.of, t.Promql) else None
        when = raw, _value(other.counted), _set(map(meaning, part.comparisons))
    terms = _set([_term(term, ()) for term in (*part.terms, *part.share)])
    filtered = _filters(filters)
    if not bound:
        return side, filtered, terms, when
    values = [_value(one.value) for one in part.tree.bounds]
    bounded = _set((_value(one.value), _filters([x.matchers for x in choices])) for one, choices in part.bounded)
    return side, filtered, terms, bound.side, bounded or values, when


def meaning(one: Compared) -> str:
    """What a comparison compares, the same text for those that are alike."""
    read = [[_term(term, ()) for term in terms] for terms in (one.terms, one.divisor)]
    return repr((functions(one.tree), read, one.tree.cmp, _value(one.tree.value)))


def _term(term: Term, exclude: tuple[Choice, ...]) -> object:
    unit = term.unit.text if term.unit else ""
    excluded = _filters([one.matchers for one in (*term.exclude, *exclude)])
    return term.metric, _matchers(term.matchers), excluded, unit, term.native


def _filters(filters: Iterable[Filter]) -> list[tuple[tuple[str, ...], ...]]:
    return sorted({_matchers(one) for one in filters})


def _value(node: t.Node | None) -> object:
    """The value of a literal, however it is written: `60m` equals `1h`."""
    if isinstance(node, t.Promql):
        return node.text.strip()
    field = _EXACT.get(type(node))
    return (field, str(getattr(node, field).normalize())) if field else None
