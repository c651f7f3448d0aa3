"""Comparisons as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import isnan
from typing import Any

from slocompiler.explain import table, words
from slocompiler.importers.compare import Answer, Compared
from slocompiler.importers.compare.alerts import URGENCIES, Fired, Ticks, spans
from slocompiler.targets.promtest.scenario import COARSE

_UNKNOWN = "they differ, and no reason is known"


def as_text(found: Sequence[Compared]) -> str:
    """A table for each SLO that was compared, and a line for any other."""
    return "\n\n".join("\n".join(_lines(one)) for one in found)


def _lines(of: Compared) -> Iterator[str]:
    if of.reason:
        yield f"{of.slo} is not compared: {of.reason}"
        return
    if of.fired:
        yield f"{of.slo}: when alerts fire"
        head: tuple[str, ...] = ("", "", "more bad than allowed", of.tool, "sloc", "why")
        cells = [_when(one) for one in of.fired]
    else:
        yield f"{of.slo}: share of bad events"
        head = ("", "true", of.tool, "sloc", f"budget left: {of.tool} / sloc", "why")
        cells = [_cells(answer, of.budget) for answer in of.answers]
    rows = [dict(zip(map(str, range(len(head))), one, strict=True)) for one in (head, *cells)]
    widths = table.widths(rows)
    yield from (f"  {table.line(row, widths)}" for row in rows)


def _cells(of: Answer, budget: float) -> tuple[str, ...]:
    left = " / ".join(_left(ratio, budget) for ratio in (of.theirs, of.ours))
    why = "equal" if of.is_equal else of.why or _UNKNOWN
    return of.scene.name, _percent(of.true), _percent(of.theirs), _percent(of.ours), left, why


def _when(of: Fired) -> tuple[str, ...]:
    scene, true = (of.scene.name, spans(of.true, of.end - 1) or "never") if of.urgency == URGENCIES[0] else ("", "")
    why = "equal" if of.is_equal else of.why or _UNKNOWN
    return scene, of.urgency, true, spans(of.theirs, of.end) or "no", spans(of.ours, of.end) or "no", why


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
            "alerts": [
                {
                    "name": fired.scene.name,
                    "urgency": fired.urgency,
                    "true": _seconds(fired.true),
                    "theirs": _seconds(fired.theirs),
                    "ours": _seconds(fired.ours),
                    "equal": fired.is_equal,
                    "why": fired.why or None,
                }
                for fired in one.fired
            ],
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


def _seconds(ticks: Ticks) -> list[int]:
    """The times in seconds since the first event."""
    return [tick * COARSE.step for tick in sorted(ticks)]


def _number(ratio: float | None) -> float | str | None:
    """JSON has no NaN."""
    return "NaN" if ratio is not None and isnan(ratio) else ratio
