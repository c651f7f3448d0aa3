"""The classification of events: the filters that make them good or bad, recovered from the sets of series in the IR."""

from __future__ import annotations

from collections.abc import Iterable

from slocompiler.ir import Filter, Matcher, Ratio

Classification = tuple[str, frozenset[Filter]]
"""`good` or `bad`, and the filters: an event that matches one of them is that."""


def ordered(matchers: Iterable[Matcher]) -> Filter:
    """The matchers in the order of labels, without duplicates."""
    return tuple(sorted(set(matchers), key=lambda m: (m.label, m.op, m.value)))


def classified(ratio: Ratio) -> Classification | None:
    """The filters that classify the events; None if good or bad events have their own counters."""
    total = {one.metric: one for one in ratio.total}
    found: set[Classification] = set()
    for part in ratio.part:
        whole = total.get(part.metric)
        if whole is None or ratio.side == "good" or set(part.all) != set(whole.all):
            return None
        good = set(part.none) - set(whole.none)
        if not set(whole.none) <= set(part.none) or (part.any and good):
            return None
        found.add(("bad", frozenset(map(ordered, part.any))) if part.any else ("good", frozenset(map(ordered, good))))
    return found.pop() if len(found) == 1 and len(ratio.part) == len(ratio.total) else None
