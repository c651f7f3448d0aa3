"""Backtests as text for terminals, and as Markdown for pull requests, each value by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from slocompiler import promql
from slocompiler.explain import table, words
from slocompiler.formats.markdown import code
from slocompiler.formats.markdown import table as in_table
from slocompiler.formats.markdown import text as in_markdown
from slocompiler.ir import Feedback, Severity
from slocompiler.live import complaints, ladder
from slocompiler.live.backtest import Compared, Outcome, Replay, Unknown, total
from slocompiler.live.names import name
from slocompiler.live.replay import Episode
from slocompiler.live.shifts import USUAL, Load, Shifts, load, said
from slocompiler.live.status_formats import percent
from slocompiler.visible import shown

FEW = 3
"""The number of values of the `per` labels that are shown, those with the least budget."""
LISTED = 5
"""The number of alerts that are listed with their times."""
NONE, SAME = "–", "same"
_WHY = {"SLONoData": " (no data)", "SLODown": " (down)"}
ASKED = "Did users complain of a day, and did it spend more than its share of the budget?"
_COUNTED: tuple[Severity, ...] = ("page", "ticket")


class View(NamedTuple):
    """What of the replays is shown."""

    compares: bool
    """Whether there is a BASE."""
    chosen: tuple[Decimal, ...]
    """The targets that were asked for."""
    shift: Shifts | None
    limit: int
    """The pages that a shift can bear."""
    said: Mapping[str, tuple[Feedback, ...]]
    """What users said of each SLO, by its id."""


def as_text(found: Sequence[Compared], view: View) -> list[str]:
    """A paragraph for each SLO, or for each of its values."""
    return ["\n".join(_paragraph(*one, view)) for one in _each(found)]


def _paragraph(about: Compared, before: Outcome | None, after: Outcome | None, view: View) -> Iterator[str]:
    yield f"{name(about.after.slo, after.labels if after else ())}  {_times(about.after, after)}"
    if after is None:
        yield from (f"  {line}" for line in _of_all_values(about, after, view))
        return
    rows = _rows(about, before, after, view)
    sizes = table.widths(rows)
    yield from (f"  {table.line(row, sizes)}" for row in rows)
    yield from (f"  {line}" for line in _alerts(before and before.episodes, after.episodes))
    if steps := _steps(about, after, view):
        yield f"  {ladder.asked(about.after, after)}"
        sizes = table.widths(steps)
        yield from (f"    {table.line(row, sizes)}" for row in steps)
    yield from (f"  {line}" for line in _of_all_values(about, after, view))
    if (heard := _heard(about, after, view)) and heard.said:
        cells = [dict(zip("012", row, strict=True)) for row in complaints.rows(heard)]
        sizes = table.widths(cells)
        yield f"  {ASKED}"
        yield from (f"    {table.line(row, sizes)}" for row in cells)
        yield from (f"  {line}" for line in (*complaints.sentences(heard), *map(shown, complaints.quotes(heard))))


def as_markdown(found: Sequence[Compared], view: View) -> list[str]:
    """The same as sections with tables."""
    return ["\n".join(_section(*one, view)) for one in _each(found)]


def _section(about: Compared, before: Outcome | None, after: Outcome | None, view: View) -> Iterator[str]:
    yield f"### {code(name(about.after.slo, after.labels if after else ()))}\n\n{in_markdown(_times(about.after, after))}"
    if after is None:
        yield from (f"\n{in_markdown(line)}" for line in _of_all_values(about, after, view))
        return
    rows = _rows(about, before, after, view)
    head = [] if view.compares else [["", ""]]
    yield from ("", *in_table([*head, *(row.values() for row in rows)]))
    if lines := list(_alerts(before and before.episodes, after.episodes)):
        yield from ("", *(f"- {in_markdown(line)}" for line in lines))
    if steps := _steps(about, after, view):
        tried = in_table([("target", "least left", "pages", "tickets", ""), *(row.values() for row in steps)])
        yield from ("", in_markdown(ladder.asked(about.after, after)), "", *tried)
    yield from (f"\n{in_markdown(line)}" for line in _of_all_values(about, after, view))
    if (heard := _heard(about, after, view)) and heard.said:
        yield from ("", ASKED, "", *in_table(complaints.rows(heard)))
        yield from (f"\n{in_markdown(line)}" for line in complaints.sentences(heard))
        yield from ("", *(f"- {in_markdown(line)}" for line in complaints.quotes(heard)))


# Parts


def _steps(about: Compared, after: Outcome, view: View) -> list[dict[str, str]]:
    """The ladder of targets as cells."""
    return ladder.rows(after.ladder, after.target, ladder.is_short(about.after, after), view.chosen)


def _each(found: Sequence[Compared]) -> Iterator[tuple[Compared, Outcome | None, Outcome | None]]:
    """Each value with its outcomes before and after, those with the least budget first."""
    for one in found:
        earlier = {outcome.labels: outcome for outcome in one.before.outcomes} if one.before else {}
        for outcome in one.after.outcomes[:FEW]:
            yield one, earlier.get(outcome.labels), outcome
        if not one.after.outcomes:
            yield one, None, None


def _of_all_values(about: Compared, outcome: Outcome | None, view: View) -> Iterator[str]:
    """Lines about all values, after the last one that is shown; None if there is none."""
    values = about.after.outcomes
    if not _is_last(about, outcome):
        return
    yield from _alerts(about.before and about.before.others, about.after.others, "about missing data, ")
    yield from _busy(about, view)
    yield from (f"not replayed: {what}" for what in about.after.unknown)
    if more := len(values[FEW:]):
        yield f"{words.plural(more, 'other value')} with more budget: `--format json`"


def _is_last(about: Compared, outcome: Outcome | None) -> bool:
    """Whether it is the last value of an SLO that is shown."""
    return outcome is None or outcome == about.after.outcomes[:FEW][-1]


def _heard(about: Compared, outcome: Outcome, view: View) -> complaints.Heard | None:
    """What users said, after the last value that is shown."""
    known = view.said.get(about.after.slo.id) if _is_last(about, outcome) else None
    return complaints.heard(about.after.days, known) if known else None


def _busy(about: Compared, view: View) -> Iterator[str]:
    """The busiest shift of each side, and the shifts of HEAD that have more pages than they can bear."""
    loads = [busy(side, view) for side in ((about.before, about.after) if view.compares else (about.after,))]
    if not any(one.most for one in loads):
        return
    texts = dict.fromkeys(said(one.most, view.shift) if one.most else "no page" for one in loads)
    yield f"busiest {_span(view)}: {' → '.join(texts)}"
    if view.shift and len(over := loads[-1].over) > 1:
        more = f" and {len(over) - LISTED:,} more" if len(over) > LISTED else ""
        shown_ = "; ".join(said(one, view.shift) for one in over[:LISTED])
        yield f"{words.plural(len(over), 'shift')} with more than {words.plural(view.limit, 'page')}: {shown_}{more}"


def _span(view: View) -> str:
    return "shift" if view.shift else words.spoken(USUAL)


def busy(replay: Replay | None, view: View) -> Load:
    """The load of the people on call by the pages of all values of an SLO."""
    return load([one.begin for one in replay.fired("page")] if replay else [], view.shift, view.limit)


def too_many(replay: Replay, found: Load, view: View) -> str:
    """What a shift of an SLO has too much of, in a line."""
    assert found.most, "some shift has too many"
    return f"{name(replay.slo)}: busiest {_span(view)}: {said(found.most, view.shift)}"


def _times(replay: Replay, outcome: Outcome | None) -> str:
    times = f"{words.moment(replay.start)} to {words.moment(replay.end)}"
    return f"{times}, data for {percent(outcome.coverage)} of it" if outcome else f"no data from {times}"


def _rows(about: Compared, before: Outcome | None, after: Outcome, view: View) -> list[dict[str, str]]:
    sides = [(about.before, before), (about.after, after)] if view.compares else [(about.after, after)]
    texts = [_cells(replay, outcome) for replay, outcome in sides]
    rows = [{"": name, **{f"{number}": text[name] for number, text in enumerate(texts)}} for name in texts[-1]]
    if not view.compares:
        return rows
    cells = [row | {"1": SAME if row["0"] == row["1"] else row["1"]} for row in rows]
    return [{"": "", "0": "before", "1": "after"}, *cells]


def _cells(replay: Replay | None, outcome: Outcome | None) -> dict[str, str]:
    names = ("target", "kept", "budget left", "pages", "tickets")
    if replay is None or outcome is None:
        return dict.fromkeys(names, NONE)
    counts = [_count(outcome, severity) for severity in _COUNTED]
    target = f"{promql.percent(outcome.target)}/{promql.duration(replay.slo.window)}"
    kept = NONE if outcome.kept is None else f"{outcome.kept:.4%}"
    return dict(zip(names, (target, kept, percent(outcome.left), *counts), strict=True))


def _count(outcome: Outcome, severity: Severity) -> str:
    flaps = outcome.flaps(severity)
    return f"{len(outcome.fired(severity)):,}" + (f" ({flaps} within an hour of the last)" if flaps else "")


def _alerts(before: Sequence[Episode] | None, after: Sequence[Episode], what: str = "") -> Iterator[str]:
    """The times of alerts: with BASE, of those that only one side has."""
    if before is None:
        yield from _listed(f"{what}fired", after)
        return
    yield from _listed(f"{what}gone", _missing(before, after))
    yield from _listed(f"{what}new", _missing(after, before))


def _missing(of: Sequence[Episode], others: Sequence[Episode]) -> list[Episode]:
    """The alerts during which the other side has none of their severity."""
    return [
        one
        for one in of
        if not any(o.severity == one.severity and o.begin < one.end and one.begin < o.end for o in others)
    ]


def _listed(word: str, found: Sequence[Episode]) -> Iterator[str]:
    for one in found[:LISTED]:
        why = _WHY.get(one.alert, "")
        yield f"{word}: {one.severity}{why} {words.moment(one.begin)} for {words.time(Fraction(one.end - one.begin))}"
    if len(found) > LISTED:
        yield f"{word}: {len(found) - LISTED:,} more, with `--format json`"


def not_replayed(unknown: Sequence[Unknown]) -> list[str]:
    """A line for each SLO that is not replayed."""
    return [f"{name(one.slo)} is not replayed: {one.why}" for one in unknown]


def summary(found: Sequence[Compared], same: int, compares: bool, where: str = "") -> str:
    """`2 SLOs on http://localhost:9090: 7 → 3 pages, 4 → 1 tickets; 12 SLOs did not change`."""
    counts = []
    for severity in _COUNTED:
        before, after = (total([one[side] for one in found], severity) for side in (0, 1))
        counts.append(f"{before} → {after} {severity}s" if compares else words.plural(after, severity))
    others = f"; {words.plural(same, 'SLO')} did not change" if same else ""
    return f"{words.plural(len(found), 'SLO')}{where}: {', '.join(counts)}{others}"
