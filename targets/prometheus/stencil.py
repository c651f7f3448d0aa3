"""SLOs whose rules differ in words alone: the rules are rendered once, and filled in for the others, which is faster.

A shape is an SLO with holes in place of words. Its rules are rendered and cut at the holes. This is right as long as the
rules depend neither on the letters nor on the length of such a word, only on whether two of them are the same:
`test_stencil` holds this. Other words are part of the shape, such as metrics, whose names sentences understand, and
what YAML or PromQL has to escape.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from slocompiler import visible
from slocompiler.explain.nouns import is_noun
from slocompiler.explain.outcome import OUTCOMES
from slocompiler.ir import (
    Exclusion,
    Filter,
    Gauge,
    Indicator,
    Label,
    Link,
    Matcher,
    Ratio,
    RatioSlices,
    Service,
    Slices,
    Slo,
    Stream,
    Threshold,
)
from slocompiler.targets.prometheus.yaml import is_plain
from slocompiler.targets.shared import Options, is_long

Render = Callable[[Slo, Service, Options], str]
_HOLE = re.compile(r"zW(\d+)Wz|~zT(\d+)Tz")
"""A hole for a word that YAML does not quote, and one for other text."""
_ODD = re.compile(r'[^\S ]|^ | $|  |["\\{}]')
"""What is escaped somewhere, or may be lost."""
_QUOTED = re.compile("[^A-Za-z0-9_./ -]")
"""A character with which YAML quotes a text, whatever stands around it."""
_BEGINNING = re.compile(r"([A-Za-z_/][A-Za-z0-9_/-]*)(\.[*+])")
"""A pattern for what begins with a word."""


def text(render: Render, slo: Slo, service: Service, options: Options) -> str:
    """What `render` returns. The SLO, and the title and the owner of the service, have to decide it."""
    shape = _Shape()
    cut = _cut(render, *shape.of(slo, service), shape.count, options)
    if not cut:
        return render(slo, service, options)
    parts, holes = [*cut[0]], cut[1]
    parts[1::2] = map(shape.words.__getitem__, holes)
    return "".join(parts)


@lru_cache(maxsize=256)
def _cut(
    render: Render, slo: Slo, service: Service, count: int, options: Options
) -> tuple[tuple[str, ...], tuple[int, ...]] | None:
    """The text for a shape of `count` holes: parts with a hole between each two, and the numbers of the words for the holes.

    None if a text in it looks like a hole.
    """
    if len(_HOLE.findall(f"{slo}{service}{replace(options, history={})}")) != count:
        return None
    first, *others = _HOLE.split(render(slo, service, options))
    parts, holes = [first], []
    for word, other, following in zip(others[::3], others[1::3], others[2::3], strict=True):
        parts += ["", following]
        holes.append(int(word or other))
    return tuple(parts), tuple(holes)


class _Shape:
    """The shape of an SLO, and the words for its holes by their numbers."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.count = 0
        self._numbers: dict[str, int] = {}

    def of(self, slo: Slo, service: Service) -> tuple[Slo, Service]:
        """The shape of an SLO, and of its service."""
        text, used = self._text, slo.used_at
        name = str if is_long(slo.id) else text  # alerts link to a dashboard by the hash of a long name
        return Slo(
            id=f"{name(slo.service)}/{name(slo.name)}",
            name=name(slo.name),
            title=self._title(slo.title),
            target=slo.target,
            window=slo.window,
            draft=slo.draft,
            indicator=self._indicator(slo.indicator),
            exclusions=tuple([Exclusion(filter=one.filter, reason="") for one in slo.exclusions]),
            exclude_when=slo.exclude_when,
            exclude_when_reason="",
            per=slo.per,
            overrides=slo.overrides,
            alerts=slo.alerts,
            policy=slo.policy,
            stakeholders=tuple(map(text, slo.stakeholders)),
            runbook=text(slo.runbook),
            links=tuple([Link(title=text(one.title), url=text(one.url)) for one in slo.links]),
            labels=tuple([Label(name=one.name, value=text(one.value)) for one in slo.labels]),
            because=text(slo.because),
            review=None,
            source=text(slo.source),
            used_at=used and text(used),
            origins=(),
            deployment=slo.deployment,
        ), Service(
            name=text(service.name),
            title=text(service.title),
            owner=text(service.owner),
            source=text(service.source),
            risks=(),
            slos=(),
        )

    def _indicator(self, of: Indicator) -> Indicator:
        """Of several streams, nothing is a hole: sentences about them put their words in order."""
        if isinstance(of, Ratio) and len(of.total) == 1:
            return Ratio(total=(self._stream(of.total[0]),), side=of.side, part=tuple(map(self._stream, of.part)))
        if isinstance(of, Threshold):
            stream = self._stream(of.histogram)
            return Threshold(
                histogram=stream, native=of.native, unit=of.unit, bound=of.bound, good=of.good, only=of.only
            )
        if isinstance(of, Slices) and isinstance(of.good_when, Gauge):
            when = of.good_when
            stream = self._stream(when.stream)
            gauge = Gauge(fold=when.fold, stream=stream, cmp=when.cmp, value=when.value, unit=when.unit)
            return Slices(seconds=of.seconds, good_when=gauge, missing=of.missing)
        if isinstance(of, RatioSlices):
            inner = self._indicator(of.of)
            assert not isinstance(inner, Slices | RatioSlices), "slices have no slices"
            return RatioSlices(seconds=of.seconds, at_least=of.at_least, of=inner)
        return of

    def _stream(self, of: Stream) -> Stream:
        any_ = (self._filter(of.any[0]),) if len(of.any) == 1 else of.any
        return Stream(metric=of.metric, all=self._filter(of.all), any=any_, none=of.none)

    def _filter(self, of: Filter) -> Filter:
        labels = [matcher.label for matcher in of]
        return tuple(map(self._matcher, of)) if len({*labels}) == len(labels) else of

    def _matcher(self, of: Matcher) -> Matcher:
        value = of.value
        if of.op in ("=", "!="):
            held = _form(value) == "word" and value.lower() not in OUTCOMES
            return Matcher(of.label, of.op, self._hole(value, "word")) if held else of
        found = _BEGINNING.fullmatch(value)
        return Matcher(of.label, of.op, self._hole(found[1], "word") + found[2]) if found else of

    def _title(self, title: str) -> str:
        """The first word stays if it is a noun for events."""
        first, blank, rest = title.partition(" ")
        form = _form(title)
        if not is_noun(first):
            return self._text(title)
        return f"{first} {self._hole(rest, form)}" if blank and form else title

    def _text(self, text: str) -> str:
        form = _form(text)
        return self._hole(text, form) if form else text

    def _hole(self, word: str, form: str) -> str:
        number = self._numbers.setdefault(word, len(self.words))
        if number == len(self.words):
            self.words.append(word)
        self.count += 1
        return f"zW{number}Wz" if form == "word" else f"~zT{number}Tz"


@lru_cache(maxsize=4096)
def _form(text: str) -> str:
    """`word` if YAML needs no quotes for it, `text` if nothing in it is escaped anywhere; else ""."""
    if not text or _ODD.search(text) or not (visible.plain(text) or not visible.others(r"\n").search(text)):
        return ""
    return "word" if is_plain(text) else "text" if _QUOTED.search(text) else ""
