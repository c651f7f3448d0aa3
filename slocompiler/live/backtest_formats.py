"""Backtests as text for terminals, and as Markdown for pull requests, each value by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from slocompiler import promql
from slocompiler.explain import table, words
from slocompiler.formats.markdown import code
from slocompiler.formats.markdown import table as in_table
from slocompiler.formats.markdown import text as in_markdown
from slocompiler.ir import Severity
from slocompiler.live.backtest import BARELY, Compared, Outcome, Replay, Step, total
from slocompiler.live.replay import Episode
from slocompiler.live.status_formats import percent
from slocompiler.targets.prometheus.series import deployed
from slocompiler.visible import shown

FEW = 3
"""The number of values of the `per` labels that are shown, those with the least budget."""
LISTED = 5
"""The number of alerts that are listed with their times."""
SHOWN = (-2.0, 0.9)
"""Targets by which more is spent or left than this are not shown, unless someone asked for them."""
ENOUGH = 0.9
"""The share of a window that has to have data to judge a target without saying so."""
NONE, SAME = "–", "same"
_COUNTED: tuple[Severity, ...] = ("page", "ticket")


def as_text(found: Sequence[Compared], compares: bool, chosen: Sequence[Decimal]) -> str:
    """A paragraph for each SLO, or for each of its values."""
    return "\n\n".join("\n".join(_paragraph(*one, compares, chosen)) for one in _each(found))


def _paragraph(
    about: Compared, before: Outcome | None, after: Outcome | None, compares: bool, chosen: Sequence[Decimal]
) -> Iterator[str]:
    yield f"{_name(about.after, after)}  {_times(about.after, after)}"
    if after is None:
        return
    rows = _rows(about, before, after, compares)
    sizes = table.widths(rows)
    yield from (f"  {table.line(row, sizes)}" for row in rows)
    yield from (f"  {line}" for line in _alerts(before, after))
    if ladder := _ladder(about.after, after, chosen):
        yield f"  {_asked(about.after, after)}"
        sizes = table.widths(ladder)
        yield from (f"    {table.line(row, sizes)}" for row in ladder)
    yield from (f"  {line}" for line in _others(about.after, after))


def as_markdown(found: Sequence[Compared], compares: bool, chosen: Sequence[Decimal]) -> str:
    """The same as tables."""
    return "\n\n".join("\n".join(_section(*one, compares, chosen)) for one in _each(found))


def _section(
    about: Compared, before: Outcome | None, after: Outcome | None, compares: bool, chosen: Sequence[Decimal]
) -> Iterator[str]:
    yield f"### {code(_name(about.after, after))}\n\n{in_markdown(_times(about.after, after))}"
    if after is None:
        return
    rows = _rows(about, before, after, compares)
    head = [] if compares else [["", ""]]
    yield from ("", *in_table([*head, *(row.values() for row in rows)]))
    if lines := list(_alerts(before, after)):
        yield from ("", *(f"- {in_markdown(line)}" for line in lines))
    if ladder := _ladder(about.after, after, chosen):
        steps = in_table([("target", "least left", "pages", "tickets", ""), *(row.values() for row in ladder)])
        yield from ("", in_markdown(_asked(about.after, after)), "", *steps)
    yield from (f"\n{in_markdown(line)}" for line in _others(about.after, after))


# Parts


def _each(found: Sequence[Compared]) -> Iterator[tuple[Compared, Outcome | None, Outcome | None]]:
    """Each value with its outcomes before and after, those with the least budget first."""
    for one in found:
        earlier = {outcome.labels: outcome for outcome in one.before.outcomes} if one.before else {}
        for outcome in one.after.outcomes[:FEW]:
            yield one, earlier.get(outcome.labels), outcome
        if not one.after.outcomes:
            yield one, None, None


def _name(replay: Replay, outcome: Outcome | None) -> str:
    place = ", ".join(label.value for label in deployed(replay.slo))
    labels = ", ".join(text or '""' for _, text in outcome.labels) if outcome else ""
    return replay.slo.id + (f" ({shown(place)})" if place else "") + (f" {shown(labels)}" if labels else "")


def _others(replay: Replay, outcome: Outcome) -> list[str]:
    """A line about the values that are not shown, after the last one that is."""
    more = len(replay.outcomes) - FEW
    if more <= 0 or outcome != replay.outcomes[FEW - 1]:
        return []
    return [f"{words.plural(more, 'other value')} with more budget: `--format json`"]


def _times(replay: Replay, outcome: Outcome | None) -> str:
    times = f"{words.moment(replay.start)} to {words.moment(replay.end)}"
    return f"{times}, data for {percent(outcome.coverage)} of it" if outcome else f"no data from {times}"


def _rows(about: Compared, before: Outcome | None, after: Outcome, compares: bool) -> list[dict[str, str]]:
    sides = [(about.before, before), (about.after, after)] if compares else [(about.after, after)]
    texts = [_cells(replay, outcome) for replay, outcome in sides]
    rows = [{"": name, **{f"{number}": text[name] for number, text in enumerate(texts)}} for name in texts[-1]]
    if not compares:
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


def _alerts(before: Outcome | None, after: Outcome) -> Iterator[str]:
    """The times of alerts: with BASE, of those that only one side has."""
    if before is None:
        yield from _listed("fired", after.episodes)
        return
    yield from _listed("gone", _missing(before.episodes, after.episodes))
    yield from _listed("new", _missing(after.episodes, before.episodes))


def _missing(of: Sequence[Episode], others: Sequence[Episode]) -> list[Episode]:
    """The alerts during which the other side has none of their severity."""
    return [
        one
        for one in of
        if not any(o.severity == one.severity and o.begin < one.end and one.begin < o.end for o in others)
    ]


def _listed(word: str, found: Sequence[Episode]) -> Iterator[str]:
    for one in found[:LISTED]:
        yield f"{word}: {one.severity} {words.moment(one.begin)} for {words.time(Fraction(one.end - one.begin))}"
    if len(found) > LISTED:
        yield f"{word}: {len(found) - LISTED:,} more, with `--format json`"


def _asked(replay: Replay, outcome: Outcome) -> str:
    known = ""
    if _is_short(replay, outcome):
        seconds = int(outcome.coverage * (replay.end - replay.start))
        known = f" Only {words.spoken(seconds)} of a window of {words.spoken(replay.slo.window)} have data."
    return f"Which target would have held?{known} The least budget that was left:"


def _is_short(replay: Replay, outcome: Outcome) -> bool:
    """Whether too little of a window has data to say that a target would have held."""
    return outcome.coverage * (replay.end - replay.start) < ENOUGH * replay.slo.window


def _ladder(replay: Replay, outcome: Outcome, chosen: Sequence[Decimal]) -> list[dict[str, str]]:
    (low, high), is_short = SHOWN, _is_short(replay, outcome)
    steps = [one for one in outcome.ladder if one.target in (outcome.target, *chosen) or low < one.least < high]
    return [
        {
            "target": promql.percent(one.target),
            "least": f"{percent(one.least):>6}",
            "pages": words.plural(one.pages, "page"),
            "tickets": words.plural(one.tickets, "ticket"),
            "verdict": f"{_verdict(one, is_short)}{' (now)' if one.target == outcome.target else ''}".strip(),
        }
        for one in steps
    ]


def _verdict(step: Step, is_short: bool) -> str:
    if step.least < 0:
        return "not held"
    return "" if is_short else "holds, barely" if step.least < BARELY else "loose"


def summary(found: Sequence[Compared], same: int, compares: bool, servers: Sequence[str]) -> str:
    """`2 SLOs on http://localhost:9090: 7 → 3 pages, 4 → 1 tickets; 12 SLOs are the same`."""
    counts = []
    for severity in _COUNTED:
        before, after = (total([one[side] for one in found], severity) for side in (0, 1))
        counts.append(f"{before} → {after} {severity}s" if compares else words.plural(after, severity))
    others = f"; {words.plural(same, 'SLO')} did not change" if same else ""
    return f"{words.plural(len(found), 'SLO')} on {', '.join(dict.fromkeys(servers))}: {', '.join(counts)}{others}"
