"""Changes of counted events: sets of series before and after, and their classification as good or bad."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from slocompiler.diff.containment import overlap, within
from slocompiler.diff.equivalence import normal_events, normal_stream
from slocompiler.explain import language
from slocompiler.explain.classification import Classification, classified, ordered
from slocompiler.explain.phrases import Code, Phrase
from slocompiler.ir import Events, Filter, Matcher, Ratio, Stream

Kinds = tuple[str, ...]
Finding = tuple[Kinds, Phrase]
"""The kinds of a difference, and its words."""
EASIER: Kinds = ("easier", "indicator")
HARDER: Kinds = ("harder", "indicator")
ALTERED: Kinds = ("indicator",)
EXCLUDED: Kinds = ("exclusions",)
LENIENT: Kinds = ("easier", "exclusions")
Effect = tuple[Kinds, Kinds]
"""The kinds of fewer and of more events."""
UNKNOWN: Effect = (ALTERED, ALTERED)
"""Of all events: fewer or more of them are good as well as bad."""
Judge = Callable[[Filter], bool]
"""Whether events that match a filter may be bad."""


def events(before: Events, after: Events, effect: Effect = UNKNOWN, may_be_bad: Judge = bool) -> Iterator[Finding]:
    """Events that are counted now, or no longer. A difference of every metric is listed once."""
    old, new = ({stream.metric: stream for stream in normal_events(side)} for side in (before, after))
    come, gone = (
        Code(language.events(one[metric] for metric in sorted(one.keys() - other.keys())))
        for one, other in ((new, old), (old, new))
    )
    fewer, more = effect
    if come.text and gone.text:
        yield ALTERED, ("counts ", come, " instead of ", gone)
    elif come.text:
        yield more, ("counts also ", come)
    elif gone.text:
        yield fewer, ("no longer counts ", gone)
    both = sorted(old.keys() & new.keys())
    found = {metric: list(stream(old[metric], new[metric], effect, may_be_bad)) for metric in both}
    everywhere = [one for one in next(iter(found.values()), ()) if all(one in others for others in found.values())]
    yield from everywhere
    for metric, findings in found.items():
        for kinds, phrase in findings:
            if (kinds, phrase) not in everywhere:
                yield kinds, (*phrase, " of ", Code(metric))


def stream(before: Stream, after: Stream, effect: Effect = UNKNOWN, may_be_bad: Judge = bool) -> Iterator[Finding]:
    """The differences between two streams."""
    before, after = normal_stream(before), normal_stream(after)
    if before.metric != after.metric:
        yield ALTERED, ("counts ", Code(after.metric), " instead of ", Code(before.metric))
    gone, new = (_braces(set(one.all) - set(other.all)) for one, other in ((before, after), (after, before)))
    fewer, more = effect
    if gone and new:
        narrower, wider = within(after.all, [before.all]), within(before.all, [after.all])
        yield fewer if narrower else more if wider else ALTERED, ("counts ", new, " instead of ", gone)
    elif new:
        yield fewer, ("counts only ", new)
    elif gone:
        yield more, ("counts all events, not only ", gone)
    if before.any != after.any:
        was, now = (Code(language.filters(one.any)) if one.any else "all" for one in (before, after))
        narrower, wider = _covers(before.any, after.any), _covers(after.any, before.any)
        yield fewer if narrower else more if wider else ALTERED, ("counts ", now, " instead of ", was)
    yield from _exclusions(before, after, may_be_bad)


def _covers(wide: Iterable[Filter], narrow: tuple[Filter, ...]) -> bool:
    """Whether one of the filters `wide` certainly matches all events of `narrow`; no filters match all events."""
    wide = tuple(wide)
    return not wide or (bool(narrow) and all(within(one, wide) for one in narrow))


def _exclusions(before: Stream, after: Stream, may_be_bad: Judge) -> Iterator[Finding]:
    """Exclusions of normal streams. The target is easier if events are excluded that may be bad."""
    gone, new = (_sorted(set(one.none) - set(other.none)) for one, other in ((before, after), (after, before)))
    counted = [one for one in new if overlap(one, before.all) and not within(one, before.none)]
    kinds = LENIENT if any(map(may_be_bad, counted)) else EXCLUDED
    kept, excluded = Code(language.filters(gone)), Code(language.filters(new))
    if gone and new:
        yield kinds, ("excludes ", excluded, " instead of ", kept)
    elif new:
        yield kinds, ("excludes ", excluded)
    elif gone:
        yield EXCLUDED, ("no longer excludes ", kept)


def judge(ratio: Ratio) -> Judge:
    """Which events may be bad: all of them, unless filters classify the events."""
    side, filters = classified(ratio) or ("", frozenset())
    if side == "bad":
        return lambda one: any(overlap(one, bad) for bad in filters)
    return lambda one: side != "good" or not within(one, filters)


def parts(before: Ratio, after: Ratio) -> Iterator[Finding]:
    """Events that are bad now, or no longer."""
    old, new = classified(before), classified(after)
    if old and new and old[0] == new[0]:
        yield from chosen(old[0], old[1], new[1])
    elif old or new or before.side != after.side:
        if (before.side, normal_events(before.part)) != (after.side, normal_events(after.part)):
            yield ALTERED, (Code(_part(before, old)), " → ", Code(_part(after, new)))
    else:
        same = normal_events(before.total) == normal_events(after.total)
        effect = UNKNOWN if not same else (EASIER, HARDER) if after.side == "bad" else (HARDER, EASIER)
        for kinds, phrase in events(before.part, after.part, effect, judge(before)):
            yield kinds, phrase if "exclusions" in kinds else (f"{after.side}: ", *phrase)


def chosen(side: str, before: frozenset[Filter], after: frozenset[Filter]) -> Iterator[Finding]:
    """The differences of filters, of which one match makes an event good or bad."""
    gone, new = _sorted(before - after), _sorted(after - before)
    more, fewer = (HARDER, EASIER) if side == "bad" else (EASIER, HARDER)
    if gone and new:
        narrower, wider = _covers(before, tuple(new)), _covers(after, tuple(gone))
        kinds = ALTERED if narrower == wider else fewer if narrower else more
        yield kinds, (f"{side} ", Code(language.filters(gone)), " → ", Code(language.filters(new)))
    elif new:
        yield more, (f"also {side}: ", Code(language.filters(new)))
    elif gone:
        yield fewer, (f"no longer {side}: ", Code(language.filters(gone)))


def _part(of: Ratio, filters: Classification | None) -> str:
    return (
        f"{filters[0]} {language.filters(_sorted(filters[1]))}" if filters else f"{of.side} {language.events(of.part)}"
    )


def _braces(matchers: set[Matcher]) -> Code | str:
    return Code(language.filters((ordered(matchers),))) if matchers else ""


def _sorted(filters: Iterable[Filter]) -> list[Filter]:
    return sorted(filters, key=repr)


def towards(comparable: bool, laxer: bool) -> Kinds:
    """What a change of a figure means: easier, harder, or neither if the two cannot be compared."""
    return ALTERED if not comparable else EASIER if laxer else HARDER
