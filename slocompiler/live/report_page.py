"""A report as the content of a page, which the writers of the documentation write as HTML and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler import burn, promql
from slocompiler.explain import words
from slocompiler.live.names import name
from slocompiler.live.period import Period
from slocompiler.live.report import Account, Figures
from slocompiler.live.report_slo import FEW, count, section
from slocompiler.live.report_sums import Report, Total, overdue
from slocompiler.live.shifts import FEW as SHIFT
from slocompiler.live.status_formats import NONE, exact, kept, percent
from slocompiler.targets.docs.page import (
    CATALOGUE,
    Block,
    Items,
    Page,
    Paragraph,
    Phrase,
    Section,
    State,
    Strong,
    Table,
)
from slocompiler.visible import shown

HEADS = ("SLO", "Target", "Good events", "Spent", "Left", "Least left", "Pages", "Tickets", "Fit")


def page(report: Report) -> Page:
    """The whole report."""
    sections = [
        Section("targets", "Targets", (_targets(report), *_explained(report))),
        Section("sums", f"By {report.by}", tuple(_grouped(report))),
        *(section(number, one, report) for number, one in enumerate(report.accounts)),
        Section("agreed", "What was agreed", tuple(_agreed(report))),
    ]
    title = f"Service levels: {report.period.title}"
    return Page(CATALOGUE, title, (), tuple(_lead(report)), tuple(sections), "sloc report")


def _lead(report: Report) -> Iterator[Block]:
    known = [one for one in report.accounts if one.values]
    held = sum(total.kept for total in report.totals)
    period = report.period
    yield Paragraph((Strong(f"{held} of {words.plural(len(known), 'target')} kept."),), "lead")
    times = f"{period.moment(period.since)} to {period.moment(report.until)}"
    yield Paragraph((f"Data from {times}. All times are in {period.zone}.",))
    if report.until < period.until - burn.HOUR:
        yield Paragraph((f"The period is not over: it ends on {period.moment(period.until)}.",), "note")
    for one in report.accounts:
        if one.why:
            yield Paragraph((f"Nothing is known of {name(one.slo)}: {one.why}.",), "note")
    silent = [one for one in report.accounts if not one.values and not one.why]
    if silent:
        yield Paragraph((f"No data of {', '.join(name(one.slo) for one in silent)}: these are not counted.",), "note")
    if report.drafts:
        yield Paragraph((f"The report excludes {words.plural(report.drafts, 'draft')}: a draft promises nothing yet.",))


# The tables of all SLOs


def _targets(report: Report) -> Table:
    rows = [_row(one, value) for one in report.accounts for value in one.values[:FEW]]
    rows += [
        ((name(one.slo),), *((("no data",) if head == "Fit" else (NONE,)) for head in HEADS[1:]))
        for one in report.accounts
        if not one.values
    ]
    return Table(HEADS, tuple(rows), "The targets")


def _row(one: Account, value: Figures) -> tuple[Phrase, ...]:
    target = exact(float(value.target))
    state: Phrase = () if value.is_kept is None else (" ", State("kept" if value.is_kept else "missed"))
    return (
        (name(one.slo, value.labels),),
        (f"{target} over {promql.duration(one.slo.window)}",),
        (kept(value.kept, target), *state),
        (percent(value.spent),),
        (percent(value.last),),
        (percent(value.worst[1] if value.worst else None),),
        (f"{one.number(value, 'page'):,}",),
        (f"{one.number(value, 'ticket'):,}",),
        (one.verdict if value is one.values[0] else "",),
    )


def _explained(report: Report) -> Iterator[Block]:
    yield Paragraph(
        (
            f"Good events and the budget spent are those of {report.period.title} alone, as if it were a window. The budget "
            "left, at the end and at the least, is the one that alerts and policies act on: it rolls, so it also counts the "
            "window before, and no first day of a month resets it.",
        )
    )
    more = sum(max(0, len(one.values) - FEW) for one in report.accounts)
    if more:
        yield Paragraph((f"{words.plural(more, 'value')} with more budget left: `--format csv` has all.",))
    yield Items(
        (
            (
                Strong("loose"),
                ": at least half of the budget was always left. The target may be stricter, or take more risk.",
            ),
            (Strong("holds, barely"), ": less than half was left at some time, and never nothing."),
            (Strong("not held"), ": more was spent than the budget."),
            (Strong("too young"), ": the data are shorter than a window."),
        )
    )


def _grouped(report: Report) -> Iterator[Block]:
    yield _sums(report)
    over = [shift for total in report.totals for shift in total.load.over]
    if over:
        yield Paragraph((f"{words.plural(len(over), 'shift')} with more than {words.plural(SHIFT, 'page')}.",))
    if any(burn.slice_of(one.slo) for one in report.accounts):
        yield Paragraph(("Events and shares are those of SLOs that count events; slices of time are no events.",))


def _sums(report: Report) -> Table:
    rows = tuple(
        (
            (shown(total.name),),
            (f"{total.kept} of {total.judged}",),
            (count(total.total.events),),
            (count(total.total.bad),),
            (kept(1 - total.total.bad / total.total.events, "") if total.total.events else NONE,),
            (f"{total.pages:,}",),
            (_busiest(total, report.period),),
        )
        for total in report.totals
    )
    heads = (report.by.capitalize(), "Targets kept", "Events", "Bad", "Good events", "Pages", "Busiest shift")
    return Table(heads, rows, "The sums")


def _busiest(total: Total, period: Period) -> str:
    most = total.load.most
    return f"{words.plural(most.pages, 'page')}, from {period.moment(most.begin)}" if most else NONE


# What was agreed


def _agreed(report: Report) -> Iterator[Block]:
    if report.changes is not None:
        rows = tuple(((one.day,), (one.slo,), (one.what,), (one.because,), (one.agreed,)) for one in report.changes)
        heads = ("Day", "SLO", "Change of the promise", "Reason", "Agreed by")
        yield Table(heads, rows, "Changes") if rows else Paragraph(("No promise changed in the period.",))
        if rows:
            yield Paragraph(("All figures are judged by the targets of today.",))
    due = overdue(report.accounts, report.period.local(report.until).date())
    names = ", ".join(f"{name(one.slo)} ({one.review})" for one in due)
    yield Paragraph((f"Reviews that are due: {names}." if due else "No review is due.",))
