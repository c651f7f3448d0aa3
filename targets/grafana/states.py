"""The state of SLOs in a word: what is wrong with the data comes before what the data say."""

from __future__ import annotations

from typing import NamedTuple

from slocompiler.targets.grafana.panels import Color, Shown

REMEMBERED = "6h"
"""How long an SLO is shown whose rules are no longer evaluated."""
DRAFT = 10
"""What is added to the number of a state for a draft, whose state alarms nobody."""
NOWHERE = "not recorded here"
"""Shown where no rule of the SLO was evaluated: the rules are not loaded, or the data source is another Prometheus."""


class State(NamedTuple):
    """A state; `expr` returns a value for each SLO that has it, with the matchers M of the SLOs and their key K."""

    name: str
    color: Color
    expr: str


STATES = (
    State(
        "stale rules", "orange", f"max by (K) (last_over_time(slo:info{{M}}[{REMEMBERED}]) unless on (K) slo:info{{M}})"
    ),
    State(
        "no data",
        "orange",
        "max by (K) (slo:info{M} unless on (K) (slo:events:rate5m{M} or slo:error_ratio:rate5m{M}))",
    ),
    State("exhausted", "red", "min by (K) (slo:budget_left:ratio{M}) <= 0"),
    State("burning", "orange", "max by (K) (slo:burn_rate:ratio{M}) > 1"),
    State("idle", "blue", "sum by (K) (slo:events:rate5m{M}) == 0"),
    State("young", "blue", "max by (K) (slo:age:ratio{M}) < 1"),
    State("healthy", "green", "min by (K) (slo:budget_left:ratio{M}) > 0"),
)
"""The first that holds is the state. Long slices are recorded too rarely to be seen in `slo:events:rate5m`."""
NUMBERS = {state.name: number for number, state in enumerate(STATES, 1)}


def of(name: str, matchers: str, key: str) -> str:
    """The SLOs that are in a state, whatever else they are, by the labels `key`; `matchers` select their series."""
    expr = STATES[NUMBERS[name] - 1].expr
    return expr.replace("(K)", f"({key})").replace("{M}", f"{{{matchers}}}")


def number(matchers: str, key: str) -> str:
    """The number of the state of each SLO. A new one without data yet is young."""
    every = [f"{number} + 0 * ({of(name, matchers, key)})" for name, number in NUMBERS.items()]
    return "\nor ".join([*every, f"{NUMBERS['young']} + 0 * max by ({key}) (slo:info{{{matchers}}})"])


def shown() -> tuple[Shown, ...]:
    """The words and colors of the numbers."""
    plain = [Shown(str(number), state.name, state.color) for number, state in enumerate(STATES, 1)]
    drafts = [Shown(str(DRAFT + number), f"draft, {state.name}", "text") for number, state in enumerate(STATES, 1)]
    return (*plain, *drafts)
