"""Slices of time from events: which of them are good, and what they record."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.burn import needed_events
from slocompiler.ir import RatioSlices
from slocompiler.targets.promtest import events, slices, verdict
from slocompiler.targets.promtest.lines import named
from slocompiler.targets.promtest.scenario import MANY, Case, Check, Clock, Phase, series, share
from slocompiler.targets.promtest.subject import Subject

MORE = 1.02
"""The factor by which more events are bad than a slice allows."""
PARTS = 8
"""Samples in what a rate reads."""


def cases(subject: Subject) -> Iterator[Case]:
    """The cases of slices that are judged by a share of their events."""
    if isinstance(subject.slo.indicator, RatioSlices):
        yield _shares(subject, subject.slo.indicator)
        yield from _lone(subject)


def _shares(subject: Subject, of: RatioSlices) -> Case:
    """Slices with as many bad events as are allowed, and with some more; with none, with bad ones only, and without events."""
    slo, angle = subject.slo, subject.angle
    kit, interval = slices.inner(slo, angle.value), -(-(of.seconds + subject.options.scrape_interval) // PARTS)
    time = Clock(interval * (PARTS + 2), PARTS + 2)
    allowed = int((1 - of.at_least) * MANY)
    some = min(MANY, round(allowed * MORE) + 1)
    shared = [
        share(1, 0),
        share(1, 0),
        Phase(1),
        share(1, 0),
        Phase(1, MANY - allowed, allowed),
        Phase(1, MANY - some, some),
    ]
    shared += [Phase(1, MANY - allowed, allowed, MANY), Phase(1, 0, 0, MANY)]
    ways = [kit._replace(good=[], bad=[way], excluded=[]) for way in kit.bad]
    phases = [*shared, *[share(1, 1)] * len(ways)]
    traffic = [(kit, [*shared, *[Phase(1)] * len(ways)])]
    for place, way in enumerate(ways, len(shared)):
        traffic.append((way, [phase if n == place else Phase(1) for n, phase in enumerate(phases)]))
    checks = []
    for tick, phase in enumerate(phases[1:], 2):
        found = verdict.judged_events(of, phase.good, phase.bad)
        when = f"with {phase.bad:,} bad events of {phase.good + phase.bad:,}"
        checks += slices.checked(subject, angle, tick, found, when)
        if any(needed_events(line, slo) for line in angle.alerts):
            inside = phase.bad / interval * of.seconds
            checks += subject.near(events.RECORDED[2], tick, (inside, inside), angle.value)
    return Case(named(subject, angle, "which slices are good"), time, series(traffic, time), checks)


def _lone(subject: Subject) -> Iterator[Case]:
    """Every slice is bad because of a single error: a page needs more."""
    angle = subject.angle
    if angle.lines("page") and all(needed_events(line, subject.slo) for line in angle.lines("page")):
        bad = [
            {name: 0 if weight == events.INSIDE else weight for name, weight in way.items()} for way in angle.kit.bad
        ]
        found = series([(angle.kit._replace(bad=bad), [share(6, 1)])], subject.coarse)
        expr = subject.alert("SLOBurn", angle.value, "page")
        check = Check(expr, 6, 0, "slices with a single bad event should not page; they did")
        yield Case(named(subject, angle, "bad slices, and few bad events"), subject.coarse, found, [check])
