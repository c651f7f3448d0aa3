"""What a change means, in words that every output uses: where it is, the budget, when alerts see errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from slocompiler import promql
from slocompiler.burn import SHARES
from slocompiler.diff.change import Budget, Detail, Detection, Line, Place
from slocompiler.explain import words
from slocompiler.explain.phrases import Code, Phrase

TIMES = (
    "Times of alerts count from the first bad event, with a full budget; scraping and evaluation add about 1.5 minutes, "
    "and a ticket waits for 15 more."
)
"""What holds for all times at which alert lines see errors."""


def where(place: Place) -> Phrase:
    """`org.slo:5`, or the file; a template's text may be meant."""
    if place.used_at is None:
        return (Code(place.path),)
    use: Phrase = (", used at ", Code(place.used_at)) if place.used_at else ()
    return "a template of ", Code(place.path), *use


def arrow(before: str, after: str) -> str:
    """`a → b`, or what both are."""
    return before if before == after else f"{before} → {after}"


def budgets(detail: Detail) -> list[Budget]:
    """That before and that after; one for an SLO that is new or gone."""
    return [budget for budget in detail.budget or () if budget]


def outage(detail: Detail) -> str:
    """`43m12s → 3h36m`, empty where no budget changed."""
    found = [words.outage(one.outage) for one in budgets(detail)]
    return arrow(found[0], found[-1]) if found else ""


def budget(detail: Detail) -> Iterator[str]:
    """`budget 43m12s → 3h36m of full outage in 30d; 1,000 → 5,000 bad events in a million`."""
    found = budgets(detail)
    if found:
        yield f"budget {_each(found, _outage)}; {_each(found, _bad)}"


def _each(found: list[Budget], figure: Callable[[Budget], tuple[str, str]]) -> str:
    """A figure before and after, with one unit behind both where it is the same."""
    (before, unit), (after, other) = figure(found[0]), figure(found[-1])
    return f"{arrow(before, after)} {unit}" if unit == other else f"{before} {unit} → {after} {other}"


def _outage(of: Budget) -> tuple[str, str]:
    return words.outage(of.outage), f"of full outage in {promql.duration(of.window)}"


def _bad(of: Budget) -> tuple[str, str]:
    return words.grouped(of.per_million), f"bad {of.counts} in a million"


def timed(details: Iterable[Detail]) -> bool:
    """Whether they tell times."""
    return any(one and one.detects for detail in details for both in detail.lines for one in both)


def line(before: Line | None, after: Line | None) -> str:
    """An alert line, and what became of it."""
    if before and after:
        return arrow(before.words, after.words)
    return f"new: {after.words}" if after else f"gone: {before.words}" if before else ""


def seen(before: Line | None, after: Line | None) -> Iterator[tuple[str, str]]:
    """For each of SHARES when the line sees such errors; nothing for a line that waits for silence."""
    there = [one.detects for one in (before, after) if one and one.detects]
    for index, share in enumerate(SHARES if there else ()):
        first, last = there[0][index], there[-1][index]
        spent = [words.percent(one.spent) for one in (first, last) if one]
        gone = f", {arrow(spent[0], spent[-1])} of the budget gone" if spent else ""
        yield (
            f"at {words.percent(share)} errors",
            f"{'after ' if first else ''}{arrow(_time(first), _time(last))}{gone}",
        )


def _time(of: Detection | None) -> str:
    return words.time(of.seconds) if of else "never"
