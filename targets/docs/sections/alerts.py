"""The section on alerts: the burn rate below which nobody is paged, each alert line, and how soon it fires."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache, partial

from slocompiler import burn, promql
from slocompiler.explain import language, words
from slocompiler.explain.nouns import unit
from slocompiler.explain.phrases import Code, filtered
from slocompiler.explain.promise import beside_a_page, silence
from slocompiler.ir import Alert, Burn, Down, Exhausted, NoData, Remaining, Slo, Unmeasured
from slocompiler.targets.docs.charts.alerts import NARROW, WIDE, draw
from slocompiler.targets.docs.page import (
    READING,
    Block,
    Drawing,
    Items,
    Link,
    Paragraph,
    Phrase,
    Section,
    Shared,
    Strong,
    Table,
)
from slocompiler.targets.prometheus import down, nodata, schedule
from slocompiler.targets.shared import Options

NAMES = {"page": "Page", "ticket": "Ticket", "notify": "Notification"}
HEADS = ("100% bad", "10% bad", "1% bad")
"""`burn.SHARES` in words."""


def alerting(slo: Slo, counting: bool, options: Options) -> Section:
    """The section with the chart and the alert lines; `counting` as for `slo_page`."""
    return Section("alerts", "When it alerts", tuple(_alerting(slo, counting, options)))


def _alerting(slo: Slo, counting: bool, options: Options) -> Iterator[Block]:
    if slo.draft:
        yield Paragraph(("A draft has no alerts.",), "note")
        return
    counted, shorts, length = unit(slo), partial(_short_windows, slo, options), burn.whole_slice(slo)
    if slo.alerts:
        yield _lines(slo.alerts, shorts(slo.alerts), slo.target, slo.window, counted, length)
        if text := silence(slo):
            yield Paragraph((text,), "note")
        if events := max(burn.needed_events(line, slo) for line in slo.alerts):
            yield Paragraph((f"A page also needs {events} bad events in the slices of its longer window.",))
        for line in (line for line in slo.alerts if isinstance(line, NoData)):
            yield Paragraph(("The alert for missing data, ", Code(language.alert(line, slo.target, slo.window)), ":"))
            yield Items(tuple(nodata.in_words(slo, line)))
        if any(isinstance(line, Down) for line in slo.alerts):
            yield Paragraph((f"The alert for jobs that are down, one for all SLOs of {slo.service}:",))
            yield Items(tuple(down.in_words(slo, counting)))
    else:
        yield Paragraph(("This SLO has no alerts (", Code("alerts none"), ")."), "note")
    others: list[tuple[Phrase, Decimal, tuple[Alert, ...]]] = []
    for one, place in ((slo, ""), *((slo.there(x), f"In the deployment {x.deployment}") for x in slo.variants)):
        target = f", with a target of {promql.percent(one.target)}" if one.target != slo.target else ""
        others += [((f"{place}{target}:",), one.target, one.alerts)] if place else []
        for override in one.overrides:
            where = (f"{place}, where " if place else "Where ", *filtered(override.filter))
            target = promql.percent(override.target)
            others.append(((*where, f", with a target of {target}:"), override.target, override.alerts))
    for lead, its_target, alerts in others:
        yield Paragraph(lead)
        if alerts:
            yield from _quiet(alerts, its_target, slo.window, counted, length)
            yield _points(alerts, shorts(alerts), its_target, slo.window, counted)
            yield _table(alerts, its_target, slo.window, length)
        else:
            yield Paragraph(("No alerts.",))


def _short_windows(slo: Slo, options: Options, alerts: tuple[Alert, ...]) -> tuple[int, ...]:
    """The second window of each line, in seconds; 0 for a line that does not name it."""
    return tuple(schedule.short_window(slo, line.window, options) if isinstance(line, Burn) else 0 for line in alerts)


@lru_cache(maxsize=64)
def _lines(
    alerts: tuple[Alert, ...], shorts: tuple[int, ...], target: Decimal, window: int, unit: str, length: int
) -> Shared:
    """What SLOs with the same target, window and alerts have in common."""
    caption = (
        "In the area above a solid line, somebody is paged; above a dashed one, there is a ticket. ",
        Link("How to read this chart", READING, "alerts"),
    )
    wide = draw("alerts-chart", alerts, target, window, unit, WIDE, length)
    narrow = draw("alerts-chart-narrow", alerts, target, window, unit, NARROW, length)
    drawing = Drawing(wide, narrow, caption, _table(alerts, target, window, length))
    quiet = _quiet(alerts, target, window, unit, length)
    return Shared((*quiet, drawing, _points(alerts, shorts, target, window, unit)))


def _quiet(alerts: tuple[Alert, ...], target: Decimal, window: int, unit: str, length: int) -> Iterator[Paragraph]:
    """The share of bad events below which nobody is paged; nothing if a page can come at any share."""
    pages = [line for line in alerts if line.severity == "page"]
    about = [line for line in pages if not isinstance(line, Unmeasured)]
    if not about:
        kinds = ("missing data" if isinstance(line, NoData) else "jobs that are down" for line in pages)
        only = f"This SLO pages only for {' and '.join(dict.fromkeys(kinds))}."
        yield Paragraph((only if pages else "This SLO pages nobody.",))
        return
    least = min(burn.least(line, target, window, length) for line in about)
    if least:
        bad = Strong(f"while less than {words.percent(least * burn.budget(target))} of {unit} are bad")
        lasts = words.spoken(window / least)
        yield Paragraph(("Nobody is paged ", bad, f". At that rate, a full budget lasts {lasts} or longer."))


def _points(alerts: tuple[Alert, ...], shorts: tuple[int, ...], target: Decimal, window: int, unit: str) -> Items:
    return Items(
        tuple(
            (Strong(NAMES[line.severity]), f" {_condition(line, short, target, window, unit)}{_silent(line, alerts)}")
            for line, short in zip(alerts, shorts, strict=True)
        )
    )


def _silent(line: Alert, alerts: tuple[Alert, ...]) -> str:
    silent = beside_a_page(line, alerts)
    return f" It is {silent}." if silent else ""


def _condition(line: Alert, short: int, target: Decimal, window: int, unit: str) -> str:
    """The condition of an alert line, as the end of a sentence; `short` is its second window."""
    if isinstance(line, NoData):
        of_one = f" of a value of {line.of_one}" if line.of_one else ""
        unless = f", unless {language.proof(line.unless)}" if line.unless else ""
        return f"when there is no data{of_one} for {words.in_full(line.lasting)}{unless}."
    if isinstance(line, Down):
        return f"when everything that is scraped has been down for {words.in_full(line.lasting)}."
    if isinstance(line, Remaining):
        left = f"less than {promql.percent(line.below)} of the budget is left"
        return f"when {left if line.below else 'the budget is exhausted'}."
    needs = _needs(line, unit)
    if isinstance(line, Exhausted):
        return f"when the budget left lasts less than {words.in_full(line.within)} at the current rate{needs}."
    height = burn.line_factor(line, target, window)
    windows = f"over {promql.duration(line.window)} and over {promql.duration(short)}"
    bad = f"more than {words.percent(height * burn.budget(target))} of {unit} are bad {windows}"
    return f"when {bad}{needs}. That is a burn rate of {promql.rounded(height)}."


def _needs(line: Burn | Exhausted, unit: str) -> str:
    """`, and at least 10 of at least 100 requests are bad`; "" if one bad request is enough."""
    if line.needs > 1:
        of = f" of at least {line.traffic:,}" if line.traffic > 1 else ""
        return f", and at least {line.needs:,}{of} {unit} are bad"
    return f", and there are at least {line.traffic:,} {unit}" if line.traffic > 1 else ""


def _table(alerts: tuple[Alert, ...], target: Decimal, window: int, length: int) -> Table:
    """For each line and each of `burn.SHARES`: the time until it fires, and the budget that is gone by then."""
    rows = []
    for line in alerts:
        if isinstance(line, Unmeasured):
            continue
        cells: list[Phrase] = [(Code(language.alert(line, target, window)),)]
        for bad in burn.SHARES:
            time = burn.detection(line, target, window, bad, length)
            gone = "" if time is None else words.percent(burn.spent(time, target, window, bad))
            cells.append((f"after {words.time(time)}, {gone} gone",) if time is not None else ("never",))
        rows.append(tuple(cells))
    return Table(("Alert", *HEADS), tuple(rows), "Time until each alert fires, and budget gone by then")
