"""The rows of `sloc status` as a table for terminals, Markdown, CSV for spreadsheets, or JSON for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from slocompiler import promql
from slocompiler.explain import table, words
from slocompiler.formats.markdown import table as in_table
from slocompiler.formats.spreadsheet import csv_of
from slocompiler.ir import Label
from slocompiler.live import names
from slocompiler.live.row import COVERED, UNKNOWN, Number, Row, Value
from slocompiler.visible import shown

SCHEMA = 1
"""The version of the JSON form, which grammar/status.schema.json describes."""
FEW = 3
"""The number of values of the `per` labels that are shown, if not all are."""
COLUMNS = ("SLO", "target", "kept", "budget left", "burn 1h", "gone in", "state")
NONE = "–"
_BAR, _BLOCKS = 10, " ▏▎▍▌▋▊▉█"
"""The cells of a full bar, and the eighths of one."""


def lines(rows: Sequence[Row], width: int | None, per_all: bool) -> list[tuple[str, Row | None]]:
    """The lines of the table, at most `width` cells wide where that is possible, each with its row; the head has none."""
    pairs: list[tuple[dict[str, str], Row | None]] = [({column: column for column in COLUMNS}, None)]
    pairs += [(texts, row) for row in rows for texts in _texts(row, per_all)]
    widths = table.widths([texts for texts, _ in pairs])
    over = table.over(widths, width)
    if over > 0:
        widths["state"] = max(widths["state"] - over, len("not recorded here"))
    return [(table.line(texts, widths), row) for texts, row in pairs]


def as_markdown(rows: Sequence[Row], per_all: bool) -> str:
    """The rows as a table in Markdown."""
    found = (texts for row in rows for texts in _texts(row, per_all, bars=False))
    return "\n".join(in_table([COLUMNS, *([texts[column] for column in COLUMNS] for texts in found)]))


def summary(rows: Sequence[Row], servers: Sequence[str], now: int) -> str:
    """`5 SLOs on http://localhost:9090, 2026-11-28 19:40Z: 1 exhausted, 1 burning`; drafts are not counted by state."""
    found = Counter(row.state for row in rows if not row.draft)
    parts = [f"{count:,} {name}" for name, count in found.items()]
    drafts = sum(row.draft for row in rows)
    parts += [words.plural(drafts, "draft")] if drafts else []
    about = f"{words.plural(len(rows), 'SLO')} on {', '.join(dict.fromkeys(servers))}, {words.moment(now)}"
    return f"{about}: {', '.join(parts)}" if parts else about


def brief(row: Row) -> str:
    """The state in a few words, with the deployment if there is one: `71% of the budget left · healthy`."""
    where = names.place(row.deployment)
    left = [] if row.worst.left is None else [f"{percent(row.worst.left)} of the budget left"]
    return (f"{where}: " if where else "") + " · ".join([*left, _state(row)])


def _texts(row: Row, per_all: bool, bars: bool = True) -> Iterator[dict[str, str]]:
    """The cells of an SLO: those of its worst value, then those of its values if there are several."""
    worst, several = row.worst, len(row.values) > 1
    name = names.of(row.id, row.deployment, () if several else worst.labels)
    yield _cells(row, worst, name, bars) | {"state": _state(row)}
    chosen = row.values if per_all else row.values[:FEW]
    for value in chosen if several else ():
        yield _cells(row, value, f"  {names.values(value.labels)}", bars) | {"state": ""}
    if several and len(chosen) < len(row.values):
        rest = words.plural(len(row.values) - len(chosen), "other value")
        yield dict.fromkeys(COLUMNS, "") | {"SLO": f"  {rest}: --per all"}


def _cells(row: Row, value: Value, name: str, bars: bool) -> dict[str, str]:
    target = row.target if value.target is None else exact(value.target)
    gone = value.gone_in(row.window)
    return {
        "SLO": name,
        "target": f"{target}/{promql.duration(row.window)}",
        "kept": kept(value.kept, target),
        "budget left": f"{percent(value.left):>6}{f' {_bar(value.left)}' if bars and value.left is not None else ''}",
        "burn 1h": NONE if value.burn is None else f"{value.burn:.3g}×",
        "gone in": NONE if gone is None else words.time(Fraction(gone)),
    }


def _state(row: Row) -> str:
    """The state in the words of the dashboards, and what to know about it."""
    return " · ".join([f"{'draft, ' if row.draft else ''}{row.state}", *notes(row)])


def notes(row: Row) -> list[str]:
    """What to know about the state: firing alerts, a window without all of its data, what the policy says."""
    parts = [f"{severity} firing" for severity in row.firing]
    coverage, age = row.worst.coverage, row.worst.age
    if coverage is not None and age is not None and coverage < COVERED * age and row.state not in UNKNOWN:
        parts.append(f"coverage {percent(coverage)} of {percent(age)}")
    elif age is not None and age < 1 and row.state not in UNKNOWN:
        parts.append(f"{words.time(Fraction(age * row.window))} of {promql.duration(row.window)}")
    if row.action:
        parts.append(shown(row.action))
    return parts


def exact(share: float) -> str:
    """A target as it was written."""
    return promql.percent(Fraction(f"{share:.10g}"))


def kept(share: Number, target: str) -> str:
    """The share of good events, cut after a digit more than the target has: it never seems to be kept if it is not."""
    if share is None:
        return NONE
    digits = max(2, len(target.partition(".")[2].rstrip("%")) + 1)
    scale = 10**digits
    cut = int(Fraction(f"{share:.12g}") * 100 * scale) / scale
    return f"{cut:.{digits}f}".rstrip("0").rstrip(".") + "%"


def percent(share: Number) -> str:
    """A share in whole percent; one near 0 with a digit, so that only nothing is 0%."""
    if share is None:
        return NONE
    return f"{share:.0%}" if abs(share) >= 0.01 or share == 0 else f"{share * 100:.1g}%"


def _bar(left: Number) -> str:
    whole, eighths = divmod(round(max(0, min(1, left or 0)) * _BAR * 8), 8)
    return f"▕{('█' * whole + (_BLOCKS[eighths] if eighths else '')).ljust(_BAR)}▏"


def as_csv(rows: Sequence[Row]) -> str:
    """A line for each value, with a header; shares are of 1 and times in seconds."""
    numbers = ("kept", "left", "burn_rate", "gone_in", "coverage", "age")
    columns = ("slo", "deployment", "per", "owner", "target", "window", "draft", "state", *numbers, "firing", "action")
    return csv_of(columns, (_written(row, value) for row in rows for value in row.values))


def _written(row: Row, value: Value) -> Sequence[object]:
    found = (value.kept, value.left, value.burn, value.gone_in(row.window), value.coverage, value.age)
    return (
        row.id,
        _pairs(row.deployment),
        _pairs([Label(name=name, value=text) for name, text in value.labels]),
        row.owner,
        row.target if value.target is None else exact(value.target),
        promql.duration(row.window),
        "yes" if row.draft else "no",
        row.state,
        *("" if number is None else f"{number:.6g}" for number in found),
        " ".join(row.firing),
        row.action,
    )


def _pairs(labels: Sequence[Label]) -> str:
    return ",".join(f"{label.name}={label.value}" for label in labels)


def as_json(rows: Sequence[Row], now: int, raw: bool) -> str:
    """The rows as JSON; shares are of 1 and times in seconds."""
    data = {"schema": SCHEMA, "now": now, "raw": raw, "slos": [_object(row) for row in rows]}
    return json.dumps(data, indent=2, ensure_ascii=False)


def _object(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "deployment": {label.name: label.value for label in row.deployment},
        "owner": row.owner,
        "window": row.window,
        "draft": row.draft,
        "state": row.state,
        "firing": list(row.firing),
        "action": row.action,
        "values": [
            {
                "labels": dict(value.labels),
                "target": value.target,
                "kept": value.kept,
                "left": value.left,
                "burn_rate": value.burn,
                "gone_in": value.gone_in(row.window),
                "coverage": value.coverage,
                "age": value.age,
            }
            for value in row.values
        ],
    }
