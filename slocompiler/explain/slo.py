"""`sloc explain service/slo`: what an SLO means in numbers. Every figure comes from `burn.py`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from slocompiler import burn, promql
from slocompiler.explain import language, words
from slocompiler.ir import Alert, Burn, Exhausted, Slo
from slocompiler.targets.prometheus.rule import Rule
from slocompiler.targets.shared import Options
from slocompiler.visible import visible


def meaning(slo: Slo, rules: list[Rule], options: Options) -> Iterator[str]:
    """The lines of the explanation; `rules` are those that the Prometheus target makes."""
    title = f' "{slo.title}"' if slo.title else ""
    yield visible(f"{slo.id}{title}")
    yield f"promises that {promql.percent(slo.target)} of its {words.counted(slo.indicator)} are good over any {promql.duration(slo.window)}."
    yield ""
    yield from _budget(slo)
    targets = [("", slo.target, slo.alerts)]
    targets += [
        (f" for {promql.selector('', x.filter)} (target {promql.percent(x.target)})", x.target, x.alerts)
        for x in slo.overrides
    ]
    for where, target, alerts in targets:
        yield ""
        yield f"When it alerts{where}, beginning with a full budget:" if alerts else f"It never alerts{where}."
        for line in alerts:
            yield from _line(line, slo, target, options)
    if slo.alerts:
        yield ""
        yield words.DELAYS
    yield ""
    yield from _made(rules)


def _budget(slo: Slo) -> Iterator[str]:
    share = burn.budget(slo.target)
    yield f"Budget: {promql.percent(share)} of {words.counted(slo.indicator)} may be bad, {words.grouped(share * 10**6)} in a million."
    outage, traffic = (
        promql.duration(int(share * slo.window)),
        "Were traffic even, that is" if words.counted(slo.indicator) == "events" else "That is",
    )
    yield f"{traffic} {outage} of full outage in {promql.duration(slo.window)}."
    if slo.per:
        yield f"Each value of {', '.join(slo.per)} has such a budget of its own."


def _line(line: Alert, slo: Slo, target: Any, options: Options) -> Iterator[str]:
    yield f"  {language.alert(line, target, slo.window)}"
    if isinstance(line, Burn):
        height = burn.line_factor(line, target, slo.window)
        short = burn.short_window(line.window, options.scrape_interval)
        above = promql.rounded(height * burn.budget(target) * 100)
        yield (
            f"    more than {above}% bad over {promql.duration(line.window)} and over {promql.duration(short)}: "
            f"{promql.rounded(height)} times what the budget sustains"
        )
        yield f"    ends within {promql.duration(short)} after the trouble"
    if isinstance(line, Burn | Exhausted) and line.needs:
        yield f"    at least {line.needs} bad event{'s' if line.needs > 1 else ''}, however few there are"
    for bad in burn.SHARES:
        time = burn.detection(line, target, slo.window, bad)
        if time is not None:
            gone = promql.rounded(burn.spent(time, target, slo.window, bad) * 100)
            yield f"    at {promql.rounded(bad * 100) + '%':>4} errors after {words.time(time)}, with {gone}% of the budget gone"
        elif isinstance(line, Burn | Exhausted):
            yield f"    at {promql.rounded(bad * 100) + '%':>4} errors never"


def _made(rules: list[Rule]) -> Iterator[str]:
    records = [rule.name for rule in rules if not rule.annotations]
    alerts = [f"{rule.name} ({rule.labels['severity']})" for rule in rules if rule.annotations]
    yield f"It makes {len(records)} series: {', '.join(records)}"
    yield f"and {len(alerts)} alert rules: {', '.join(alerts)}" if alerts else "and no alert rule"
