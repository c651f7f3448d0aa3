"""Comparisons as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import isnan
from typing import Any

from slocompiler.explain import table, words
from slocompiler.importers.compare import Answer, Compared

_UNKNOWN = "they differ, and no reason is known"


def as_text(found: Sequence[Compared]) -> str:
    """A table for each SLO that was compared, and a line for any other."""
    return "\n\n".join("\n".join(_lines(one)) for one in found)


def _lines(of: Compared) -> Iterator[str]:
    if of.reason:
        yield f"{of.slo} is not compared: {of.reason}"
        return
    tool = of.answers[0].tool
    yield f"{of.slo}: share of bad events"
    head = ("", "true", tool, "sloc", f"budget left: {tool} / sloc", "why")
    rows = [dict(zip(head, head, strict=True))]
    rows += [dict(zip(head, _cells(answer, of.budget), strict=True)) for answer in of.answers]
    widths = table.widths(rows)
    yield from (f"  {table.line(row, widths)}" for row in rows)


def _cells(of: Answer, budget: float) -> tuple[str, ...]:
    left = " / ".join(_left(ratio, budget) for ratio in (of.theirs, of.ours))
    why = "equal" if of.is_equal else of.why or _UNKNOWN
    return of.scene.name, _percent(of.true), _percent(of.theirs), _percent(of.ours), left, why


def _percent(ratio: float | None) -> str:
    return "none" if ratio is None else "NaN" if isnan(ratio) else words.percent(Fraction(ratio))


def _left(ratio: float | None, budget: float) -> str:
    """The budget left, as a whole percentage."""
    return _percent(ratio) if ratio is None or isnan(ratio) else f"{100 * (1 - ratio / budget):,.0f}%"


def as_data(found: Sequence[Compared]) -> list[dict[str, Any]]:
    """The value of `comparison` in grammar/import.schema.json."""
    return [
        {
            "slo": one.slo,
            "reason": one.reason or None,
            "scenarios": [
                {
                    "name": answer.scene.name,
                    "true": answer.true,
                    "theirs": _number(answer.theirs),
                    "ours": _number(answer.ours),
                    "equal": answer.is_equal,
                    "why": answer.why or None,
                }
                for answer in one.answers
            ],
        }
        for one in found
    ]


def _number(ratio: float | None) -> float | str | None:
    """JSON has no NaN."""
    return "NaN" if ratio is not None and isnan(ratio) else ratio
