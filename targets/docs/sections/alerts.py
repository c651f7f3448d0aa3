"""When somebody is woken and when not: each alert line in words, and when it tells of how many errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import repeat

from slocompiler import burn, promql
from slocompiler.explain import language, words
from slocompiler.explain.phrases import Code, filtered
from slocompiler.explain.promise import unit
from slocompiler.ir import Alert, Burn, Exhausted, NoData, Remaining, Slo
from slocompiler.targets.docs.charts.alerts import draw
from slocompiler.targets.docs.page import (
    GLOSSARY,
    Block,
    Drawing,
    Items,
    Link,
    Listing,
    Paragraph,
    Phrase,
    Section,
    Shared,
    Strong,
    Table,
)
from slocompiler.targets.prometheus.rule import Rule
from slocompiler.targets.shared import Options

MEANS = {
    "page": ("Page", "wakes somebody, at any hour"),
    "ticket": ("Ticket", "is work for daylight"),
    "notify": ("Notice", "tells, and asks for nothing"),
}
SAID = ("all fail", "1 in 10 fails", "1 in 100 fails")
"""`burn.SHARES` in words."""
SAYS = Shared(
    (
        Paragraph(
            (
                "It goes on with how much is bad now and was over the last hours, how much of the budget is left and when "
                "it is gone at this rate, what was promised to whom and why, and where to begin. What it cannot say is what "
                "is broken: SLOs tell ",
                Link("that users are hurt, never what hurts them", GLOSSARY, "symptom"),
                ".",
            )
        ),
        Paragraph(
            (
                Strong("How many are too many? "),
                "More than two incidents a shift, whoever is on call: a third gets no proper look. Then either something "
                "keeps breaking, and is mended before anything new is built, or a target is too strict.",
            )
        ),
    )
)


def alerting(slo: Slo, rules: list[Rule], options: Options) -> Section:
    """The chart, the lines, and what a page says; `rules` are those of the Prometheus target."""
    return Section("alerts", "When somebody is woken, and when not", tuple(_alerting(slo, rules, options)))


def _alerting(slo: Slo, rules: list[Rule], options: Options) -> Iterator[Block]:
    if slo.draft:
        yield Paragraph(
            ("This is a draft: it is recorded and drawn, and alerts nobody. Something is better than nothing.",), "note"
        )
        return
    if not slo.alerts:
        yield Paragraph(
            ("Nobody is alerted: its owner said so (", Code("alerts none"), "). Whoever looks, sees it."), "note"
        )
    else:
        yield _lines(slo.alerts, slo.target, slo.window, unit(slo), options.scrape_interval)
    for override in slo.overrides:
        yield Paragraph(
            (
                Strong("For others: "),
                *filtered(override.filter),
                f", with a target of {promql.percent(override.target)}:",
            )
        )
        if override.alerts:
            yield _points(override.alerts, override.target, slo.window, options.scrape_interval)
            yield _table(override.alerts, override.target, slo.window)
        else:
            yield Paragraph(("Nobody is alerted.",))
    pages = [rule for rule in rules if rule.name == "SLOBurn" and rule.annotations and _is_page(rule, options)]
    if pages:
        yield from (_summary(pages[0]), SAYS)


def _is_page(rule: Rule, options: Options) -> bool:
    return rule.labels["severity"] == options.severities.get("page", "page")


@lru_cache(maxsize=64)
def _lines(alerts: tuple[Alert, ...], target: Decimal, window: int, unit: str, scrape: int) -> Shared:
    """What SLOs that share target, window and alerts have in common."""
    svg = draw("alerts-chart", alerts, target, window, unit)
    caption = (f"The more goes wrong, the sooner it is told. {words.DELAYS}",)
    return Shared(
        (
            Paragraph(_quiet(alerts, target, window)),
            Drawing(svg, caption, _table(alerts, target, window)),
            _points(alerts, target, window, scrape),
        )
    )


def _quiet(alerts: tuple[Alert, ...], target: Decimal, window: int) -> Phrase:
    """What wakes nobody."""
    pages = [line for line in alerts if line.severity == "page"]
    if not pages:
        return ("Nobody is woken by this: what is wrong can wait for daylight.",)
    rule = "Budget that is gone in minutes wakes somebody; budget that lasts for days lets them sleep."
    least = min(map(_least, pages, repeat(target), repeat(window)))
    if not least:
        return (rule,)
    lasts = words.spoken(window / least)
    return (
        f"{rule} Here nobody is woken ",
        Strong(f"while less than {words.percent(least * burn.budget(target))} goes wrong"),
        f": a whole budget lasts {lasts} or longer then. What goes wrong more slowly than that is looked at in daylight.",
    )


def _least(line: Alert, target: Decimal, window: int) -> Fraction:
    """The burn rate below which a line is silent, whatever the budget left; 0 for one that no rate keeps silent."""
    if isinstance(line, Burn):
        return burn.line_factor(line, target, window)
    return burn.exhaustion_floor(line.within, window) if isinstance(line, Exhausted) else Fraction(0)


def _points(alerts: tuple[Alert, ...], target: Decimal, window: int, scrape: int) -> Items:
    return Items(tuple(_point(line, target, window, scrape) for line in alerts))


def _point(line: Alert, target: Decimal, window: int, scrape: int) -> Phrase:
    """One alert line as a sentence."""
    name, means = MEANS[line.severity]
    begin: Phrase = (Strong(name), f", which {means}: ")
    needs = f", and {line.needs:,} bad events at least" if isinstance(line, Burn | Exhausted) and line.needs > 1 else ""
    if isinstance(line, Burn):
        height = burn.line_factor(line, target, window)
        over, short = (promql.duration(s) for s in (line.window, burn.short_window(line.window, scrape)))
        return (
            *begin,
            f"more than {words.percent(height * burn.budget(target))} bad over {over}, and over {short} still{needs}. That is ",
            f"{promql.rounded(height)} times what the budget sustains; {words.percent(height * line.window / window)} of it is gone by then.",
        )
    if isinstance(line, Exhausted):
        return (
            *begin,
            f"at the rate of now, what is left of the budget is gone within {promql.duration(line.within)}{needs}.",
        )
    if isinstance(line, Remaining):
        left = (
            f"less than {promql.percent(line.below)} of the budget is left" if line.below else "the budget is exhausted"
        )
        return *begin, f"{left}."
    return *begin, f"there was nothing to see for {promql.duration(line.lasting)}. Not to see is a risk of its own."


def _table(alerts: tuple[Alert, ...], target: Decimal, window: int) -> Table:
    """Each line by `burn.SHARES`: after how long it fires, and how much of the budget is gone by then."""
    rows = []
    for line in alerts:
        if isinstance(line, NoData):
            continue
        cells: list[Phrase] = [(Code(language.alert(line, target, window)),)]
        for bad in burn.SHARES:
            time = burn.detection(line, target, window, bad)
            gone = "" if time is None else words.percent(burn.spent(time, target, window, bad))
            cells.append((f"after {words.time(time)}, {gone} gone",) if time is not None else ("never",))
        rows.append(tuple(cells))
    return Table(("Alert", *SAID), tuple(rows), "When each alert tells, and how much of the budget is gone by then")


def _summary(rule: Rule) -> Listing:
    """How a page begins, with numbers as they might be."""
    said = dict(rule.annotations)
    summary = re.sub(r"\{\{ index [^}]*\}\}", "…", said["summary"])
    summary = re.sub(r"\{\{ printf [^}]*\}\}", "14.7", summary).replace('{{"{"}}', "{")
    return Listing(summary, "text", ("A page begins like this:",))
