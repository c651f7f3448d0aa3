"""The text of `sloc explain SERVICE`: for each SLO, its promise and its first alerts."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler import burn
from slocompiler.explain import words
from slocompiler.explain.phrases import budgets, plain
from slocompiler.explain.promise import outage, promise, silence
from slocompiler.ir import SEVERITIES, Service, Severity, Slo
from slocompiler.visible import visible


def overview(service: Service, scrape_interval: int, evaluation_interval: int) -> Iterator[str]:
    """The lines of the overview; intervals in seconds."""
    title = f' "{service.title}"' if service.title else ""
    drafts = sum(slo.draft for slo in service.slos)
    counted = words.plural(len(service.slos) - drafts, "SLO")
    counted += f" and {words.plural(drafts, 'draft')}" if drafts else ""
    yield visible(f"{service.name}{title}: {counted}, owned by {service.owner}")
    for slo in service.slos:
        yield ""
        yield from _slo(slo)
    alerting = [slo for slo in service.slos if slo.alerts]
    if alerting:
        yield ""
        yield words.delays(alerting, scrape_interval, evaluation_interval)


def _slo(slo: Slo) -> Iterator[str]:
    title = f' "{slo.title}"' if slo.title else ""
    yield visible(f"{slo.id}{title}{' (draft)' if slo.draft else ''}")
    yield visible(f"  {plain(promise(slo))}")
    yield f"  {outage(slo)}"
    if slo.per:
        yield f"  {plain(budgets(slo))}"
    alerts = [line for severity in SEVERITIES for line in _first(slo, severity)]
    alerts += [f"  {silence(slo)}"] if silence(slo) else []
    yield from alerts or ["  No alert depends on errors." if slo.alerts else "  No alerts."]


def _first(slo: Slo, severity: Severity) -> Iterator[str]:
    """The time until the first alert of a severity, starting with a full budget."""
    found: list[str] = []
    for bad in burn.SHARES:
        times = [
            time
            for line in slo.alerts
            if line.severity == severity
            and (time := burn.detection(line, slo.target, slo.window, bad, burn.whole_slice(slo))) is not None
        ]
        if times:
            found.append(f"{words.time(min(times))} at {words.percent(bad)}{'' if found else ' errors'}")
    if found:
        yield f"  First {severity} after {', '.join(found)}."
