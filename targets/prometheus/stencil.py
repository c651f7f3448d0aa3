"""Texts about SLOs that differ in words alone: one is rendered, and filled in for the others, which is faster.

A shape is an SLO with holes in place of words. The text for it is rendered and cut at the holes. This is right as long as
the text depends neither on the letters nor on the length of such a word, only on whether two of them are the same
(`test_stencil`). Other words are part of the shape: names of metrics, which sentences read, and what formats escape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from slocompiler import visible
from slocompiler.explain.nouns import is_noun
from slocompiler.explain.outcome import OUTCOMES
from slocompiler.ir import (
    Filter,
    Gauge,
    Indicator,
    Label,
    Link,
    Matcher,
    Ratio,
    RatioSlices,
    Risk,
    Service,
    Slices,
    Slo,
    Stream,
    Threshold,
    Through,
    shared_exclusion,
    shared_matcher,
)
from slocompiler.pattern import lazy_pattern
from slocompiler.record import record, replace
from slocompiler.targets.prometheus.yaml import is_plain
from slocompiler.targets.shared import LONGEST, Options, is_long

Render = Callable[..., tuple[str, ...]]
"""A function of an SLO, its service, the options, and more. The function and what more it takes are keys."""
Cut = tuple[tuple[str, ...], Callable[[list[str]], Sequence[str]]]
"""The parts of a text between its holes, and what picks the text from the words and these parts, in its order."""


@record
class Reads:
    """What a text reads of an SLO, and what it does with words."""

    escaped: re.Pattern[str]
    """What it escapes somewhere, or may lose."""
    agreement: bool
    """Whether it reads the reasons of exclusions, the review, and the risks of the service."""


RULES = Reads(lazy_pattern(r'[^\S ]|^ | $|  |["\\{}]'), False)
PAGES = Reads(lazy_pattern(r"""[^\S ]|^[ 0-9+-]| $|  |["\\{}`*_\[\]#!&<>|~$@^=']|:/|www\.""", re.IGNORECASE), True)
SHORT = 80
"""Characters: a longer value of a label stays, so that pages can measure rules."""
_HOLE = lazy_pattern(r"zW(\d+)Wz|;zT(\d+)Tz")
"""A hole for a word that YAML does not quote, and one for other text."""
_QUOTED = lazy_pattern("[^A-Za-z0-9_./ -]")
"""A character with which YAML quotes a text, whatever stands around it."""
_BEGINNING = lazy_pattern(r"([A-Za-z/][A-Za-z0-9/-]*)(\.[*+])")
"""A pattern for what begins with a word."""
_ADDRESS = lazy_pattern(r"(https?://)([A-Za-z0-9][A-Za-z0-9./-]*)")
"""An address that no format escapes."""


def texts(
    reads: Reads, render: Render, slo: Slo, service: Service, options: Options, *more: Hashable
) -> tuple[str, ...]:
    """What `render` returns. Of the service, it reads the names and the risks."""
    shape = _Shape(reads, slo, service)
    cuts = _cuts(render, shape, options, more)
    if not cuts:
        return render(slo, service, options, *more)
    return tuple(["".join(pick([*shape.words, *parts])) for parts, pick in cuts])


@lru_cache(maxsize=256)
def _cuts(render: Render, shape: _Shape, options: Options, more: tuple[Hashable, ...]) -> tuple[Cut, ...] | None:
    """The texts for a shape, cut at the holes; None if anything else in them looks like a hole."""
    slo, service = Slo(**shape.slo), Service(**shape.service)
    if len(_HOLE.findall(f"{slo}{service}{replace(options, history={})}{more}")) != shape.holes:
        return None
    return tuple([_cut(text, len(shape.words)) for text in render(slo, service, options, *more)])


def _cut(text: str, words: int) -> Cut:
    """The cut of a text; `words` is the number of words of its shape."""
    first, *others = _HOLE.split(text)
    parts = {first: words}
    order = [words]
    for word, other, part in zip(others[::3], others[1::3], others[2::3], strict=True):
        order += (int(word or other), parts.setdefault(part, words + len(parts)))
    return tuple(parts), itemgetter(*order)


class _Shape:
    """The shape of an SLO and its service, equal for those that have the same, and the words for the holes."""

    def __init__(self, reads: Reads, slo: Slo, service: Service) -> None:
        self._agreement, self._escaped = reads.agreement, reads.escaped
        self.holes = 0
        """How many."""
        self.words: dict[str, int] = {}
        """The words by their numbers, in order."""
        self.slo = self._of_slo(slo)
        """The fields: an SLO is made of them only for a new shape."""
        self.service = self._of_service(service, slo)
        self._key = *self.slo.values(), *self.service.values()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shape) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def _of_slo(self, slo: Slo) -> dict[str, Any]:
        name, text, used = self._of_name(slo), self._text, slo.used_at
        return {
            "id": f"{name(slo.service)}/{name(slo.name)}",
            "name": name(slo.name),
            "title": self._title(slo.title),
            "target": slo.target,
            "window": slo.window,
            "draft": slo.draft,
            "indicator": self._indicator(slo.indicator),
            "exclusions": tuple([shared_exclusion(x.filter, self._agreed(x.reason)) for x in slo.exclusions]),
            "without": slo.without,
            "exclude_when": slo.exclude_when,
            "exclude_when_reason": slo.exclude_when_reason if self._agreement else "",
            "maintenance": tuple(
                [replace(x, text=self._agreed(x.text), because=self._agreed(x.because)) for x in slo.maintenance]
            ),
            "exceptions": tuple([replace(one, because=self._agreed(one.because)) for one in slo.exceptions]),
            "per": slo.per,
            "renamed": slo.renamed,
            "overrides": slo.overrides,
            "alerts": slo.alerts,
            "policy": slo.policy,
            "stakeholders": tuple(map(text, slo.stakeholders)),
            "runbook": text(slo.runbook),
            "links": tuple([Link(title=text(one.title), url=text(one.url)) for one in slo.links]),
            "labels": tuple([Label(name=one.name, value=text(one.value)) for one in slo.labels]),
            "because": text(slo.because),
            "formerly": slo.formerly,
            "review": slo.review if self._agreement else None,
            "source": self._path(slo.source),
            "used_at": used and text(used),
            "origins": (),
            "only_in": slo.only_in,
            "variants": slo.variants,
            "deployment": slo.deployment,
        }

    def _of_name(self, slo: Slo) -> Callable[[str], str]:
        return str if is_long(slo.id) else self._text  # alerts link to a dashboard by the hash of a long name

    def _of_service(self, service: Service, slo: Slo) -> dict[str, Any]:
        return {
            "name": self._text(service.name),
            "title": self._text(service.title),
            "owner": self._text(service.owner),
            "source": self._path(service.source),
            "risks": tuple(self._risks(slo, service)) if self._agreement else (),
            "feedback": (),
            "slos": (),
        }

    def _agreed(self, text: str) -> str:
        """A text about what does not count, if it is read."""
        return self._text(text) if self._agreement else ""

    def _risks(self, slo: Slo, service: Service) -> Iterator[Risk]:
        for risk in service.risks:
            if slo.name in risk.on:
                yield replace(risk, on=(self._of_name(slo)(slo.name),))

    def _indicator(self, of: Indicator) -> Indicator:
        """Of several streams, nothing is a hole: sentences about them put their words in order."""
        if isinstance(of, Ratio) and len(of.total) == 1 and not of.without:
            return Ratio(total=(self._stream(of.total[0]),), side=of.side, part=tuple(map(self._stream, of.part)))
        if isinstance(of, Threshold):
            return replace(of, histogram=self._stream(of.histogram))
        if isinstance(of, Slices) and isinstance(of.good_when, Gauge) and not of.good_when.divisor:
            return replace(of, good_when=of.good_when.reading(self._stream))
        if isinstance(of, RatioSlices):
            inner = self._indicator(of.of)
            assert not isinstance(inner, Slices | RatioSlices | Through), "slices are of events"
            return RatioSlices(seconds=of.seconds, at_least=of.at_least, of=inner)
        return of

    def _stream(self, of: Stream) -> Stream:
        any_ = (self._filter(of.any[0]),) if len(of.any) == 1 else of.any
        return Stream(metric=of.metric, all=self._filter(of.all), any=any_, none=of.none)

    def _filter(self, of: Filter) -> Filter:
        if len(of) > 1 and len({matcher.label for matcher in of}) < len(of):
            return of
        return tuple([self._matcher(matcher) for matcher in of])

    def _matcher(self, of: Matcher) -> Matcher:
        value = of.value
        if len(value) > SHORT:
            return of
        if of.op in ("=", "!="):
            held = _form(self._escaped, value) == "word" and value.lower() not in OUTCOMES
            return shared_matcher(of.label, of.op, self._hole(value, "word")) if held else of
        found = _BEGINNING.fullmatch(value)
        return shared_matcher(of.label, of.op, self._hole(found[1], "word") + found[2]) if found else of

    def _title(self, title: str) -> str:
        """The first word stays if it is a noun for events; so does a title that a dashboard cuts."""
        first, blank, rest = title.partition(" ")
        if len(title) > LONGEST or not is_noun(first):
            return title if len(title) > LONGEST else self._text(title)
        form = _form(self._escaped, title)
        return f"{first} {self._hole(rest, form)}" if blank and form else title

    def _path(self, path: str) -> str:
        """Addresses escape what no word has, and blanks."""
        return self._hole(path, "word") if _form(self._escaped, path) == "word" and " " not in path else path

    def _text(self, text: str) -> str:
        if form := _form(self._escaped, text):
            return self._hole(text, form)
        address = _ADDRESS.fullmatch(text)
        return address[1] + self._hole(address[2], "word") if address else text

    def _hole(self, word: str, form: str) -> str:
        number = self.words.setdefault(word, len(self.words))
        self.holes += 1
        return f"zW{number}Wz" if form == "word" else f";zT{number}Tz"


@lru_cache(maxsize=4096)
def _form(escaped: re.Pattern[str], text: str) -> str:
    """`word` if YAML needs no quotes for it, `text` if nothing in it is escaped anywhere; else ""."""
    if not text or escaped.search(text) or not text.isprintable():
        return ""
    if not text.isascii() and visible.others(r"\n").search(text):
        return ""
    return "word" if is_plain(text) else "text" if _QUOTED.search(text) and not _ADDRESS.fullmatch(text) else ""
