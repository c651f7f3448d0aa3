"""The page of `sloc review`, which the writers of the documentation write as text, as Markdown and as HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from slocompiler import burn, promql
from slocompiler.explain import language, words
from slocompiler.explain.phrases import Code
from slocompiler.explain.promise import next_review, promise
from slocompiler.explain.simulation import sentences, simulated
from slocompiler.live import complaints, ladder
from slocompiler.live.names import name
from slocompiler.live.period import Period
from slocompiler.live.report_slo import count, measured
from slocompiler.live.report_sums import overdue
from slocompiler.live.review import RELIABLE, Reviewed
from slocompiler.live.status_formats import NONE, exact, kept, percent
from slocompiler.targets.docs.page import (
    CATALOGUE,
    Block,
    Facts,
    Items,
    Page,
    Paragraph,
    Phrase,
    Section,
    State,
    Strong,
    Table,
)
from slocompiler.targets.docs.sections.agreement import costs, ranked
from slocompiler.visible import shown

HEADS = ("SLO", "Target", "Good events", "Least left", "Pages", "Complaints", "Proposal")


class Review(NamedTuple):
    """All that the page shows."""

    period: Period
    until: int
    """When the data end."""
    slos: Sequence[Reviewed]
    drafts: tuple[str, ...]
    """The ids of drafts, which are not reviewed."""
    named: tuple[str, ...]
    """The names that were given: they also record the review."""

    now: int

    @property
    def day(self) -> date:
        """Today: reviews are due by it."""
        return self.period.local(self.now).date()


def page(of: Review) -> Page:
    """The whole page."""
    sections = [
        Section("proposals", "Proposals", (_table(of),)),
        *(_section(number, one, of.period) for number, one in enumerate(of.slos)),
        Section("after", "After the meeting", tuple(_after(of))),
    ]
    return Page(CATALOGUE, f"Review: {of.period.title}", (), tuple(_lead(of)), tuple(sections), "sloc review")


def _lead(of: Review) -> Iterator[Block]:
    due, period = overdue((one.account for one in of.slos), of.day), of.period
    slos = words.plural(len({one.account.slo.id for one in of.slos}), "SLO")
    yield Paragraph((Strong(f"{slos} to review."),), "lead")
    late = ", ".join(f"{name(one.slo)} ({one.review})" for one in due)
    yield Paragraph((f"Reviews that are due: {late}." if due else "No review is due yet.",))
    people = dict.fromkeys(
        shown(who) for one in of.slos for who in (one.account.service.owner, *one.account.slo.stakeholders)
    )
    yield Paragraph((f"For {', '.join(people)}. Is each target as strict as users need, and no stricter?",))
    times = f"{period.moment(period.since)} to {period.moment(of.until)}"
    yield Paragraph((f"Data from {times}. All times are in {period.zone}; the days of complaints are in UTC.",))
    for one in of.slos:
        if one.account.why:
            yield Paragraph((f"Nothing is known of {name(one.account.slo)}: {one.account.why}.",), "note")
    if of.drafts:
        yield Paragraph((f"Drafts promise nothing yet, so they are excluded: {', '.join(of.drafts)}.",))


def _table(of: Review) -> Table:
    return Table(HEADS, tuple(_row(one) for one in of.slos), "The proposals")


def _row(one: Reviewed) -> tuple[Phrase, ...]:
    """By the value of the `per` labels with the least budget at the end; pages are those of all values."""
    account, slo = one.account, one.account.slo
    value = account.values[0] if account.values else None
    state: Phrase = ()
    if value and value.is_kept is not None:
        state = (" ", State("kept" if value.is_kept else "missed"))
    pages = sum(account.number(each, "page") for each in account.values)
    heard = one.suggestion.heard if one.suggestion else None
    return (
        (name(slo, value.labels if value else ()),),
        (f"{promql.percent(slo.target)} over {promql.duration(slo.window)}",),
        (kept(value.kept, exact(float(value.target))) if value else NONE, *state),
        (percent(value.worst[1] if value and value.worst else None),),
        (f"{pages:,}" if value else NONE,),
        (NONE if heard is None else f"{words.plural(heard.complaints, 'day')}" if heard.complaints else "none",),
        (one.proposal.short,),
    )


# An SLO


def _section(number: int, one: Reviewed, period: Period) -> Section:
    return Section(
        f"slo-{number + 1}", shown(one.account.slo.title) or one.account.slo.id, tuple(_blocks(number, one, period))
    )


def _blocks(number: int, one: Reviewed, period: Period) -> Iterator[Block]:
    account = one.account
    first, *rest = one.proposal.sentences
    yield Paragraph((Strong(f"Proposal. {first}"), *(f" {sentence}" for sentence in rest)))
    yield Facts(tuple(_agreed(one)))
    if account.values:
        yield from measured(number, account, account.values[0], period)
        if one.proposal.short == RELIABLE:
            yield from _first(one, period)
    else:
        yield Paragraph(("There are no data of this time.",), "note")
    yield from _ladder(one)
    yield from _users(one)
    yield from _risks(one)


def _agreed(one: Reviewed) -> Iterator[tuple[str, Phrase]]:
    slo = one.account.slo
    yield "SLO", (Code(name(slo)), f", {language.objective(slo.target, slo.window)}")
    yield "Promise", promise(slo)
    yield "Reason", (shown(slo.because) or "none given",)
    yield "Agreed with", (", ".join(map(shown, slo.stakeholders)) or "nobody yet",)
    last = f", last on {slo.review.last.isoformat()}" if slo.review and slo.review.last else ""
    yield "Next review", (f"{next_review(slo.review)}{last}",)


def _first(one: Reviewed, period: Period) -> Iterator[Block]:
    """Where more reliability begins: with what took the most."""
    value = one.account.values[0]
    if value.incidents:
        worst = value.incidents[0]
        share = percent(worst.total.bad / value.total.bad)
        begin = period.moment(worst.begin)
        text = f"Begin with the cause of the incident of {begin}: it had {share} of all bad events, {count(worst.total.bad)}."
        yield Paragraph((text,))


def _ladder(one: Reviewed) -> Iterator[Block]:
    found = one.suggestion
    if found is None or not found.ladder:
        return
    rows = ladder.rows(found.ladder, one.account.slo.target, found.short)
    cells = tuple(
        tuple((row[key].strip(),) for key in ("target", "least", "pages", "tickets", "verdict")) for row in rows
    )
    yield Paragraph((Strong("Which target would have held?"),))
    yield Table(("Target", "Least left", "Pages", "Tickets", "Verdict"), cells, "Which target would have held")


def _users(one: Reviewed) -> Iterator[Block]:
    heard = one.suggestion.heard if one.suggestion else None
    yield Paragraph((Strong("What users said"),))
    if heard is None:
        yield Paragraph(("Nobody writes it down: ", Code('feedback 2026-10-06 "9 tickets: nobody could pay."'), "."))
        return
    if not heard.said:
        yield Paragraph(("Nobody complained in this time.",))
        return
    heads, *rows = complaints.rows(heard)
    yield Table(
        ("Days", *heads[1:]), tuple(tuple((cell,) for cell in row) for row in rows), "Complaints and the budget"
    )
    said = [*complaints.sentences(heard)]
    if said:
        yield Paragraph((" ".join(said),))
    yield Items(tuple((f"{each.day.isoformat()}: {shown(each.text)}",) for each in heard.said[: complaints.LISTED]))
    if more := len(heard.said) - complaints.LISTED:
        if more > 0:
            yield Paragraph((f"And {words.plural(more, 'more complaint')}.",))


def _risks(one: Reviewed) -> Iterator[Block]:
    slo, service = one.account.slo, one.account.service
    yield Paragraph((Strong("Open risks"),))
    found = costs(slo, service.risks)
    if not found:
        yield Paragraph(("None are recorded.",))
        return
    yield ranked(slo, found)
    if simulation := simulated(slo, service):
        yield Paragraph((" ".join(map(shown, sentences(simulation))),))


# After the meeting


def _after(of: Review) -> Iterator[Block]:
    record = " ".join(["sloc review", *of.named, "--done", of.day.isoformat()])
    yield Items(
        (
            (
                "Change the targets that you agreed to change, with the reason. ",
                Code("sloc diff"),
                " says what it means.",
            ),
            ("Record the review, also if nothing changes: ", Code(record), "."),
        ),
        counted=True,
    )
    without = dict.fromkeys(one.account.slo.id for one in of.slos if one.account.slo.review is None)
    if without:
        every = promql.duration(90 * burn.DAY)
        yield Paragraph(
            (
                f"No review is planned of {', '.join(without)}: write ",
                Code(f"review every {every} last {of.day.isoformat()}"),
                ".",
            ),
            "note",
        )
