"""`SLODown`: every target of the jobs of a service is down. One rule for each severity, whatever the number of SLOs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from slocompiler import burn, jobs, promql
from slocompiler.explain.phrases import Code, Phrase, joined
from slocompiler.ir import SEVERITIES, Down, Matcher, Ratio, Service, Severity, Slo, Threshold
from slocompiler.record import replace, value
from slocompiler.targets.prometheus import exclusion, nodata
from slocompiler.targets.prometheus.alerts import alert
from slocompiler.targets.prometheus.branch import Branch, first_of
from slocompiler.targets.prometheus.options import chosen
from slocompiler.targets.prometheus.rule import Group, Rule
from slocompiler.targets.prometheus.series import deployed, up
from slocompiler.targets.prometheus.texts import Texts
from slocompiler.targets.shared import Options
from slocompiler.visible import shown

FEW = 0.2
"""The share of scrapes up to which a target is down: in a crash loop, one now and then succeeds.

It is the scrapes of the target that succeeds most, of those of the target that has most: a target that is gone has
succeeded until then.
"""
BUSY = 0.03
"""Events per second, at some time of the last hour, of a service that people use: nine in five minutes."""
MOST = 10
"""The most SLOs that an alert names."""
STEP = 5 * burn.MINUTE
"""The step at which targets that were known before are looked for."""


@value()
class Watch:
    """The jobs that a rule watches, for the SLOs with a line for them."""

    jobs: tuple[str, ...]
    severity: Severity
    lasting: int
    """The shortest time that one of the lines names, in seconds."""
    slos: tuple[Slo, ...]
    blind: tuple[str, ...]
    """The ids of all SLOs of the service about these jobs."""
    counting: tuple[str, ...]
    """Those that count events, with their former ids. Slices are recorded without events too."""


def watches(service: Service) -> list[Watch]:
    """What the rules of a service watch, the most urgent first."""
    lines: dict[tuple[int, tuple[str, ...]], list[tuple[int, Slo]]] = {}
    about: dict[tuple[str, ...], list[Slo]] = {}
    for slo in service.slos:
        names = jobs.of(slo.indicator)
        about.setdefault(names, []).append(slo)
        for line in (line for line in slo.alerts if isinstance(line, Down)):
            lines.setdefault((SEVERITIES.index(line.severity), names), []).append((line.lasting, slo))
    return [
        Watch(
            names,
            SEVERITIES[severity],
            min(lasting for lasting, _ in found),
            tuple(slo for _, slo in found),
            tuple(slo.id for slo in about[names]),
            tuple(
                id
                for slo in about[names]
                if isinstance(slo.indicator, Ratio | Threshold)
                for id in (slo.id, *slo.formerly)
            ),
        )
        for (severity, names), found in sorted(lines.items(), key=lambda item: item[0])
    ]


def counted(service: Service) -> dict[str, bool]:
    """For each SLO that has a line, by its id: whether an SLO about its jobs counts events."""
    return {slo.id: bool(watch.counting) for watch in watches(service) for slo in watch.slos}


def in_words(slo: Slo, counting: bool) -> list[Phrase]:
    """When the alert for the jobs of an SLO fires: `fires if …`."""
    return [("fires if ", *words) for words in _when(jobs.of(slo.indicator), counting)]


def _when(names: Sequence[str], counting: bool) -> Iterator[Phrase]:
    """In which cases the jobs are down; without events, only the scrapes tell."""
    shown_ = joined(((Code(shown(name)),) for name in names), " and ")
    yield "no target of ", *shown_, " has more than a fifth of its scrapes succeed"
    if counting:
        yield "no target of ", *shown_, " is known any more, and it had events until then"


def group(service: Service, options: Options) -> Group | None:
    """The rules for the jobs of a service, in a group of their own; None without one."""
    rules = [_rule(watch, service, options) for watch in watches(service)]
    return Group(f"{service.name} down", promql.duration(options.evaluation_interval), rules) if rules else None


def branches(watch: Watch, options: Options) -> list[Branch]:
    """Every way to know that the jobs are down."""
    found = [failing(watch, options)]
    if watch.counting:
        events = _events(watch, promql.duration(_before(watch)))
        used = f"max(max_over_time({events})) > {BUSY} and on() max(last_over_time({events})) > 0"
        found.append(f"{unknown(watch, options)}\n    and on() {used}")
    return list(map(Branch, found, _when(watch.jobs, bool(watch.counting))))


def failing(watch: Watch, options: Options) -> str:
    """The scrapes of the targets fail."""
    scraped = scrapes(watch)
    seen = promql.duration(round(_waits(watch, options) / (1 - FEW)))  # an outage has so few when it fills the rest
    few = f"max(sum_over_time({scraped}[{seen}])) / max(count_over_time({scraped}[{seen}])) <= {FEW}"
    return f"{few} and on() max({scraped} offset {promql.duration(watch.lasting)}) >= 0"


def unknown(watch: Watch, options: Options) -> str:
    """No target is known any more. It is down if it had events until then."""
    scraped, before = scrapes(watch), promql.duration(_before(watch))
    known = f"max_over_time((max({scraped}))[{before}:{promql.duration(STEP)}]) >= 0"
    return f"absent_over_time({scraped}[{promql.duration(_waits(watch, options))}]) and on() {known}"


def scrapes(watch: Watch) -> str:
    """The selector of `up` of the targets."""
    several = Matcher("job", "=~", "|".join(map(re.escape, watch.jobs)))
    return up(watch.slos[0], (several if watch.jobs[1:] else Matcher("job", "=", watch.jobs[0]),))


def _waits(watch: Watch, options: Options) -> int:
    """How long the condition looks back: the time of the line without that of `for`, in seconds."""
    return watch.lasting - jobs.held(options.scrape_interval)


def _before(watch: Watch) -> int:
    return watch.lasting + burn.HOUR


def _events(watch: Watch, window: str) -> str:
    """The recorded events of the jobs in a window."""
    where = (Matcher(label.name, "=", label.value) for label in deployed(watch.slos[0]))
    slos = Matcher("slo", "=~", "|".join(watch.counting))
    return f"{promql.selector('slo:events:rate5m', (slos, *where))}[{window}]"


def _rule(watch: Watch, service: Service, options: Options) -> Rule:
    about, found = _about(watch), branches(watch, options)
    expr = first_of(found)
    if len({(slo.exclude_when, slo.maintenance) for slo in watch.slos}) == 1:
        expr = exclusion.silenced(about, expr, options)
    named = _named(watch.blind)
    text = Texts(about, service, options, shared=True).down(watch.lasting, found, named, watch.severity)
    rule = alert(
        "SLODown",
        expr,
        about,
        (service.owner, watch.severity),
        promql.duration(jobs.held(options.scrape_interval)),
        text,
        options,
        **nodata.job(about),
    )
    keeps = chosen(options).keeps(watch.severity)
    own = {name: value for name, value in rule.labels.items() if name != "slo"}
    return replace(rule, labels=own, keep=promql.duration(keeps) if keeps else "")


def _named(ids: Sequence[str]) -> str:
    """Some of the ids, and the number of the others."""
    more = len(ids) - MOST
    return ", ".join(ids[:MOST]) + (f" and {more:,} more" if more > 0 else "")


def _about(watch: Watch) -> Slo:
    """The first of the SLOs, with the labels and links that all of them have, and a runbook that one of them has."""
    first, *others = watch.slos
    return replace(
        first,
        labels=tuple(one for one in first.labels if all(one in slo.labels for slo in others)),
        links=tuple(one for one in first.links if all(one in slo.links for slo in others)),
        runbook=next((slo.runbook for slo in watch.slos if slo.runbook), ""),
    )
