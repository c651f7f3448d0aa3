"""Backtests as JSON, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slocompiler.ir import Slo
from slocompiler.live import complaints
from slocompiler.live.backtest import Compared, Replay, Step, Unknown
from slocompiler.live.backtest_formats import View, busy
from slocompiler.live.names import labels

SCHEMA = 1
"""The version of the JSON form, which grammar/backtest.schema.json describes."""


def data(found: Sequence[Compared], unknown: Sequence[Unknown], view: View, now: int) -> dict[str, Any]:
    """The backtests as values of JSON; shares are of 1 and times in seconds."""
    return {
        "schema": SCHEMA,
        "now": now,
        "shift": view.shift.name if view.shift else None,
        "pages_a_shift": view.limit,
        "slos": [
            {
                **_which(one.after.slo),
                "start": one.after.start,
                "end": one.after.end,
                "before": None if one.before is None else _side(one.before, view),
                "after": _side(one.after, view),
                "feedback": complaints.as_json(one.after.days, view.said, one.after.slo.id),
            }
            for one in found
        ],
        "not_replayed": [{**_which(one.slo), "why": one.why} for one in unknown],
    }


def _which(slo: Slo) -> dict[str, Any]:
    return {"id": slo.id, "deployment": labels(slo)}


def _side(replay: Replay, view: View) -> dict[str, Any]:
    load = busy(replay, view)
    values = [
        {
            "labels": dict(one.labels),
            "target": float(one.target),
            "kept": _rounded(one.kept),
            "left": _rounded(one.left),
            "coverage": _rounded(one.coverage),
            "alerts": [episode._asdict() for episode in one.episodes],
            "targets": [_rung(step) for step in one.ladder],
        }
        for one in replay.outcomes
    ]
    shifts = {"most": load.most and load.most._asdict(), "over": [one._asdict() for one in load.over]}
    return {
        "window": replay.slo.window,
        "shifts": shifts,
        "values": values,
        "alerts": [episode._asdict() for episode in replay.others],
        "not_replayed": list(replay.unknown),
    }


def _rung(step: Step) -> dict[str, Any]:
    shares = {"target": float(step.target), "least": _rounded(step.least), "left": _rounded(step.left)}
    return {**step._asdict(), **shares}


def _rounded(share: float | None) -> float | None:
    """To nine digits: servers add up series in any order, so that the last ones differ."""
    return None if share is None else round(share, 9)
