"""Maintenance: planned times are short, their zone is known, and someone notices before they end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from slocompiler.burn import DAY, HOUR
from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.fixes import edits
from slocompiler.promql import rounded
from slocompiler.resolve import Planned, ResolvedSlo
from slocompiler.suggest import similar
from slocompiler.syntax import tree as t

LONGEST, DAILY = 24 * HOUR, 12 * HOUR
"""The longest maintenance, and the longest that is every day, in seconds."""
MOST = 16
"""The most maintenance of an SLO: each is a part of its rules."""
SOON = 90
"""The days before its last day from which on a maintenance is reported."""
FARTHEST = 10
"""The most years from the first known time of a zone without a rule to `until`: each year is a part of the rules."""
MUCH = Fraction(1, 10)
"""The share of the time above which maintenance is another promise."""


def maintenance(slo: ResolvedSlo, run: Run) -> Iterator[Diagnostic]:
    """E236 to E239, W367, W368 and W330 for the maintenance of an SLO."""
    for one in slo.maintenance:
        if one.tree.intact:
            yield from run.once(_judged, one.tree, run.today)
            if not one.because.strip() and isinstance(one.tree.because, t.Text):
                message, help = (
                    "nothing says why this affects no user",
                    "say what users were told, or why nobody notices",
                )
                yield Diagnostic("W330", message, one.tree.because.span, help=help)
    if len(slo.maintenance) > MOST:
        message = f"`{slo.tree.name.text}` has more than {MOST} maintenance statements"
        help = "remove those that are over, or record a gauge and use `exclude when`"
        yield Diagnostic("E239", message, slo.maintenance[MOST].tree.span, help=help)
    share = sum(map(_share, slo.maintenance), Fraction(0))
    if share > MUCH:
        labels = tuple(
            Label(one.tree.span, f"{_percent(_share(one))} of the time") for one in slo.maintenance if _share(one)
        )
        message = f"{_percent(share)} of the time is maintenance, which the target does not cover"
        help = "make it shorter, or promise less to users: they see no difference between the two"
        yield Diagnostic("W368", message, slo.tree.name.span, labels, help)


def _share(one: Planned) -> Fraction:
    """The share of the time that recurs as a maintenance; 0 for a single day, and for one that is too long anyway."""
    every, lasting = one.tree.when, one.tree.lasting
    if not isinstance(every, t.Name) or not isinstance(lasting, t.Duration) or lasting.seconds > _longest(one.tree):
        return Fraction(0)
    return Fraction(int(lasting.seconds), DAY if every.text == "day" else 7 * DAY)


def _percent(share: Fraction) -> str:
    return f"{rounded(share * 100)}%"


def _longest(tree: t.Maintenance) -> int:
    return DAILY if isinstance(tree.when, t.Name) and tree.when.text == "day" else LONGEST


def _judged(tree: t.Maintenance, today: date | None) -> list[Diagnostic]:
    """What is wrong with a statement, whichever SLO has it."""
    return [*_length(tree), *_zone(tree), *_end(tree, today)]


def _length(tree: t.Maintenance) -> Iterator[Diagnostic]:
    most = _longest(tree)
    if isinstance(tree.lasting, t.Duration) and tree.lasting.seconds > most:
        often = " every day" if most == DAILY else ""
        message = f"a maintenance{often} can last up to {most // HOUR}h"
        help = "what is down longer is down for users: set a looser target"
        yield Diagnostic("E237", message, tree.lasting.span, help=help)


def _zone(tree: t.Maintenance) -> Iterator[Diagnostic]:
    """E236, and E238 for a zone whose changes of clocks are not known far enough."""
    from slocompiler import zones

    if tree.zone is None:
        return
    rule = zones.rule(tree.zone.text)
    if not rule:
        span, name, known = tree.zone.span, tree.zone.text, zones.names()
        close = [*(one for one in known if one.endswith(f"/{name}")), *similar(name, known), ""][0]
        help = f"did you mean `{close}`?" if close else "use a name of the IANA database, such as `Europe/Berlin`"
        fixes = edits(f"write `{close}`", (span, close)) if close else ()
        yield Diagnostic("E236", f"there is no time zone `{name}`", span, help=help, fixes=fixes)
        return
    known_until = zones.known_until(rule)
    if known_until is None:
        return
    last = tree.when if isinstance(tree.when, t.Date) else tree.until
    farthest = known_until.replace(year=zones.known_since(rule).year + FARTHEST)
    if last is None:
        message = f"no rule says when clocks change in {tree.zone.text}: they are known day by day"
        help = "add the last day before `because`, such as `until 2027-12-31`"
        yield Diagnostic("E238", message, tree.zone.span, help=help)
    elif last.value > farthest:
        message = f"when clocks change in {tree.zone.text} is not known so far ahead"
        yield Diagnostic("E238", message, last.span, help=f"use a day up to {farthest.isoformat()}")


def _end(tree: t.Maintenance, today: date | None) -> Iterator[Diagnostic]:
    """W367, if today's date is given."""
    if today is None or tree.until is None or (tree.until.value - today).days > SOON:
        return
    last, word = tree.until.value, tree.until.span.text
    if last < today:
        message, help = (
            f"this maintenance ended on {word}",
            "remove it, or set a later day: the same hours count again",
        )
    else:
        message = f"this maintenance ends on {word}, in {(last - today).days} days"
        help = "set a later day, or the same hours count from then on"
    yield Diagnostic("W367", message, tree.until.span, help=help)
