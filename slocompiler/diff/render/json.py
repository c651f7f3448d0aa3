"""A comparison as JSON data, for programs; `grammar/diff.schema.json` describes it."""

from __future__ import annotations

from typing import Any

from slocompiler import promql
from slocompiler.burn import SHARES
from slocompiler.diff.change import Budget, Case, Comparison, Cost, Detection, Entry, Line, Side
from slocompiler.diff.render.summary import sentence
from slocompiler.explain.phrases import plain
from slocompiler.ir_json import to_json

SCHEMA = 1
"""The version of the form."""


def data(found: Comparison, base: Side, head: Side) -> dict[str, Any]:
    """The whole comparison. Numbers that may have decimals are text, as in the IR."""
    return {
        "schema": SCHEMA,
        "summary": plain(sentence(found, base)),
        "base": _side(base),
        "head": _side(head),
        "slos": {"before": found.before, "after": found.after, "unchanged": found.unchanged},
        "kinds": list(found.kinds),
        "changes": list(map(_entry, found.entries)),
        "cost": _cost(found.cost) if found.cost else None,
    }


def _cost(of: Cost) -> dict[str, Any]:
    both = {name: dict(zip(("before", "after"), getattr(of, name), strict=True)) for name in ("series", "samples")}
    return both | {"counted": of.is_counted}


def _side(side: Side) -> dict[str, Any]:
    return {"name": side.name, "revision": side.revision or None, "errors": list(side.errors)}


def _entry(entry: Entry) -> dict[str, Any]:
    location = entry.location
    return {
        "kinds": list(entry.kinds),
        "what": plain(entry.what),
        "alike": entry.alike,
        "place": {"path": location.path, "template": location.used_at is not None, "used_at": location.used_at or None},
        "cases": list(map(_case, entry.cases)),
    }


def _case(case: Case) -> dict[str, Any]:
    detail = case.detail
    budgets = detail.budget or (None, None)
    return {
        "slos": list(case.slos),
        "notes": list(map(plain, detail.notes)),
        "before": to_json(detail.before),
        "after": to_json(detail.after),
        "budget": {"before": budget(budgets[0]), "after": budget(budgets[1])},
        "alerts": [{"before": _line(old), "after": _line(new)} for old, new in detail.lines],
    }


def budget(of: Budget | None) -> dict[str, Any] | None:
    """An error budget; its outage and its window are seconds."""
    if of is None:
        return None
    return {
        "target": to_json(of.target),
        "window": of.window,
        "counts": of.counts,
        "outage": of.outage,
        "per_million": promql.number(of.per_million),
    }


def _line(of: Line | None) -> dict[str, Any] | None:
    if of is None:
        return None
    seen = [_detection(number, detection) for number, detection in enumerate(of.detects)]
    return {"line": of.words, "severity": of.severity, "detects": seen}


def _detection(number: int, of: Detection | None) -> dict[str, Any]:
    return {
        "errors": promql.number(SHARES[number]),
        "seconds": promql.number(of.seconds) if of else None,
        "spent": promql.number(of.spent) if of else None,
    }
