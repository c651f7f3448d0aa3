"""An SLO of the IR as statements of the language that mean exactly that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slocompiler import standard
from slocompiler.explain import language
from slocompiler.importers.names import named
from slocompiler.importers.recognise import Filters, Shape
from slocompiler.importers.write import filters, labels, per, stream
from slocompiler.ir import (
    Alert,
    Exclusion,
    Feedback,
    Filter,
    Gauge,
    NoData,
    PolicyStep,
    Ratio,
    RatioSlices,
    Raw,
    RawCondition,
    Risk,
    Share,
    Slices,
    Slo,
    Stream,
    Threshold,
    Through,
)
from slocompiler.lower.units import NAMES, suffix_of
from slocompiler.promql import duration, number, percent
from slocompiler.quoting import text
from slocompiler.record import replace


class Exact:
    """Writes an SLO. What a stream of it excludes alone needs a declared stream."""

    def __init__(self, slo: Slo) -> None:
        self._slo = slo
        assert not isinstance(slo.counting, Through), "a journey is not read back"
        self.shape = _shape(slo.counting)
        self._excluded = tuple(one.filter for one in slo.exclusions)
        self._together = _together(self.shape, self._excluded)
        self.streams = list[str]()
        """The declarations of its service that it needs, after `statements`."""

    def statements(self) -> list[str]:
        """Its statements."""
        slo = self._slo
        found = [*self._events(), *(_exclude(slo.exclusions) if self._together else ())]
        found += [f"exclude {self._stream(one.counter)} {_reason(one.reason)}".rstrip() for one in slo.without]
        if slo.exclude_when:
            found.append(f"exclude when {_promql(slo.exclude_when)} {_reason(slo.exclude_when_reason)}".rstrip())
        found += [
            f"maintenance {text(x.text)} {language.planned(x)} because {text(x.because)}" for x in slo.maintenance
        ]
        found += [f"except {language.excepted(x)} because {text(x.because)}" for x in slo.exceptions]
        found += [*self._good(), *self._slices()]
        found += [per(zip(slo.event_labels, slo.per, strict=True))] if slo.per else []
        found += [f"target {filters([one.filter])} {percent(one.target)}" for one in slo.overrides]
        found += [f"because {text(slo.because)}"] if slo.because else []
        found += _formerly(_names(slo, 1, slo.name))
        if slo.review:
            last = f" last {slo.review.last.isoformat()}" if slo.review.last else ""
            found.append(f"review every {duration(slo.review.every)}{last}")
        found += labels([(one.name, one.value) for one in slo.labels])
        found += [f"runbook {text(slo.runbook)}"] if slo.runbook else []
        found += [f"link {text(one.title)} {text(one.url)}" for one in slo.links]
        found += [f"stakeholders {', '.join(map(text, slo.stakeholders))}"] if slo.stakeholders else []
        return [*found, *self._alerts(), *(["policy {", *map(_step, slo.policy), "}"] if slo.policy else ())]

    # What it measures

    def _events(self) -> Iterator[str]:
        of = self.shape
        if isinstance(of, Raw):
            yield f"events {_promql(of.total)}"
        elif isinstance(of, Threshold):
            unit = f" in {of.unit}" if of.unit in NAMES and not suffix_of(of.histogram.metric) else ""
            yield f"events {'native ' if of.native else ''}{self._stream(of.histogram)}{unit}"
        elif not isinstance(of, Slices):
            yield f"events {self._sum(of.total)}"

    def _good(self) -> Iterator[str]:
        of = self.shape
        if isinstance(of, Slices):
            often = f" with {percent(of.at_least)} good" if of.at_least is not None else ""
            yield f"slices {duration(of.seconds)}{often}{' each' * of.each}"
            yield f"{language.judged(of.good_when)[0]} {self._condition(of)}"
        elif isinstance(of, Raw):
            yield f"{of.side} {_promql(of.part)}"
        elif isinstance(of, Threshold):
            yield f"good {' or '.join(map(_bounded, of.parts))}"
        elif isinstance(of, Filters):
            yield f"{of.side} {filters(of.choices)}"
        else:
            yield f"{of.side} {self._sum(of.part)}"

    def _slices(self) -> Iterator[str]:
        of = self._slo.indicator
        if isinstance(of, RatioSlices):
            yield f"slices {duration(of.seconds)} with {percent(of.at_least)} good"
        elif isinstance(of, Slices) and of.missing != ("ignored" if self._slo.per or of.each else "bad"):
            yield f"no data is {of.missing}"

    def _condition(self, of: Slices) -> str:
        if isinstance(of.good_when, RawCondition):
            return " of ".join(map(_promql, filter(None, (of.good_when.expr, of.good_when.of))))
        if isinstance(of.good_when, Share):
            return f"share({self._stream(of.good_when.stream)})"
        return " and ".join(f"{language.folded(one, self._stream)} {one.cmp} {_limit(one)}" for one in of.gauges)

    def _sum(self, of: Sequence[Stream]) -> str:
        return " + ".join(map(self._stream, of))

    def _stream(self, of: Stream) -> str:
        """A stream in braces, or the name of one that is declared because it excludes something itself."""
        if self._together or not of.none:
            return stream(of)
        return self._declared(of)

    def _declared(self, of: Stream) -> str:
        """The name of a declared stream; one for each reason of what it excludes, each of the one before."""
        reasons = {one.filter: one.reason for one in self._slo.exclusions}
        found = stream(of)
        for statement in [*_exclude([Exclusion(filter=one, reason=reasons.get(one, "")) for one in of.none])] or [""]:
            meaning = f" = {found} {statement}".rstrip()
            known = next((line for line in self.streams if line.endswith(meaning)), "")
            found = known.split()[1] if known else f"{self._slo.name[:50]}-stream-{len(self.streams) + 1}"
            self.streams += [] if known else [f"events {found}{meaning}"]
        return found

    # When it alerts

    def _alerts(self) -> Iterator[str]:
        slo = self._slo
        if not slo.draft and not standard.apply(slo):
            yield from ["alerts {", *map(self._alert, slo.alerts), "}"] if slo.alerts else ["alerts none"]

    def _alert(self, line: Alert) -> str:
        if not isinstance(line, NoData) or not line.unless:
            return language.alert(line, self._slo.target, self._slo.window)
        bare = language.alert(replace(line, unless=None), self._slo.target, self._slo.window)
        return f"{bare} unless {self._proof(line.unless.stream)} {line.unless.cmp} {number(line.unless.value)}"

    def _proof(self, of: Stream) -> str:
        """A stream after `unless`, where braces need a name before them."""
        shown = stream(of)
        return self._declared(of) if of.none or shown.startswith("{") else shown


def formerly(slo: Slo) -> list[str]:
    """The statement of its service that says what that was called before."""
    return _formerly(_names(slo, 0, slo.service))


def _formerly(names: list[str]) -> list[str]:
    return [f"formerly {', '.join(map(named, names))}"] if names else []


def _names(slo: Slo, part: int, own: str) -> list[str]:
    """The services or the names in its former ids, without the one that it has."""
    return sorted({id.split("/")[part] for id in slo.formerly if id.count("/") == 1} - {own})


def risk(of: Risk) -> str:
    """A risk of a service."""
    return f"risk {text(of.text)} {language.risk(of)}{_on(of.on)}"


def feedback(of: Feedback) -> str:
    """What users said, as a statement of a service."""
    return f"feedback {of.day.isoformat()} {text(of.text)}{_on(of.on)}"


def _on(slos: tuple[str, ...]) -> str:
    return f" on {', '.join(map(named, slos))}" if slos else ""


def _step(of: PolicyStep) -> str:
    marks = " notify" * of.notify + " gate" * of.gate
    return f"{language.left(of.below)} {text(of.action)}{marks}"


def _exclude(found: Sequence[Exclusion]) -> Iterator[str]:
    """The statements that exclude these events: filters with the same reason in one of them."""
    together = list[tuple[str, list[Filter]]]()
    for one in found:
        if not together or together[-1][0] != one.reason:
            together.append((one.reason, []))
        together[-1][1].append(one.filter)
    for reason, choices in together:
        yield f"exclude {filters(choices)} {_reason(reason)}".rstrip()


def _promql(of: str) -> str:
    """PromQL in back-quotes, with double quotes for those inside."""
    return f"`{of.replace('`', chr(34))}`"


def _reason(of: str) -> str:
    return text(of) if of else ""


def _bounded(of: Threshold) -> str:
    only = filters(of.only or of.histogram.any)
    return f"{only} {'below' if of.good == 'le' else 'above'} {_limit(of)}".lstrip()


def _limit(of: Threshold | Gauge) -> str:
    """The bound; microseconds, which the language has no unit for, as milliseconds."""
    value = of.bound if isinstance(of, Threshold) else of.value
    return f"{number(value / 1000)}ms" if of.unit == "us" else language.limit(of)


def _shape(of: Ratio | Threshold | Raw | Slices) -> Shape | Raw | Slices:
    """A ratio by filters as filters. What is subtracted is written with the reasons."""
    of = replace(of, without=()) if isinstance(of, Ratio) else of
    if not isinstance(of, Ratio) or of.side == "good" or len(of.part) != len(of.total):
        return of
    pairs = list(zip(of.total, of.part, strict=True))
    choices = of.part[0].any
    if choices and all(part == replace(total, any=choices) for total, part in pairs):
        return Filters(of.total, "bad", choices)
    rest = of.part[0].none[len(of.total[0].none) :]
    if rest and all(part == replace(total, none=total.none + rest) for total, part in pairs):
        return Filters(of.total, "good", rest)
    return of


def _together(of: Shape | Raw | Slices, excluded: tuple[Filter, ...]) -> bool:
    """Whether `exclude` in the SLO says what its streams exclude."""
    if isinstance(of, Threshold):
        return of.histogram.none == excluded
    if isinstance(of, Raw | Slices):
        return False
    plain = tuple(one for one in excluded if len(one) == 1 and one[0].op in ("=", "=~"))
    metrics = {one.metric for one in of.total}
    parts = of.part if isinstance(of, Ratio) else ()
    return all(one.none == excluded for one in of.total) and all(
        one.none == (excluded if one.metric in metrics else plain) for one in parts
    )
