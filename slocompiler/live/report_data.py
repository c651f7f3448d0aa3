"""Reports as CSV for spreadsheets and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from slocompiler.formats.spreadsheet import csv_of
from slocompiler.ir import Excepted
from slocompiler.live.names import labels
from slocompiler.live.period import Period
from slocompiler.live.report import Account, Figures, Reached
from slocompiler.live.report_spans import Span
from slocompiler.live.report_sums import Report

SCHEMA = 1
"""The version of the JSON form, which grammar/report.schema.json describes."""
COLUMNS = (
    *("slo", "period", "events", "bad", "kept", "target", "spent", "left_end", "left_worst", "worst_at", "pages"),
    *("tickets", "coverage", "excepted_events", "excepted_bad", "deployment", "per", "owner"),
)


def as_csv(report: Report) -> str:
    """A line for each value of each SLO, with a header. Shares are of 1; unknown cells are empty."""
    return csv_of(COLUMNS, _rows(report))


def _rows(report: Report) -> Iterator[Iterable[object]]:
    for one in report.accounts:
        for value in one.values:
            at, worst = value.worst or (None, None)
            numbers = (value.total.events, value.total.bad, value.kept, value.target, value.spent, value.last, worst)
            yield (
                one.slo.id,
                report.period.name,
                *map(decimal, numbers),
                "" if at is None else report.period.local(at).isoformat(),
                one.number(value, "page"),
                one.number(value, "ticket"),
                decimal(value.covered / (one.until - report.period.since)),
                decimal(value.every.events - value.total.events),
                decimal(value.every.bad - value.total.bad),
                _pairs(labels(one.slo).items()),
                _pairs(value.labels),
                one.service.owner,
            )


def _pairs(labels: Iterable[tuple[str, str]]) -> str:
    return ",".join(f"{name}={text}" for name, text in labels)


def decimal(number: float | Decimal | None) -> str:
    """All digits that a server agrees on, without an exponent: it adds series up in any order, so the last ones differ."""
    if number is None:
        return ""
    exact = number if isinstance(number, Decimal) else Decimal(f"{number:.12g}")
    text = format(exact, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_json(report: Report) -> str:
    """The report as JSON; shares are of 1, times in seconds since the epoch."""
    data = {
        "schema": SCHEMA,
        "period": report.period.name,
        "timezone": str(report.period.zone),
        "since": report.period.since,
        "until": report.period.until,
        "end": report.until,
        "by": report.by,
        "shift": report.shift.name if report.shift else None,
        "sums": [
            {
                "name": total.name,
                "slos": total.slos,
                "judged": total.judged,
                "kept": total.kept,
                "events": _rounded(total.total.events),
                "bad": _rounded(total.total.bad),
                "pages": total.pages,
                "pages_a_shift": _rounded(total.a_shift),
                "busiest": total.load.most and total.load.most._asdict(),
            }
            for total in report.totals
        ],
        "slos": [_account(one, report.period) for one in report.accounts],
        "changes": None if report.changes is None else [one._asdict() for one in report.changes],
    }
    return json.dumps(data, indent=2) + "\n"


def _account(one: Account, period: Period) -> dict[str, Any]:
    return {
        "id": one.slo.id,
        "deployment": labels(one.slo),
        "owner": one.service.owner,
        "window": one.slo.window,
        "fit": one.verdict,
        "review": one.review or None,
        "cut": one.cut,
        "alerts": [alert._asdict() for alert in one.others],
        "not_replayed": list(one.unknown),
        "policy": [_step(step) for step in one.steps],
        "exceptions": [_excepted(excepted) for excepted in period.excepted(one.slo)],
        "values": [_value(value) for value in one.values],
    }


def _excepted(of: Excepted) -> dict[str, Any]:
    return {
        "begin": of.begin,
        "end": of.end,
        "labels": {one.label: one.value for one in of.filter},
        "because": of.because,
    }


def _step(reached: Reached) -> dict[str, Any]:
    return {
        "below": float(reached.step.below),
        "action": reached.step.action,
        "entered": reached.begin,
        "left": reached.end,
    }


def _value(value: Figures) -> dict[str, Any]:
    at, worst = value.worst or (None, None)
    return {
        "labels": dict(value.labels),
        "target": float(value.target),
        "events": _rounded(value.total.events),
        "bad": _rounded(value.total.bad),
        "kept": _rounded(value.kept),
        "excepted_events": _rounded(value.every.events - value.total.events),
        "excepted_bad": _rounded(value.every.bad - value.total.bad),
        "kept_with_excepted": _rounded(value.kept_with),
        "spent": _rounded(value.spent),
        "left_end": _rounded(value.last),
        "left_worst": _rounded(worst),
        "worst_at": at,
        "begun": value.begun,
        "covered": value.covered,
        "alerts": [alert._asdict() for alert in value.fired],
        "incidents": _spans(value.incidents),
        "days": _spans(value.days),
    }


def _spans(spans: Sequence[Span]) -> list[dict[str, Any]]:
    return [
        {"begin": one.begin, "end": one.end, "events": _rounded(one.total.events), "bad": _rounded(one.total.bad)}
        for one in spans
    ]


def _rounded(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.12g}")
