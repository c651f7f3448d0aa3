"""The made-up traffic of a comparison: what happens, and why another tool reports other ratios of it.

Bad events are given in budgets: at a target of 99.9%, a share of 10 budgets is 1% of the events.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from slocompiler.burn import HOUR
from slocompiler.record import EMPTY
from slocompiler.targets.promtest.kit import Kit
from slocompiler.targets.promtest.scenario import COARSE, Phase, series, share


class Part(NamedTuple):
    """Some time of even traffic."""

    ticks: int
    """Its length, in units of five minutes."""
    budgets: float
    """The share of bad events, as a multiple of the budget."""
    traffic: float = 1
    """The events, as a multiple of the usual ones."""


class Scene(NamedTuple):
    """A day of traffic."""

    name: str
    parts: tuple[Part, ...]
    why: Mapping[str, str]
    """By the name of a tool, why its ratio differs from the one of sloc; without a reason, both have to be equal."""
    is_late: bool = False
    """Whether series of bad events exist from the first bad event on."""

    def phases(self, budget: float, many: int) -> list[Phase]:
        """The parts as phases, of a target with this budget (a share); `many` events happen between two samples."""
        return [share(one.ticks, min(1, one.budgets * budget), round(one.traffic * many)) for one in self.parts]

    def series(self, kit: Kit, phases: list[Phase]) -> dict[str, str]:
        """The counters in promtool's notation."""
        found = series([(kit, phases)], COARSE)
        if not self.is_late:
            return found
        early = series([(kit, phases[:1])], COARSE)
        waits = f"_x{phases[0].ticks * COARSE.samples + 1}"
        return {
            name: values if name in early else f"{waits} {values.split(maxsplit=2)[2]}"
            for name, values in found.items()
        }


_HOUR = HOUR // COARSE.step
_ALL = float("inf")
SCENES = (
    Scene("even traffic with an outage", (Part(12 * _HOUR, 0.5), Part(_HOUR, _ALL), Part(11 * _HOUR, 0.5)), EMPTY),
    Scene(
        "a quiet night fails more",
        (Part(12 * _HOUR, 0.5), Part(12 * _HOUR, 10, 0.01)),
        {"Sloth": "it averages ratios: a quiet hour weighs like a busy one"},
    ),
    Scene(
        "ten idle minutes",
        (Part(12 * _HOUR, 0.5), Part(2, 0, 0), Part(12 * _HOUR - 2, 0.5)),
        {"Sloth": "0/0 is NaN, which stays in its average for the whole window"},
    ),
    Scene(
        "first error late",
        (Part(23 * _HOUR, 0), Part(_HOUR, 10)),
        {
            "Sloth": "its average begins with the first error series",
            "Pyrra": "its increase misses how a new series began",
        },
        is_late=True,
    ),
    Scene(
        "retry storm",
        (Part(12 * _HOUR, 0.5), Part(_HOUR // 2, _ALL, 8), Part(23 * _HOUR // 2, 0.5)),
        {"Sloth": "it averages ratios: the traffic of the storm weighs as half an hour"},
    ),
)
"""The first one is the proof: tools that count the same events have the same ratio of even traffic."""
