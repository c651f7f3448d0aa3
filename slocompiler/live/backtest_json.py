"""Backtests as JSON, for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from slocompiler.live.backtest import Compared, Replay, Step
from slocompiler.targets.prometheus.series import deployed

SCHEMA = 1
"""The version of the JSON form, which grammar/backtest.schema.json describes."""


def as_json(found: Sequence[Compared], now: int) -> str:
    """The backtests as JSON; shares are of 1 and times in seconds."""
    data = {
        "schema": SCHEMA,
        "now": now,
        "slos": [
            {
                "id": one.after.slo.id,
                "deployment": {label.name: label.value for label in deployed(one.after.slo)},
                "start": one.after.start,
                "end": one.after.end,
                "before": None if one.before is None else _side(one.before),
                "after": _side(one.after),
            }
            for one in found
        ],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _side(replay: Replay) -> dict[str, Any]:
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
    return {"window": replay.slo.window, "values": values}


def _rung(step: Step) -> dict[str, Any]:
    shares = {"target": float(step.target), "least": _rounded(step.least), "left": _rounded(step.left)}
    return {**step._asdict(), **shares}


def _rounded(share: float | None) -> float | None:
    """To nine digits: servers add up series in any order, so that the last ones differ."""
    return None if share is None else round(share, 9)
