"""Slices of time: which of them are good, or in part, and what they record. Alerts are tested with what is recorded.

Evaluations are so far apart that the data of one have no effect on the next. Each is a slice, whose verdict is compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations
from math import lcm

from slocompiler.ir import Filter, Matcher, RatioSlices, Slices, Slo
from slocompiler.record import replace
from slocompiler.targets.promtest import conditions, events, verdict
from slocompiler.targets.promtest.kit import Kit
from slocompiler.targets.promtest.labels import Impossible, Labels
from slocompiler.targets.promtest.levels import Stage, names, written
from slocompiler.targets.promtest.lines import named
from slocompiler.targets.promtest.scenario import Case, Check, Clock, Phase, clock, series
from slocompiler.targets.promtest.subject import Angle, Subject
from slocompiler.targets.promtest.verdict import Count, World

LATE = 3
"""The scrape intervals after which a gauge that is absent is missing: rules see its sample for two and a half."""
YOUNG, SCRAPED = 120, 240
"""The seconds in which the data of a server that starts are not missing yet, and those after which they certainly are."""
WINDOW = 8
"""The fewest slices in a window: budgets are tested in as many steps."""


def cases(subject: Subject) -> Iterator[Case]:
    """The cases of slices with a condition."""
    slices = subject.slo.indicator
    if isinstance(slices, Slices):
        yield _conditions(subject, slices)
        if slices.at_least is not None:
            yield from _evaluations(subject, slices)


def can_be_tested(subject: Subject) -> None:
    """Raise Impossible or Undecided if no data is found for the slices of an SLO."""
    for angle in (subject.angle, *subject.twins):
        if isinstance(subject.slo.indicator, Slices):
            conditions.opposites(subject.slo.indicator, fixed(subject.slo, angle))
        elif subject.slice:
            inner(subject.slo, angle.value)
    if isinstance(subject.slo.indicator, Slices):
        values = [fixed(subject.slo, angle) for angle in (subject.angle, *subject.twins)]
        for one, other in permutations(values, 2):
            conditions.refuse_mixed(subject.slo.indicator, one, other)
    if subject.slo.window < WINDOW * subject.slice:
        raise Impossible(f"its window has fewer than {WINDOW} slices")


def fixed(slo: Slo, angle: Angle) -> Filter:
    """The values of the `per` labels."""
    return slo.of_events(tuple(Matcher(label, "=", text) for label, text in angle.value.items()))


def raw(subject: Subject, angle: Angle, phases: Sequence[Phase], time: Clock, *, idle: bool = False) -> dict[str, str]:
    """The raw series of an SLO. A slice is good in a phase with good events, bad in one with bad events, else without data.

    Counters that never increase are there if they are `idle`.
    """
    slo = subject.slo
    if not isinstance(slo.indicator, Slices):
        return series([(inner(slo, angle.value) if subject.slice else angle.kit, phases)], time, idle=idle)
    good, bad = conditions.opposites(slo.indicator, fixed(slo, angle))
    worlds = (good if phase.good else bad if phase.bad else [] for phase in phases)
    stages = [Stage(world, p.ticks * time.samples) for world, p in zip(worlds, phases, strict=True)]
    return written(conditions.kinds(slo.indicator), stages, time.interval)


def fine(subject: Subject, time: Clock) -> Clock:
    """A clock with two samples in what rates in a slice read."""
    of, reads = subject.slo.indicator, subject.slice + subject.options.scrape_interval
    has_rates = isinstance(of, RatioSlices) or (isinstance(of, Slices) and any(gauge.rate for gauge in of.gauges))
    return clock(time.step, min(300, reads)) if has_rates else time


def inner(slo: Slo, value: Labels) -> Kit:
    """The events in the slices."""
    assert isinstance(slo.indicator, RatioSlices)
    found = events.kit(replace(slo, indicator=slo.indicator.of), value)
    if lacking := found.lacking():
        raise Impossible(f"no event is {lacking}")
    return found


# Conditions


def _conditions(subject: Subject, slices: Slices) -> Case:
    """A slice for each set of values; then without data, and with a scrape that failed."""
    slo, angle, scrape = subject.slo, subject.angle, subject.options.scrape_interval
    reads = conditions.reads(slices, scrape)
    every = scrape if slices.at_least is None else subject.options.evaluation_interval
    samples = -(-reads // every) - (-LATE * scrape // every)
    time = Clock(samples * every, samples)
    is_data = bool(conditions.promql(slices)[1:]) and conditions.holds(slices, []) is not None
    young: list[World] = [[]] if time.step < YOUNG and not is_data else []  # nothing is missing yet
    worlds = [*young, *_worlds(slices, fixed(slo, angle), SCRAPED // time.step + 1, scrape <= YOUNG)]
    lost = not reads and not conditions.promql(slices)
    beside = [one for twin in subject.twins for one in conditions.worlds(slices, fixed(slo, twin))[0]]
    stages = [Stage([*beside, *world], samples) for world in worlds]
    checks = []
    for tick, world in enumerate(worlds, 1):
        found = conditions.judged(slices, world)
        found = Count(1, 0) if found and tick <= len(young) else found
        checks += checked(subject, angle, tick, found, conditions.worded(slices, world))
    if lost:
        stages.append(stages[len(young)]._replace(lost=True))
        found = conditions.judged(slices, worlds[len(young)])
        checks += checked(subject, angle, len(stages), found, "after a failed scrape")
    for twin in subject.twins:  # there is one
        checks += checked(subject, twin, len(worlds), conditions.judged(slices, beside), "beside another value")
    found_series = {**written(conditions.kinds(slices), stages, time.interval), **ran(subject, time, len(stages))}
    return Case(named(subject, angle, "which slices are good"), time, found_series, checks)


def _worlds(slices: Slices, fixed: Filter, often: int, lacking: bool) -> Iterator[World]:
    """The values of each slice: first as many good ones as `often` says; those without data only if `lacking`."""
    good, others = conditions.worlds(slices, fixed)
    yield from [good] * often
    yield from (world for world in others if lacking or conditions.holds(slices, world) is not None)
    for world in conditions.lacking(slices, good) if lacking else ():
        yield from [world] * 2


def ran(subject: Subject, time: Clock, ticks: int) -> dict[str, str]:
    """What shows that the server runs: evaluations can be too far apart for the rule that records it."""
    return {subject.series("slo:info", service="by the test"): f"1x{ticks * time.samples}"}


def checked(subject: Subject, angle: Angle, tick: int, count: Count | None, when: str) -> list[Check]:
    """The checks of the slice at a tick."""
    events_, errors = (subject.series(name, angle.value, service=subject.slo.service) for name in events.RECORDED[:2])
    if count is None:
        return [Check(subject.count(events_), tick, 0, f"{when} there should be no slice; there was")]
    checks = []
    for expr, number, what in ((events_, count.events, "slice"), (errors, count.bad, "bad slice")):
        words = f"no {what}" if not number else f"a {what}" if number == 1 else f"{number:g} {what}s"
        is_so = subject.count(f"{expr} == {number:g}")
        checks.append(Check(is_so, tick, 1, f"{when} there should be {words}; this was not so"))
    return checks


def _evaluations(subject: Subject, slices: Slices) -> Iterator[Case]:
    """Slices with as many bad evaluations as are allowed, and with one more, at their begin and at their end."""
    assert slices.at_least is not None
    slo, angle, every = subject.slo, subject.angle, subject.options.evaluation_interval
    good, bad = conditions.opposites(slices, fixed(slo, angle))
    if names(good) != names(bad) or conditions.reads(slices, 0) > slices.seconds:
        return  # a series that ends is seen for some evaluations, and so is what a range holds
    samples = lcm(slices.seconds, every) // every
    time, number = Clock(samples * every, samples), -(-slices.seconds // every)
    allowed = max(n for n in range(number + 1) if verdict.too_few(number, n, slices.at_least))
    some = min(allowed + 1, number)
    patterns = [[True] * number] * (SCRAPED // time.step + 1)
    for failed in (some, allowed):
        patterns += [[n >= failed for n in range(number)], [n < number - failed for n in range(number)]]
    stages, checks = [], []
    for tick, pattern in enumerate(patterns, 1):
        stages += [Stage(good if one else bad, 1) for one in ([True] * (samples - number) + pattern)]
        when = f"with {pattern.count(False)} of {number} evaluations bad"
        checks += checked(subject, angle, tick, verdict.share_of(pattern, slices.at_least, slices.missing), when)
    found = {**written(conditions.kinds(slices), stages, time.interval), **ran(subject, time, len(patterns))}
    yield Case(named(subject, angle, "evaluations of a slice"), time, found, checks)
