"""Sums of counts over windows of any length, each in constant time."""

from __future__ import annotations

from collections.abc import Mapping

from slocompiler.live.tiles import NONE, Count


class Sums:
    """Counts that end every `step` seconds after `start`. Each covers `width` seconds, and they may overlap."""

    def __init__(self, start: int, step: int, width: int, counts: Mapping[int, Count], end: int) -> None:
        self.start, self.step, self.width = start, step, width
        ahead = width // step
        self._events, self._bad = [0.0] * ahead, [0.0] * ahead
        for at in range(start + step, end + 1, step):
            count = counts.get(at, NONE)
            self._events.append(self._events[-ahead] + count.events)
            self._bad.append(self._bad[-ahead] + count.bad)
        self.times = range(start + step, end + 1, step)
        self._ahead = ahead

    def over(self, window: int, at: int) -> Count:
        """The counts of a window that ends at a time, or at the last step before it."""
        last = (at - self.start) // self.step + self._ahead - 1
        first = last - max(1, round(window / self.width)) * self._ahead
        if first < self._ahead:  # the window begins before the first count
            first = last % self._ahead
        return Count(self._events[last] - self._events[first], self._bad[last] - self._bad[first])


def ratio(count: Count) -> float | None:
    """The share of bad events; None without events."""
    return count.bad / count.events if count.events > 1e-9 else None
