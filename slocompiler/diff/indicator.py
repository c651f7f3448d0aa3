"""Changes of what an SLO measures: which events count, which are bad, and whether the history stays comparable."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from slocompiler import promql
from slocompiler.diff.change import KINDS, Change, Detail, changed
from slocompiler.diff.equivalence import normal, normal_condition, normal_events, normal_stream
from slocompiler.diff.maintenance import maintenance, mixed, reason_of
from slocompiler.diff.streams import (
    ALTERED,
    EASIER,
    EXCLUDED,
    HARDER,
    LENIENT,
    Finding,
    Kinds,
    events,
    judge,
    parts,
    stream,
    towards,
)
from slocompiler.diff.subject import Subject
from slocompiler.diff.threshold import threshold
from slocompiler.explain import language, words
from slocompiler.explain.phrases import Code, Phrase, joined
from slocompiler.ir import (
    Indicator,
    Ratio,
    RatioSlices,
    Raw,
    Slices,
    Step,
    Threshold,
    Through,
)
from slocompiler.record import replace

SHAPES: dict[type, str] = {
    Ratio: "events in counters",
    Threshold: "a threshold in a histogram",
    Raw: "raw PromQL",
    Slices: "slices of time",
    RatioSlices: "slices of time by their events",
    Through: "a journey",
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
        reason = [reason_of("exclude when", new.exclude_when_reason)] if new.exclude_when else []
        yield Change(
            kinds=EXCLUDED if old.exclude_when else LENIENT,
            what=changed(old.exclude_when, new.exclude_when, "exclude when"),
            location=after.location("exclude"),
            detail=Detail(
                notes=(mixed(after), *reason),
                before=old.exclude_when,
                after=new.exclude_when,
            ),
        )
    yield from maintenance(before, after)
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


def differences(before: Indicator, after: Indicator) -> Iterator[Finding]:
    """The differences of two indicators."""
    if isinstance(before, Ratio) and isinstance(after, Ratio):
        yield from events(before.total, after.total, may_be_bad=judge(before))
        yield from parts(before, after)
        yield from _without(before, after)
    elif isinstance(before, Threshold) and isinstance(after, Threshold):
        yield from stream(before.histogram, after.histogram)
        yield from threshold(before, after)
    elif isinstance(before, Slices) and isinstance(after, Slices):
        yield from _length(before, after)
        yield from _slices(before, after)
    elif isinstance(before, RatioSlices) and isinstance(after, RatioSlices):
        yield from _length(before, after)
        if before.at_least != after.at_least:
            yield _share(before.at_least, after.at_least, "of its events are good")
        yield from differences(before.of, after.of)
    elif isinstance(before, Raw) and isinstance(after, Raw):
        if before.total != after.total:
            yield ALTERED, ("events ", Code(before.total), " → ", Code(after.total))
        if (before.side, before.part) != (after.side, after.part):
            yield ALTERED, (f"{before.side} ", Code(before.part), f" → {after.side} ", Code(after.part))
    elif isinstance(before, Through) and isinstance(after, Through):
        yield from _journey(before, after)
    else:
        shapes = f"{SHAPES[type(before)]} → {SHAPES[type(after)]}: "
        yield ALTERED, (shapes, Code(language.measured(before)), " → ", Code(language.measured(after)))


def _journey(before: Through, after: Through) -> Iterator[Finding]:
    """The steps that differ. One more, one without an alternative, or one that is taken more often is harder to pass."""
    old, new = ({_ids(step): step.times for step in one.steps} for one in (before, after))
    for ids in (*old, *(ids for ids in new if ids not in old)):
        was, now = old.get(ids, 0), new.get(ids, 0)
        step = Code(" or ".join(ids))
        if not was or not now:
            yield (HARDER if now else EASIER), ("step ", step, " added" if now else " removed")
        elif was != now:
            yield (HARDER if now > was else EASIER), ("step ", step, f" {was} → {now} times")
    if before.by != after.by:
        yield ALTERED, ("counted by ", Code(before.by), " → ", Code(after.by))


def _ids(step: Step) -> tuple[str, ...]:
    return tuple(sorted(one.id for one in step.any))


def _without(before: Ratio, after: Ratio) -> Iterator[Finding]:
    """Counters that are subtracted from all events. All events that are not counted as good are bad: then
    fewer are."""
    old, new = (normal_events(one.without) for one in (before, after))
    gone, more = (tuple(x for x in one if x not in other) for one, other in ((old, new), (new, old)))
    if gone:
        yield EXCLUDED, ("no longer excludes ", Code(language.events(gone)))
    if more:
        yield LENIENT if after.side == "good" else EXCLUDED, ("excludes ", Code(language.events(more)))


def _share(before: Decimal, after: Decimal, of: str) -> Finding:
    """Another share that makes a slice good."""
    shares = f"{promql.percent(before)} → {promql.percent(after)}"
    return towards(True, after < before), (f"a slice is good if {shares} {of}",)


def _length(before: Slices | RatioSlices, after: Slices | RatioSlices) -> Iterator[Finding]:
    if before.seconds != after.seconds:
        yield ALTERED, (f"slices {promql.duration(before.seconds)} → {promql.duration(after.seconds)}",)


def _slices(before: Slices, after: Slices) -> Iterator[Finding]:
    if before.each != after.each:
        yield ALTERED, ("slices are judged as a whole" if before.each else "slices are judged for each series",)
    if before.missing != after.missing and before.each == after.each:
        kinds = towards("bad" in (before.missing, after.missing), before.missing == "bad")
        yield kinds, (f"no data is {before.missing} → {after.missing}",)
    if before.at_least is not None and after.at_least is not None and before.at_least != after.at_least:
        yield _share(before.at_least, after.at_least, "of its evaluations are good")
    elif before.at_least != after.at_least:
        was, now = (
            "the last evaluation" if one is None else f"{promql.percent(one)} of its evaluations"
            for one in (before.at_least, after.at_least)
        )
        yield ALTERED, (f"a slice is judged by {was} → {now}",)
    old, new = before.good_when, after.good_when
    if normal_condition(old) != normal_condition(new):
        word, was = language.judged(old)
        then, now = language.judged(new)
        arrow = " → " if word == then else f" → {then} "
        yield _direction(before, after), (f"{word} ", Code(was), arrow, Code(now))


def _direction(before: Slices, after: Slices) -> Kinds:
    """Whether a condition becomes easier: by one of its bounds, or by one part more or less while no data is bad."""
    old, new = ({one.reading(normal_stream) for one in slices.gauges} for slices in (before, after))
    lost, gained = old - new, new - old
    if len(lost) == len(gained) == 1 and len(old) == len(new):
        (was,), (now,) = lost, gained
        comparable = replace(was, value=now.value) == now and was.cmp[0] in "<>"
        return towards(comparable, (now.value > was.value) == (now.cmp[0] == "<"))
    is_comparable = bool(old and new and before.missing == after.missing == "bad" and not (lost and gained))
    return towards(is_comparable, not gained)


def _reasons(before: Subject, after: Subject) -> Iterator[Phrase]:
    """A note for each new exclusion: why it affects no user."""
    known = {one.filter for one in before.slo.exclusions}
    for one in after.slo.exclusions:
        if one.filter not in known:
            yield reason_of(f"exclude {language.filters((one.filter,))}", one.reason)
    counters = {one.counter for one in before.slo.without}
    for counted in after.slo.without:
        if counted.counter not in counters:
            yield reason_of(f"exclude {language.stream(counted.counter)}", counted.reason)


def _history(before: Subject, after: Subject) -> Phrase:
    """A note about the recorded history."""
    if words.counted(before.slo.indicator) != words.counted(after.slo.indicator):
        return (
            "The recorded history counts something else, and the budget would mix both. Give the SLO a new name, so that "
            "its history starts again.",
        )
    return mixed(after)
