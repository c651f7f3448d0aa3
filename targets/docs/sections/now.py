"""The numbers of now, for `sloc site`: the state of each SLO, its budget, and how that came about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime

from slocompiler import burn, promql
from slocompiler.explain import words
from slocompiler.explain.promise import name
from slocompiler.ir import Program, Slo
from slocompiler.targets.docs.charts import left, spark
from slocompiler.targets.docs.page import (
    Block,
    Drawing,
    Facts,
    Link,
    Paragraph,
    Phrase,
    Section,
    Spark,
    State,
    Strong,
    Table,
)
from slocompiler.targets.shared import Now, Reading
from slocompiler.visible import shown

TITLE = "Now"
HEADS = ("SLO", "Target", "Good events", "Budget left", "Last 30 days", "State")
NO_DATA = "nothing known"
ROWS = 10
"""The rows of the table below a chart, at most."""
CALM = Paragraph(("Nothing: every budget is known, and none is gone or going.",))
UNREAD = Paragraph(("Nothing is known of it: the snapshot has no counts of its indicator.",), "note")


def lead(reading: Reading, slos: Collection[Slo]) -> tuple[Block, ...]:
    """When the numbers were read and where, and the number of SLOs in each state."""
    states: dict[str, int] = {}
    for slo in slos:
        for one in () if slo.draft else reading.slos.get(slo.id, ()):
            states[one.state] = states.get(one.state, 0) + 1
    unread = sum(not slo.draft and slo.id not in reading.slos for slo in slos)
    if unread:
        states["unknown"] = unread
    counts = ", ".join(f"{number:,} {state}" for state, number in sorted(states.items(), key=lambda both: -both[1]))
    return (
        Paragraph((Strong(f"As of {words.moment(reading.at)}: "), f"{counts or 'only drafts'}.")),
        Paragraph((f"The numbers are {reading.source}. This page is not live: it shows that time.",)),
    )


def attention(reading: Reading, program: Program) -> Section:
    """The SLOs to look at first."""
    slos = {slo.id: slo for slo in program.slos}
    found = [(slos[id], one) for id, each in reading.slos.items() if id in slos for one in each if one.alarming]
    rows = [row(slo, one, reading) for slo, one in found]
    rows += [_unread(slo) for slo in program.slos if not slo.draft and slo.id not in reading.slos]
    first = Table(HEADS, tuple(rows), "The SLOs to look at first")
    return Section("attention", "Look at these first", (first if rows else CALM,))


def table(slos: Iterable[Slo], reading: Reading, title: str) -> Table:
    """The numbers of some SLOs, with a row for each deployment."""
    rows: list[tuple[Phrase, ...]] = []
    for slo in slos:
        rows += [row(slo, one, reading) for one in reading.slos.get(slo.id, ())] or [_unread(slo)]
    return Table(HEADS, tuple(rows), title)


def _unread(slo: Slo) -> tuple[Phrase, ...]:
    return (
        _link(slo),
        _target(slo, promql.percent(slo.target)),
        ("–",),
        ("–",),
        (NO_DATA,),
        (State("unknown"), *_draft(slo)),
    )


def _link(slo: Slo) -> Phrase:
    return (Link(name(slo), (slo.service, slo.name), "now"),)


def _target(slo: Slo, target: str) -> Phrase:
    return (f"{target} over {promql.duration(slo.window)}",)


def _draft(slo: Slo) -> Phrase:
    return (" ", State("draft")) if slo.draft else ()


def row(slo: Slo, one: Now, reading: Reading) -> tuple[Phrase, ...]:
    """The numbers of an SLO in a deployment."""
    place = f" ({one.place})" if one.place else ""
    return (
        (*_link(slo), place),
        _target(slo, one.target),
        (one.kept,),
        (one.left,),
        (_spark(slo, one, reading),),
        (State(one.state), *_draft(slo), *(f" {note}" for note in one.notes[:1])),
    )


def _spark(slo: Slo, one: Now, reading: Reading) -> str | Spark:
    if not one.points:
        return NO_DATA
    low = min(share for _, share in one.points)
    about = f"The budget left of {name(slo)} over {_days(reading)}: at least {low:.0%}"
    return Spark(spark.draw(one.points, (reading.since, reading.at), one.step, about), f"at least {low:.0%}")


def _days(reading: Reading) -> str:
    return words.spoken(reading.at - reading.since)


# The page of an SLO


def numbers(slo: Slo, reading: Reading) -> Section:
    """The section with the numbers of an SLO, in each of its deployments."""
    blocks: list[Block] = [Paragraph((Strong(f"As of {words.moment(reading.at)}"), f", {reading.source}."))]
    found = reading.slos.get(slo.id, ())
    for number, one in enumerate(found, 1):
        if one.place:
            blocks.append(Paragraph((Strong(one.place),)))
        blocks += _numbers(number, one, reading)
    return Section("now", TITLE, (*blocks, *(() if found else (UNREAD,))))


def _numbers(number: int, one: Now, reading: Reading) -> Iterator[Block]:
    rows: list[tuple[str, Phrase]] = [
        ("State", (State(one.state), *(f" {note}" for note in ([" · ".join(one.notes)] if one.notes else [])))),
        ("Good events", (one.kept,)),
        ("Budget left", (one.left,)),
    ]
    if one.lasts:
        rows.append(("Gone in", (f"{one.lasts}, at the rate of the last hour",)))
    yield Facts(tuple(rows))
    if one.values:
        cells = tuple(((shown(value),), (kept,), (share,)) for value, kept, share in one.values)
        yield Table(("Value", "Good events", "Budget left"), cells, "The values with the least budget")
    if one.points:
        yield _drawing(f"now-{number}", one, reading)
    else:
        yield Paragraph((f"Nothing is known of its budget over {_days(reading)}.",), "note")


def _drawing(drawn: str, one: Now, reading: Reading) -> Drawing:
    days = [(at, _day(at)[5:]) for at in range(-(-reading.since // burn.DAY) * burn.DAY, reading.at, burn.DAY)]
    about = (one.points, (reading.since, reading.at), days)
    size = -(-len(one.points) // ROWS)
    parts = [one.points[at : at + size] for at in range(0, len(one.points), size)]
    rows = tuple(
        ((_day(part[0][0]),), (f"{min(share for _, share in part):.0%}",), (f"{part[-1][1]:.0%}",)) for part in parts
    )
    return Drawing(
        left.draw(drawn, *about, left.WIDE, one.step),
        left.draw(f"{drawn}-n", *about, left.NARROW, one.step),
        (f"The rolling budget that was left, over {_days(reading)}. Where there is no line, nothing is known.",),
        Table(("From", "Least left", "Left then"), rows, "The budget left"),
    )


def _day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()
