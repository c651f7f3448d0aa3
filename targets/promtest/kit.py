"""The kinds of events of an SLO, and the series that an event of each kind increases."""

from __future__ import annotations

from typing import Any, NamedTuple

from slocompiler.targets.promtest.journey import Funnel

Step = Any
"""What an event adds to a series: a number to a counter, a `Histogram` to a native histogram. No series mixes them."""
Carrier = dict[str, Step]
"""The series that an event belongs to. A counter increases by 1, or by 0 if it only has to exist."""


class Kit(NamedTuple):
    """The carriers of each kind of event; the events of a kind are spread over its carriers."""

    good: list[Carrier]
    bad: list[Carrier]
    excluded: list[Carrier]
    journey: Funnel | None = None
    """The journey whose attempts these are; then a carrier says how an attempt ends, and the steps have the series."""
    recorded: bool = False
    """Whether the carriers are what the SLO itself records: its slices, whose data `slices.py` tests."""

    def lacking(self) -> str:
        """The kind of event that has no carrier; "" if every kind has one."""
        return next((kind for kind, carriers in (("good", self.good), ("bad", self.bad)) if not carriers), "")
