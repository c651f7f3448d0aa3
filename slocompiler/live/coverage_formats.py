"""The jobs of `sloc coverage` as a table for terminals, Markdown, or JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from slocompiler import promql
from slocompiler.explain import table
from slocompiler.explain.words import plural
from slocompiler.formats.markdown import table as in_table
from slocompiler.live.coverage import Job
from slocompiler.visible import shown

SCHEMA = 1
"""The version of the JSON form, which grammar/coverage.schema.json describes."""
COLUMNS = ("job", "events/s", "covered", "SLOs", "busiest counter")
NONE, UNKNOWN = "none", "–"


def as_text(found: Sequence[Job], width: int | None) -> str:
    """A table, at most `width` cells wide where that is possible, and a summary."""
    texts = [{column: column for column in COLUMNS}, *map(_texts, found)]
    widths = table.widths(texts)
    over = table.over(widths, width)
    widths["SLOs"] = max(widths["SLOs"] - max(over, 0), len(COLUMNS[3]))
    return "\n".join([*(table.line(one, widths) for one in (texts if found else ())), summary(found)])


def as_markdown(found: Sequence[Job]) -> str:
    """A table in Markdown, and a summary."""
    rows = [COLUMNS, *(_texts(one).values() for one in found)]
    return "\n".join([*([*in_table(rows), ""] if found else ()), summary(found)])


def as_json(found: Sequence[tuple[Mapping[str, str], Sequence[Job]]], now: int) -> str:
    """The jobs of each deployment, by its labels, as JSON; shares are of 1, and paces are a second."""
    jobs = [_data(one, labels) for labels, several in found for one in several]
    return json.dumps({"schema": SCHEMA, "now": now, "jobs": jobs}, indent=2, ensure_ascii=False) + "\n"


def summary(found: Sequence[Job]) -> str:
    """How many jobs have an SLO, and how much of the traffic they look at."""
    if not found:
        return "no job counts requests in a way that sloc knows"
    pace = sum(one.pace for one in found)
    have = sum(1 for one in found if one.slos)
    counting = "counts" if len(found) == 1 else "count"
    part = (
        f"SLOs look at {_percent(1 - sum(one.uncovered for one in found) / pace)} of the traffic"
        if pace
        else "no traffic"
    )
    return f"{plural(len(found), 'job')} {counting} requests, {have:,} with SLOs; {part}"


def _texts(one: Job) -> dict[str, str]:
    cells = (
        shown(one.name),
        promql.rounded(Fraction(one.pace)),
        _percent(one.covered),
        ", ".join(one.slos) or NONE,
        shown(one.metric),
    )
    return dict(zip(COLUMNS, cells, strict=True))


def _percent(share: float | None) -> str:
    """Without decimals; 99.9% is not all."""
    if share is None:
        return UNKNOWN
    return f"{100 * share if share == 1 else min(99, round(100 * share)):.0f}%"


def _data(one: Job, labels: Mapping[str, str]) -> dict[str, Any]:
    return {
        "job": one.name,
        "deployment": dict(labels),
        "metric": one.metric,
        "pace": round(one.pace, 9),
        "covered": None if one.covered is None else round(one.covered, 9),
        "slos": list(one.slos),
    }
