"""The text of `sloc explain SERVICE/SLO`: an SLO in figures, all of them from `burn.py`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from slocompiler import burn, promql
from slocompiler.explain import journey, language, words
from slocompiler.explain.phrases import budgets, plain
from slocompiler.explain.promise import beside_a_page, promise, silence
from slocompiler.ir import Alert, Burn, Down, Exhausted, NoData, Service, Slo, Through
from slocompiler.targets.prometheus import down, nodata, schedule
from slocompiler.targets.prometheus.cost import RAW, VALUES, cost
from slocompiler.targets.prometheus.options import chosen
from slocompiler.targets.prometheus.rule import Rule
from slocompiler.targets.shared import Options
from slocompiler.visible import visible


def meaning(slo: Slo, service: Service, rules: list[Rule], options: Options) -> Iterator[str]:
    """The lines of the explanation; `rules` are the SLO's rules from the Prometheus target."""
    yield from figures(slo, service, options)
    yield ""
    yield from _rules(rules)
    series, samples = cost(slo, service, options)
    values = f" and {VALUES} values of `per`" if slo.per else ""
    yield (
        f"Cost: {series} recorded series, {words.estimated(samples)} samples read a minute, "
        f"if each selector has {RAW} raw series{values}"
    )


def figures(slo: Slo, service: Service, options: Options) -> Iterator[str]:
    """The promise, the budget and each alert in figures: the explanation without the names of rules."""
    title = f' "{slo.title}"' if slo.title else ""
    yield visible(f"{slo.id}{title}{' (draft)' if slo.draft else ''}")
    yield visible(f"Promise: {plain(promise(slo))}")
    if isinstance(slo.indicator, Through):
        yield from map(visible, journey.in_words(slo.indicator))
    yield from (visible(f"Excluded: {one}") for one in language.exclusions(slo))
    yield from (visible(f"Maintenance: {x.text}, {language.planned(x)}: {x.because}") for x in slo.maintenance)
    yield from (visible(f"Excepted: {language.excepted(x)}: {x.because}") for x in slo.exceptions)
    if slo.formerly:
        yield f"Formerly: {', '.join(slo.formerly)}, whose recorded history counts, too."
    yield ""
    yield from _budget(slo)
    targets = []
    for one, place in ((slo, ""), *((slo.there(x), f" in {x.deployment}") for x in slo.variants)):
        other = f" (target {promql.percent(one.target)})" if one.target != slo.target else ""
        targets.append((f"{place}{other}", one.target, one.alerts))
        targets += [
            (f"{place} for {language.filters((x.filter,))} (target {promql.percent(x.target)})", x.target, x.alerts)
            for x in one.overrides
        ]
    for values, target, alerts in targets:
        yield ""
        yield f"Alerts{values}, starting with a full budget:" if alerts else f"No alerts{values}."
        for line in alerts:
            yield from alert(line, alerts, slo, service, target, options)
    if slo.alerts:
        yield ""
        if text := silence(slo):
            yield text
        yield words.delays([slo], options.scrape_interval, options.evaluation_interval)


def _budget(slo: Slo) -> Iterator[str]:
    share, counted = burn.budget(slo.target), words.counted(slo.indicator)
    yield f"Budget: {promql.percent(share)} of {counted} may be bad, {words.grouped(share * 10**6)} in a million."
    outage = promql.duration(int(share * slo.window))
    if counted == "events":
        yield f"At even traffic, that is {outage} of full outage in {promql.duration(slo.window)}."
    else:
        yield f"That is {outage} in {promql.duration(slo.window)}."
    if slo.per:
        yield plain(budgets(slo))


def alert(
    line: Alert, alerts: tuple[Alert, ...], slo: Slo, service: Service, target: Decimal, options: Options
) -> Iterator[str]:
    """An alert line, one of `alerts`, in figures: when it fires, when it ends, and what is left of the budget then."""
    yield f"  {language.alert(line, target, slo.window)}"
    if isinstance(line, NoData):
        yield from (visible(f"    {plain(phrase)}") for phrase in nodata.in_words(slo, line))
    if isinstance(line, Down):
        yield from (visible(f"    {plain(phrase)}") for phrase in down.in_words(slo, down.counted(service)[slo.id]))
        yield f"    one alert for all SLOs of {service.name}, without a label slo"
    if isinstance(line, Burn):
        height = burn.line_factor(line, target, slo.window)
        over = promql.duration(line.window)
        short = promql.duration(schedule.short_window(slo, line.window, options))
        above = promql.rounded(height * burn.budget(target) * 100)
        yield f"    fires above {above}% bad over {over} and over {short}, a burn rate of {promql.rounded(height)}"
        if line.share is None:
            yield f"    at that rate, {promql.rounded(height * line.window / slo.window * 100)}% of the budget is gone in {over}"
        keeps = chosen(options).keeps(line.severity)
        more = f"; the page stays for {promql.duration(keeps)} more, so that one incident pages once" if keeps else ""
        yield f"    ends within {short} of recovery{more}"
    if isinstance(line, Burn | Exhausted) and (line.needs or line.traffic):
        yield f"    needs at least {_needs(line, slo)}"
    if silent := beside_a_page(line, alerts):
        yield f"    {silent}"
    length = burn.whole_slice(slo)
    for bad in burn.SHARES:
        time, share = burn.detection(line, target, slo.window, bad, length), f"{promql.rounded(bad * 100)}%"
        if time is not None:
            gone = promql.rounded(burn.spent(time, target, slo.window, bad) * 100)
            yield f"    at {share:>4} errors: after {words.time(time)}, with {gone}% of the budget gone"
        elif isinstance(line, Burn | Exhausted):
            yield f"    at {share:>4} errors: never"


def _needs(line: Burn | Exhausted, slo: Slo) -> str:
    """`10 bad events and 100 events`."""
    one = "slice" if burn.whole_slice(slo) else "event"
    inside = f" with {events} bad events" if (events := burn.needed_events(line, slo)) else ""
    counts = [words.plural(line.needs, f"bad {one}") + inside] if line.needs else []
    counts += [words.plural(line.traffic, one)] if line.traffic else []
    return (", and " if inside else " and ").join(counts)


def _rules(rules: list[Rule]) -> Iterator[str]:
    records = [rule.name for rule in rules if not rule.annotations]
    alerts = [f"{rule.name} ({rule.labels['severity']})" for rule in rules if rule.annotations]
    yield f"Recorded series ({len(records)}): {', '.join(records)}"
    yield f"Alert rules ({len(alerts)}): {', '.join(alerts)}" if alerts else "No alert rules"
