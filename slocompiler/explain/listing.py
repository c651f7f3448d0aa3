"""`sloc list`: one row for each SLO, as a table for terminals, CSV for spreadsheets, or JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from slocompiler import burn, promql
from slocompiler.explain import table as table_of
from slocompiler.explain import words
from slocompiler.explain.promise import due, next_review
from slocompiler.formats.spreadsheet import csv_of
from slocompiler.ir import SEVERITIES, Program, Severity, Slo
from slocompiler.ir_json import to_json
from slocompiler.visible import shown

SCHEMA = 1
"""The version of the JSON form, which grammar/list.schema.json describes."""
NARROWEST = 12
"""Cells of the narrowest title; without room for them the table has no titles."""
LEAVES = ("title", "alerts", "next review")
"""Columns that leave a table that is too wide, in this order."""


class Row(NamedTuple):
    """An SLO of the list."""

    slo: Slo
    owner: str


def rows(program: Program, owner: str | None = None, severity: Severity | None = None) -> list[Row]:
    """The SLOs by service, then in the order of their files; those of one owner, or with an alert of one severity."""
    return [
        Row(slo, service.owner)
        for service in program.services
        if owner in (None, service.owner)
        for slo in service.slos
        if severity is None or any(line.severity == severity for line in slo.alerts)
    ]


def table(listed: Sequence[Row], width: int | None) -> list[str]:
    """The head and a line for each row, at most `width` cells wide where that is possible; None is any width."""
    texts = [_texts(row) for row in listed]
    texts.insert(0, {column: column for column in texts[0]} if texts else {})
    widths = table_of.widths(texts)
    for column in LEAVES if width else ():
        over = table_of.over(widths, width)
        if over > 0 and column == "title" and widths[column] - over >= NARROWEST:
            widths[column] -= over
        elif over > 0:
            del widths[column]
    return [table_of.line(text, widths) for text in texts]


def _texts(row: Row) -> dict[str, str]:
    """The cells of a row, by the names of their columns."""
    slo = row.slo
    share = burn.budget(slo.target)
    lines = [words.plural(count, name) for name, count in _alerts(slo).items() if count]
    return {
        "SLO": f"{slo.id} (draft)" if slo.draft else slo.id,
        "title": shown(slo.title),
        "target": promql.percent(slo.target),
        "window": promql.duration(slo.window),
        "budget": f"{words.outage(int(share * slo.window))} ({promql.percent(share)})",
        "owner": shown(row.owner),
        "alerts": ", ".join(lines) or "none",
        "next review": next_review(slo.review),
    }


def _alerts(slo: Slo) -> dict[Severity, int]:
    """How many alert lines of each severity it has."""
    return {severity: sum(line.severity == severity for line in slo.alerts) for severity in SEVERITIES}


def as_csv(listed: Iterable[Row]) -> str:
    """The rows with a header; the budget is a share and a time of full outage."""
    counts = [f"{severity}_alerts" for severity in SEVERITIES]
    columns = ("slo", "title", "draft", "target", "window", "budget", "budget_time", "owner", *counts, "next_review")
    return csv_of(columns, (_written(row) for row in listed))


def _written(row: Row) -> Sequence[object]:
    slo, share = row.slo, burn.budget(row.slo.target)
    return (
        slo.id,
        slo.title,
        "yes" if slo.draft else "no",
        promql.percent(slo.target),
        promql.duration(slo.window),
        promql.percent(share),
        promql.duration(share * slo.window),
        row.owner,
        *_alerts(slo).values(),
        _due(slo) or "",
    )


def as_json(listed: Sequence[Row]) -> str:
    """The rows as JSON; shares are exact texts and times are in seconds, as in the IR."""
    return json.dumps({"schema": SCHEMA, "slos": list(map(_object, listed))}, indent=2, ensure_ascii=False)


def _object(row: Row) -> dict[str, Any]:
    slo = row.slo
    return {
        "id": slo.id,
        "title": slo.title,
        "draft": slo.draft,
        "target": to_json(slo.target),
        "window": slo.window,
        "budget": {"share": to_json(1 - slo.target), "seconds": to_json((1 - slo.target) * slo.window)},
        "owner": row.owner,
        "alerts": _alerts(slo),
        "next_review": _due(slo),
    }


def _due(slo: Slo) -> str | None:
    """The day of the next review, or None."""
    return (due(slo.review) or None) if slo.review else None
