"""Changes of a threshold: its bounds, and the filters on what is good."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.diff.equivalence import normal
from slocompiler.diff.streams import ALTERED, EASIER, HARDER, Finding, Kinds, chosen, towards
from slocompiler.explain import language
from slocompiler.explain.classification import ordered
from slocompiler.explain.phrases import Code
from slocompiler.ir import Threshold


def threshold(before: Threshold, after: Threshold) -> Iterator[Finding]:
    """The differences of two thresholds, without those of their histograms."""
    if before.native != after.native:
        was, now = ("native" if one.native else "classic" for one in (before, after))
        yield ALTERED, (f"{was} → {now} histogram",)
    if before.bounded or after.bounded:
        if normal(before) != normal(after):
            yield _bounds(before, after), ("good ", Code(language.bounds(before)), " → ", Code(language.bounds(after)))
        return
    if (before.bound, before.good, before.unit) != (after.bound, after.good, after.unit):
        comparable = (before.good, before.unit) == (after.good, after.unit)
        laxer = (after.bound > before.bound) == (after.good == "le")
        yield towards(comparable, laxer), (f"good {language.bound(before)} → {language.bound(after)}",)
    old, new = (frozenset(map(ordered, one.only)) for one in (before, after))
    if new and not old:
        yield HARDER, ("good only if ", Code(language.filters(sorted(new, key=repr))))
    elif old and not new:
        yield EASIER, ("good even without ", Code(language.filters(sorted(old, key=repr))))
    else:
        yield from chosen("good", old, new)


def _bounds(before: Threshold, after: Threshold) -> Kinds:
    """Whether bounds by filters become easier to meet: the same filters, and each bound moves in the same direction, or stays."""
    old, new = ({frozenset(map(ordered, one.any)): one.bound for one in side.bounded} for side in (before, after))
    moves = [new[one] - old[one] for one in old if one in new and new[one] != old[one]]
    same = (old.keys(), before.good, before.unit) == (new.keys(), after.good, after.unit)
    laxer = [(move > 0) == (after.good == "le") for move in moves]
    return towards(same and len(set(laxer)) == 1, bool(laxer and laxer[0]))
