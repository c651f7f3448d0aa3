"""The section of an SLO in a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from slocompiler.explain import language, words
from slocompiler.explain.phrases import Code, joined, where
from slocompiler.ir import Excepted
from slocompiler.live import names
from slocompiler.live.period import Period
from slocompiler.live.replay import Episode
from slocompiler.live.report import Account, Figures, Reached
from slocompiler.live.report_sums import Report
from slocompiler.live.status_formats import exact, kept, percent
from slocompiler.targets.docs.charts import left as chart
from slocompiler.targets.docs.page import Block, Drawing, Facts, Paragraph, Phrase, Section, Strong, Table
from slocompiler.visible import shown

FEW = 3
"""The values of the `per` labels that are shown, those with the least budget."""
LARGEST, WORST, LISTED = 5, 3, 5
"""The incidents, the days and the alerts that are listed."""
COVERED = 0.9
"""The share of the period that has to have data; below it, the report says how much has."""
ROWS = 10
"""The rows of the table below a chart, at most."""


def section(number: int, one: Account, report: Report) -> Section:
    """What happened to the budget of an SLO; `number` counts the sections."""
    blocks: list[Block] = [Paragraph((f"{names.name(one.slo)} · {_objective(one)} · {shown(one.service.owner)}",))]
    for value in one.values[:FEW]:
        blocks += _value(number, one, value, report.period)
    if not one.values:
        blocks.append(Paragraph(("There are no data of this time.",), "note"))
    if one.others:
        blocks.append(Facts((("Missing data", (_alerts(one.others, report.period),)),)))
    if one.unknown:
        blocks.append(Facts((("Not replayed", joined(map(_quoted, one.unknown), "; ")),)))
    if excepted := report.period.excepted(one.slo):
        blocks += [Paragraph((Strong("Left out by agreement"),)), _excepted(excepted, report.period)]
    if one.steps:
        blocks += [Paragraph((Strong("The policy"),)), _steps(one.steps, report.period)]
    return Section(f"slo-{number + 1}", shown(one.slo.title) or one.slo.id, tuple(blocks))


def _value(number: int, one: Account, value: Figures, period: Period) -> Iterator[Block]:
    yield from measured(number, one, value, period)
    if value.incidents:
        yield Paragraph((Strong("Largest incidents"),))
        yield _incidents(value, period)
    if value.days:
        yield Paragraph((Strong("Worst days"),))
        yield _days(value, period)


def measured(number: int, one: Account, value: Figures, period: Period) -> Iterator[Block]:
    """The budget of a value over the period, and what is known of it."""
    if value.labels:
        yield Paragraph((Strong(names.values(value.labels)),))
    if _is_cut(one, value):
        yield Paragraph((*_cut(one, period),), "note")
    elif value.begun > period.since + one.step:
        begin = period.moment(value.begun)
        yield Paragraph(
            (
                f"Younger than the period, or the server has no older data: its data begin on {begin}. "
                "The figures are of that time.",
            ),
            "note",
        )
    elif value.covered < COVERED * (one.until - period.since):
        share = percent(value.covered / (one.until - period.since))
        yield Paragraph((f"Only {share} of the period has data. The figures are of that time.",), "note")
    if value.left:
        yield _drawing(f"left-{number + 1}-{one.values.index(value) + 1}", value, period, one.until)
    yield Facts(tuple(_facts(one, value, period)))


def _is_cut(one: Account, value: Figures) -> bool:
    """Whether the data of a value begin where the snapshot does: it may be older than that."""
    return one.cut is not None and value.begun <= one.cut


def _cut(one: Account, period: Period) -> Phrase:
    """What a snapshot that is too short means for the figures."""
    begin = one.cut or 0
    if begin > period.since + one.step:
        means = "within the period. The figures are of the time after it"
    else:
        until = period.moment(begin + one.slo.window)
        means = f"so the budget left does not count what was spent before: until {until} it seems fuller than it was"
    return f"The snapshot begins on {period.moment(begin)}, {means}. Take one with a longer ", Code("--over"), "."


def _facts(one: Account, value: Figures, period: Period) -> Iterator[tuple[str, Phrase]]:
    unit = words.counted(one.slo.indicator)
    yield "Bad", (f"{count(value.total.bad)} of {count(value.total.events)} {unit}",)
    if value.kept_with is not None:
        yield "Left out", (_left_out(value, unit),)
    if value.kept is not None:
        outage = (1 - value.kept) * (one.until - max(period.since, value.begun))
        yield "Full outage", (f"as bad as {words.spoken(Fraction(outage))} without any good event, at even traffic",)
    if value.worst:
        at, least = value.worst
        yield (
            "Budget left",
            (f"{percent(value.last)} at the end; {percent(least)} at the least, on {period.moment(at)}",),
        )
        below = sum(one.step for _, left in value.left if left < 0)
        if below:
            yield "Below zero", (f"{words.spoken(below)}",)
    for severity, name in (("page", "Pages"), ("ticket", "Tickets")):
        fired = [alert for alert in value.fired if alert.severity == severity]
        yield name, (_alerts(fired, period),)


def _left_out(value: Figures, unit: str) -> str:
    events, bad = value.every.events - value.total.events, value.every.bad - value.total.bad
    share = kept(value.kept_with, exact(float(value.target)))
    return f"{count(bad)} bad of {count(events)} {unit} by agreement; with them, {share} are good"


def _excepted(some: Sequence[Excepted], period: Period) -> Table:
    rows = tuple(
        (
            (f"{period.moment(one.begin)} to {period.moment(one.end)}", *where(one.filter)),
            (words.in_full(one.end - one.begin),),
            (shown(one.because),),
        )
        for one in some
    )
    return Table(("When", "How long", "Why, and who agreed"), rows, "Left out by agreement")


def _alerts(fired: Sequence[Episode], period: Period) -> str:
    times = [f"{period.moment(one.begin)} for {words.time(Fraction(one.end - one.begin))}" for one in fired[:LISTED]]
    more = f", and {len(fired) - LISTED:,} more" if len(fired) > LISTED else ""
    return f"{len(fired):,}: {', '.join(times)}{more}" if fired else "none"


def _incidents(value: Figures, period: Period) -> Table:
    rows = tuple(
        (
            (period.moment(one.begin),),
            (words.spoken(one.end - one.begin),),
            (count(one.total.bad),),
            (percent(one.total.bad / value.total.bad),),
        )
        for one in value.incidents[:LARGEST]
    )
    return Table(("Begin", "Length", "Bad", "Of all bad"), rows, "The largest incidents")


def _days(value: Figures, period: Period) -> Table:
    rows = tuple(
        (
            (period.local(one.begin).date().isoformat(),),
            (kept(1 - one.total.bad / one.total.events, ""),),
            (count(one.total.bad),),
            (percent(one.total.bad / value.total.bad),),
        )
        for one in value.days[:WORST]
    )
    return Table(("Day", "Good events", "Bad", "Of all bad"), rows, "The worst days")


def _steps(steps: Sequence[Reached], period: Period) -> Table:
    rows = tuple(
        (
            (f"budget {language.left(one.step.below)}",),
            (period.moment(one.begin) if one.begin else "before",),
            (period.moment(one.end) if one.end else "still in force",),
            (shown(one.step.action),),
        )
        for one in steps
    )
    return Table(("Step of the policy", "Entered", "Left", "What was agreed"), rows, "The steps of the policy")


def _drawing(name: str, value: Figures, period: Period, until: int) -> Drawing:
    begins = [(begin, day[5:]) for day, begin, _ in period.days()]
    about = (value.left, (period.since, max(until, period.since + 1)), begins)
    days = list(period.days())
    size = -(-len(days) // ROWS)
    rows: list[tuple[Phrase, ...]] = []
    for number in range(0, len(days), size):
        (day, begin, _), (_, _, end) = days[number], days[min(number + size, len(days)) - 1]
        seen = [left for at, left in value.left if begin < at <= end]
        if seen:
            rows.append(((day,), (percent(min(seen)),), (percent(seen[-1]),)))
    return Drawing(
        chart.draw(name, *about, chart.WIDE),
        chart.draw(f"{name}-n", *about, chart.NARROW),
        ("The rolling budget that was left.",),
        Table(("From", "Least left", "Left at the end"), tuple(rows), "The budget left"),
    )


# Words


def _quoted(line: str) -> tuple[str | Code, ...]:
    """A line of sloc: its parts in backquotes are code."""
    return tuple(Code(part) if number % 2 else part for number, part in enumerate(line.split("`")) if part)


def _objective(one: Account) -> str:
    return language.objective(one.slo.target, one.slo.window)


def count(number: float) -> str:
    """A number of events: the increase of a counter is a fraction."""
    return f"{number:,.0f}" if number >= 0.5 or not number else "less than 1"
