"""Which targets would have held: the steps of a ladder of targets, judged by the least budget that was left."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from slocompiler import promql
from slocompiler.explain import words
from slocompiler.live.backtest import BARELY, Outcome, Replay, Step
from slocompiler.live.status_formats import percent

SHOWN = (-2.0, 0.9)
"""Targets by which more is spent or left than this are not shown, unless someone asked for them."""
ENOUGH = 0.9
"""The share of a window that has to have data to judge a target without saying so."""


def asked(replay: Replay, outcome: Outcome) -> str:
    """The question above the steps, with what is known of the window."""
    known = ""
    if is_short(replay, outcome):
        seconds = int(outcome.coverage * (replay.end - replay.start))
        known = f" Only {words.spoken(seconds)} of a window of {words.spoken(replay.slo.window)} have data."
    return f"Which target would have held?{known} The least budget that was left:"


def is_short(replay: Replay, outcome: Outcome) -> bool:
    """Whether too little of a window has data to say that a target would have held."""
    return outcome.coverage * (replay.end - replay.start) < ENOUGH * replay.slo.window


def rows(ladder: Sequence[Step], now: Decimal, short: bool, chosen: Sequence[Decimal] = ()) -> list[dict[str, str]]:
    """The steps as cells: the target of `now`, those that are asked for, and those by which a budget was nearly spent.

    `short` says that too little of a window has data to say that one would have held.
    """
    low, high = SHOWN
    steps = [one for one in ladder if one.target in (now, *chosen) or low < one.least < high]
    return [
        {
            "target": promql.percent(one.target),
            "least": f"{percent(one.least):>6}",
            "pages": words.plural(one.pages, "page"),
            "tickets": words.plural(one.tickets, "ticket"),
            "verdict": f"{verdict(one.least, short)}{' (now)' if one.target == now else ''}".strip(),
        }
        for one in steps
    ]


def verdict(least: float, short: bool) -> str:
    """`not held`, `holds, barely` or `loose` by the least budget that was left; empty if too little is known."""
    if least < 0:
        return "not held"
    return "" if short else "holds, barely" if least < BARELY else "loose"


def held(least: float) -> str:
    """The same of a past that is known: `would have held, barely`."""
    said = {"not held": "would not have held", "holds, barely": "would have held, barely", "loose": "would have held"}
    return said[verdict(least, short=False)]
