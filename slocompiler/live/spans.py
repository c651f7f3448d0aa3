"""Spans of time, in order and apart: from a second until before another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

Spans: TypeAlias = list[tuple[int, int]]


def joined(spans: Iterable[tuple[int, int]], gap: int = 0) -> Spans:
    """Spans that overlap, or are at most `gap` seconds apart, as one."""
    found: Spans = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1] + gap:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def without(spans: Iterable[tuple[int, int]], others: Sequence[tuple[int, int]]) -> Spans:
    """What of the spans is in none of the others."""
    found: Spans = []
    for begin, end in spans:
        for start, stop in others:
            if start < end and stop > begin:
                if begin < start:
                    found.append((begin, start))
                begin = max(begin, stop)
        if begin < end:
            found.append((begin, end))
    return found


def both(some: Sequence[tuple[int, int]], others: Sequence[tuple[int, int]]) -> Spans:
    """What of some spans is in others, too."""
    return without(some, without(some, others))


def later(spans: Iterable[tuple[int, int]], seconds: int) -> Spans:
    """The spans without their first seconds, as `for` cuts them."""
    return [(begin + seconds, end) for begin, end in spans if begin + seconds < end]


def longer(spans: Iterable[tuple[int, int]], seconds: int) -> Spans:
    """The spans, each longer by `seconds` at its end, as `keep_firing_for` makes them."""
    return joined((begin, end + seconds) for begin, end in spans)
