"""Changes of counted events: sets of series before and after, and their classification as good or bad."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from slocompiler import promql
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


def events(before: Events, after: Events) -> Iterator[Finding]:
    """Events that are counted now, or no longer. A difference of every metric is listed once."""
    old, new = ({stream.metric: stream for stream in normal_events(side)} for side in (before, after))
    come, gone = (
        Code(language.events(one[metric] for metric in sorted(one.keys() - other.keys())))
        for one, other in ((new, old), (old, new))
    )
    if come.text and gone.text:
        yield ALTERED, ("counts ", come, " instead of ", gone)
    elif come.text:
        yield ALTERED, ("counts also ", come)
    elif gone.text:
        yield ALTERED, ("no longer counts ", gone)
    found = {metric: list(stream(old[metric], new[metric])) for metric in sorted(old.keys() & new.keys())}
    everywhere = [one for one in next(iter(found.values()), ()) if all(one in others for others in found.values())]
    yield from everywhere
    for metric, findings in found.items():
        for kinds, phrase in findings:
            if (kinds, phrase) not in everywhere:
                yield kinds, (*phrase, " of ", Code(metric))


def stream(before: Stream, after: Stream) -> Iterator[Finding]:
    """The differences between two streams."""
    before, after = normal_stream(before), normal_stream(after)
    if before.metric != after.metric:
        yield ALTERED, ("counts ", Code(after.metric), " instead of ", Code(before.metric))
    gone, new = (_braces(set(one.all) - set(other.all)) for one, other in ((before, after), (after, before)))
    if gone and new:
        yield ALTERED, ("counts ", new, " instead of ", gone)
    elif new:
        yield ALTERED, ("counts only ", new)
    elif gone:
        yield ALTERED, ("counts all events, not only ", gone)
    if before.any != after.any:
        was, now = (Code(language.filters(one.any)) if one.any else "all" for one in (before, after))
        yield ALTERED, ("counts ", now, " instead of ", was)
    kept, excluded = (
        language.filters(_sorted(set(one.none) - set(other.none))) for one, other in ((before, after), (after, before))
    )
    if kept and excluded:
        yield EXCLUDED, ("excludes ", Code(excluded), " instead of ", Code(kept))
    elif excluded:
        yield EXCLUDED, ("excludes ", Code(excluded))
    elif kept:
        yield EXCLUDED, ("no longer excludes ", Code(kept))


def parts(before: Ratio, after: Ratio) -> Iterator[Finding]:
    """Events that are bad now, or no longer."""
    old, new = classified(before), classified(after)
    if old and new and old[0] == new[0]:
        yield from chosen(old[0], old[1], new[1])
    elif old or new or before.side != after.side:
        if (before.side, normal_events(before.part)) != (after.side, normal_events(after.part)):
            yield ALTERED, (Code(_part(before, old)), " → ", Code(_part(after, new)))
    else:
        for kinds, phrase in events(before.part, after.part):
            yield (kinds, phrase) if kinds == EXCLUDED else (ALTERED, (f"{after.side}: ", *phrase))


def chosen(side: str, before: frozenset[Filter], after: frozenset[Filter]) -> Iterator[Finding]:
    """The differences of filters, of which one match makes an event good or bad."""
    gone, new = _sorted(before - after), _sorted(after - before)
    more, less = (HARDER, EASIER) if side == "bad" else (EASIER, HARDER)
    if gone and new:
        yield ALTERED, (f"{side} ", Code(language.filters(gone)), " → ", Code(language.filters(new)))
    elif new:
        yield more, (f"also {side}: ", Code(language.filters(new)))
    elif gone:
        yield less, (f"no longer {side}: ", Code(language.filters(gone)))


def _part(of: Ratio, filters: Classification | None) -> str:
    return (
        f"{filters[0]} {language.filters(_sorted(filters[1]))}" if filters else f"{of.side} {language.events(of.part)}"
    )


def _braces(matchers: set[Matcher]) -> Code | str:
    return Code(promql.selector("", ordered(matchers))) if matchers else ""


def _sorted(filters: Iterable[Filter]) -> list[Filter]:
    return sorted(filters, key=repr)
