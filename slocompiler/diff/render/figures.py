"""The words that every output shares: the location of a change, its budget, when alerts detect errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from slocompiler import promql
from slocompiler.burn import SHARES
from slocompiler.diff.change import Budget, Cost, Detail, Detection, Line, Location
from slocompiler.explain import words
from slocompiler.explain.phrases import Code, Phrase


def where(location: Location) -> Phrase:
    """`org.slo:5`, or the file, possibly a template of it."""
    if location.used_at is None:
        return (Code(location.path),)
    use: Phrase = (", used at ", Code(location.used_at)) if location.used_at else ()
    return "a template of ", Code(location.path), *use


def arrow(before: str, after: str) -> str:
    """`a → b`, or `a` if both are the same."""
    return before if before == after else f"{before} → {after}"


def budgets(detail: Detail) -> list[Budget]:
    """The budgets before and after; one for an SLO that was added or removed."""
    return [budget for budget in detail.budget or () if budget]


def outage(detail: Detail) -> str:
    """`43m12s → 3h36m`, "" if no budget changed."""
    found = [words.outage(one.outage) for one in budgets(detail)]
    return arrow(found[0], found[-1]) if found else ""


def budget(detail: Detail) -> Iterator[str]:
    """`budget 43m12s → 3h36m of full outage in 30d; 1,000 → 5,000 bad events in a million`."""
    found = budgets(detail)
    if found:
        yield f"budget {_each(found, _outage)}; {_each(found, _bad)}"


def _each(found: list[Budget], figure: Callable[[Budget], tuple[str, str]]) -> str:
    """A figure before and after, with the unit once if it is the same."""
    (before, unit), (after, other) = figure(found[0]), figure(found[-1])
    return f"{arrow(before, after)} {unit}" if unit == other else f"{before} {unit} → {after} {other}"


def _outage(of: Budget) -> tuple[str, str]:
    return words.outage(of.outage), f"of full outage in {promql.duration(of.window)}"


def _bad(of: Budget) -> tuple[str, str]:
    return words.grouped(of.per_million), f"bad {of.counts} in a million"


def line(before: Line | None, after: Line | None) -> str:
    """An alert line before and after."""
    if before and after:
        return arrow(before.words, after.words)
    return f"added: {after.words}" if after else f"removed: {before.words}" if before else ""


def seen(before: Line | None, after: Line | None) -> Iterator[tuple[str, str]]:
    """When the line detects each of SHARES errors; nothing for a line for no data."""
    known = [one.detects for one in (before, after) if one and one.detects]
    for index, share in enumerate(SHARES if known else ()):
        first, last = known[0][index], known[-1][index]
        spent = [words.percent(one.spent) for one in (first, last) if one]
        share_spent = f", {arrow(spent[0], spent[-1])} of the budget spent" if spent else ""
        yield (
            f"at {words.percent(share)} errors",
            f"{'after ' if first else ''}{arrow(_time(first), _time(last))}{share_spent}",
        )


def cost(of: Cost) -> str:
    """`Cost of the changed SLOs: 20 → 40 recorded series (+20), …`, samples in three digits."""
    (old, new), (read, reads) = of.series, of.samples
    series = f"{arrow(f'{old:,}', f'{new:,}')} recorded series{f' ({new - old:+,})' if old != new else ''}"
    samples = f"{arrow(words.estimated(read), words.estimated(reads))} samples read a minute"
    more = f" ({words.estimated(reads - read, '+')})" if read != reads else ""
    raw = "by the raw series there are" if of.is_counted else "if each selector has 100 raw series and `per` 10 values"
    return f"Cost of the changed SLOs: {series}, {samples}{more}, {raw}."


def firsts(detail: Detail) -> Iterator[list[str]]:
    """A row for each severity: when its first alert fires for each of SHARES errors, before and after; with a head."""
    if detail.firsts:
        yield ["first alert", *(f"at {words.percent(share)} errors" for share in SHARES)]
    for one in detail.firsts:
        yield [one.severity, *map(_after, one.before, one.after)]


def _after(before: Fraction | None, after: Fraction | None) -> str:
    texts = ("never" if seconds is None else words.time(seconds) for seconds in (before, after))
    return f"{'' if before is None else 'after '}{arrow(*texts)}"


def _time(of: Detection | None) -> str:
    return words.time(of.seconds) if of else "never"
