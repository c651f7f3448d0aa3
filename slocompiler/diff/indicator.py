"""Changes of what an SLO measures: which events count, which are bad, and whether the history stays comparable."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler import promql
from slocompiler.diff.change import KINDS, Change, Detail, changed
from slocompiler.diff.equivalence import normal, normal_stream
from slocompiler.diff.match import pair
from slocompiler.diff.streams import (
    ALTERED,
    EASIER,
    EXCLUDED,
    HARDER,
    LENIENT,
    Finding,
    Kinds,
    chosen,
    events,
    judge,
    parts,
    stream,
)
from slocompiler.diff.subject import Subject
from slocompiler.explain import language, words
from slocompiler.explain.classification import ordered
from slocompiler.explain.phrases import Code, Phrase, joined
from slocompiler.ir import (
    Gauge,
    Indicator,
    Maintenance,
    Ratio,
    RatioSlices,
    Raw,
    RawCondition,
    Slices,
    Threshold,
)
from slocompiler.record import replace

SHAPES: dict[type, str] = {
    Ratio: "events in counters",
    Threshold: "a threshold in a histogram",
    Raw: "raw PromQL",
    Slices: "slices of time",
    RatioSlices: "slices of time by their events",
}


def indicator(before: Subject, after: Subject) -> Iterator[Change]:
    """One change for the events and which of them are bad, one for `exclude when` and each maintenance, one for `per`."""
    old, new = before.slo, after.slo
    if old.indicator != new.indicator and normal(old.indicator) != normal(new.indicator):
        found = dict.fromkeys(differences(old.indicator, new.indicator))
        kinds = {kind for some, _ in found for kind in some}
        if {"easier", "harder"} <= kinds:  # easier for some events, harder for others
            kinds -= {"easier", "harder"}
        kinds |= {kind for some, _ in found if "exclusions" in some for kind in some}
        yield Change(
            kinds=tuple(kind for kind in KINDS if kind in kinds),
            what=joined((phrase for _, phrase in found), "; "),
            location=after.location("indicator"),
            detail=Detail(
                notes=(_history(before, after), *_reasons(before, after)), before=old.indicator, after=new.indicator
            ),
        )
    if old.exclude_when != new.exclude_when:
        reason = [_reason("exclude when", new.exclude_when_reason)] if new.exclude_when else []
        yield Change(
            kinds=EXCLUDED if old.exclude_when else LENIENT,
            what=changed(old.exclude_when, new.exclude_when, "exclude when"),
            location=after.location("exclude"),
            detail=Detail(
                notes=(_mixed(after), *reason),
                before=old.exclude_when,
                after=new.exclude_when,
            ),
        )
    yield from _maintenance(before, after)
    was, now = (", ".join(sorted(language.per(slo))) or None for slo in (old, new))
    if was != now:
        same = set(old.per) == set(new.per)
        note = "The recorded series get other labels, so that their history and the budgets start again."
        yield Change(
            kinds=("per",),
            what=changed(was, now),
            location=after.location("per"),
            detail=Detail(
                notes=((note,),), before=old.renamed if same else old.per, after=new.renamed if same else new.per
            ),
        )


def _maintenance(before: Subject, after: Subject) -> Iterator[Change]:
    """A maintenance that is new or gone, at other times, or with another text."""
    pairs, gone, added = pair(before.slo.maintenance, after.slo.maintenance, _named, _when, lambda one: one.text)
    both: list[tuple[Maintenance | None, Maintenance | None]] = [*pairs]
    for old, new in (*both, *((one, None) for one in gone), *((None, one) for one in added)):
        text = (new or old or gone[0]).text
        location, called = after.location(f"maintenance {text}"), Code(text)
        if not old or not new or _when(old) != _when(new):
            is_more = new is not None and (old is None or _a_week(new) > _a_week(old))
            reason = [_reason(f"maintenance {text}", new.because)] if new else []
            yield Change(
                kinds=LENIENT if is_more else EXCLUDED,
                what=changed(_shown(old, new), _shown(new, old), "maintenance ", called),
                location=location,
                detail=Detail(notes=(_mixed(after), *reason), before=old, after=new),
            )
        elif old.text != text:
            what = changed(old.text, text, "the text of a maintenance")
            yield Change(kinds=("because",), what=what, location=location, detail=Detail(before=old.text, after=text))


def _when(of: Maintenance) -> Maintenance:
    """It without its texts."""
    return replace(of, text="", because="")


def _named(of: Maintenance) -> Maintenance:
    return replace(of, because="")


def _shown(of: Maintenance | None, other: Maintenance | None) -> str | None:
    """When it is. If only the rule of its zone differs, by another table of time zones, the rule is shown too."""
    if of is None:
        return None
    text = language.planned(of)
    return f"{text} ({of.zone.rule})" if other and language.planned(other) == text else text


def _a_week(of: Maintenance) -> int:
    """The seconds a week that it takes."""
    return of.lasting * 7 if of.every == "day" else of.lasting


def differences(before: Indicator, after: Indicator) -> Iterator[Finding]:
    """The differences of two indicators."""
    if isinstance(before, Ratio) and isinstance(after, Ratio):
        yield from events(before.total, after.total, may_be_bad=judge(before))
        yield from parts(before, after)
    elif isinstance(before, Threshold) and isinstance(after, Threshold):
        yield from stream(before.histogram, after.histogram)
        yield from _threshold(before, after)
    elif isinstance(before, Slices) and isinstance(after, Slices):
        yield from _length(before, after)
        yield from _slices(before, after)
    elif isinstance(before, RatioSlices) and isinstance(after, RatioSlices):
        yield from _length(before, after)
        if before.at_least != after.at_least:
            shares = f"{promql.percent(before.at_least)} → {promql.percent(after.at_least)}"
            kinds = _towards(True, after.at_least < before.at_least)
            yield kinds, (f"a slice is good if {shares} of its events are good",)
        yield from differences(before.of, after.of)
    elif isinstance(before, Raw) and isinstance(after, Raw):
        if before.total != after.total:
            yield ALTERED, ("events ", Code(before.total), " → ", Code(after.total))
        if (before.side, before.part) != (after.side, after.part):
            yield ALTERED, (f"{before.side} ", Code(before.part), f" → {after.side} ", Code(after.part))
    else:
        shapes = f"{SHAPES[type(before)]} → {SHAPES[type(after)]}: "
        yield ALTERED, (shapes, Code(language.measured(before)), " → ", Code(language.measured(after)))


def _threshold(before: Threshold, after: Threshold) -> Iterator[Finding]:
    if before.native != after.native:
        was, now = ("native" if one.native else "classic" for one in (before, after))
        yield ALTERED, (f"{was} → {now} histogram",)
    if (before.bound, before.good, before.unit) != (after.bound, after.good, after.unit):
        comparable = (before.good, before.unit) == (after.good, after.unit)
        laxer = (after.bound > before.bound) == (after.good == "le")
        yield _towards(comparable, laxer), (f"good {language.bound(before)} → {language.bound(after)}",)
    old, new = (frozenset(map(ordered, one.only)) for one in (before, after))
    if new and not old:
        yield HARDER, ("good only if ", Code(language.filters(sorted(new, key=repr))))
    elif old and not new:
        yield EASIER, ("good even without ", Code(language.filters(sorted(old, key=repr))))
    else:
        yield from chosen("good", old, new)


def _towards(comparable: bool, laxer: bool) -> Kinds:
    return ALTERED if not comparable else EASIER if laxer else HARDER


def _length(before: Slices | RatioSlices, after: Slices | RatioSlices) -> Iterator[Finding]:
    if before.seconds != after.seconds:
        yield ALTERED, (f"slices {promql.duration(before.seconds)} → {promql.duration(after.seconds)}",)


def _slices(before: Slices, after: Slices) -> Iterator[Finding]:
    if before.each != after.each:
        yield ALTERED, ("slices are judged as a whole" if before.each else "slices are judged for each series",)
    if before.missing != after.missing and before.each == after.each:
        kinds = _towards("bad" in (before.missing, after.missing), before.missing == "bad")
        yield kinds, (f"no data is {before.missing} → {after.missing}",)
    old, new = before.good_when, after.good_when
    if _condition(old) != _condition(new):
        comparable = laxer = False
        if isinstance(old, Gauge) and isinstance(new, Gauge):
            comparable = _condition(replace(old, value=new.value)) == _condition(new) and old.cmp[0] in "<>"
            laxer = (new.value > old.value) == (new.cmp[0] == "<")
        phrase = ("good when ", Code(language.condition(old)), " → ", Code(language.condition(new)))
        yield _towards(comparable, laxer), phrase


def _condition(of: Gauge | RawCondition) -> Gauge | RawCondition:
    return replace(of, stream=normal_stream(of.stream)) if isinstance(of, Gauge) else of


def _reasons(before: Subject, after: Subject) -> Iterator[Phrase]:
    """A note for each new exclusion: why it affects no user."""
    known = {one.filter for one in before.slo.exclusions}
    for one in after.slo.exclusions:
        if one.filter not in known:
            yield _reason(f"exclude {language.filters((one.filter,))}", one.reason)


def _reason(exclusion: str, reason: str) -> Phrase:
    return ("The reason of ", Code(exclusion), ": ", Code(reason)) if reason else (Code(exclusion), " has no reason.")


def _history(before: Subject, after: Subject) -> Phrase:
    """A note about the recorded history."""
    if words.counted(before.slo.indicator) != words.counted(after.slo.indicator):
        return (
            "The recorded history counts something else, and the budget would mix both. Give the SLO a new name, so that "
            "its history starts again.",
        )
    return _mixed(after)


def _mixed(after: Subject) -> Phrase:
    window = promql.duration(after.slo.window)
    return (
        f"The history is not comparable: for {window}, the budget mixes events counted before and after the change.",
    )
