"""The classification of events: the filters that make them good or bad, recovered from the sets of series in the IR."""

from __future__ import annotations

from collections.abc import Iterable

from slocompiler.ir import Filter, Matcher, Ratio

Sorting = tuple[str, frozenset[Filter]]
"""`good` or `bad`, and one of these filters."""


def ordered(matchers: Iterable[Matcher]) -> Filter:
    """Each once, in the order of labels."""
    return tuple(sorted(set(matchers), key=lambda m: (m.label, m.op, m.value)))


def sorting(ratio: Ratio) -> Sorting | None:
    """The filters that sort the events; None where counters of their own do."""
    total = {one.metric: one for one in ratio.total}
    found: set[Sorting] = set()
    for part in ratio.part:
        whole = total.get(part.metric)
        if whole is None or ratio.side == "good" or set(part.all) != set(whole.all):
            return None
        good = set(part.none) - set(whole.none)
        if not set(whole.none) <= set(part.none) or (part.any and good):
            return None
        found.add(("bad", frozenset(map(ordered, part.any))) if part.any else ("good", frozenset(map(ordered, good))))
    return found.pop() if len(found) == 1 and len(ratio.part) == len(ratio.total) else None
