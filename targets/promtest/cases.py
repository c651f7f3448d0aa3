"""All cases of an SLO: what its events mean, when its budget is spent, when data is missing, and its alert lines.

Every case compares a rule with the count of the oracle. promtool evaluates all groups at one interval. So the SLO's age
is an input series (as old as the window), and there is enough traffic for every line that needs a number of bad events.
Those numbers are tested separately, at the real interval, for lines of less than a day. Not tested here: how age grows,
coverage, the numbers of bad events of lines of a day and more, catch-up, late series, alert texts. `maintenance.py` has the
cases of an SLO with maintenance; these here are of the SLO without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from slocompiler.ir import SEVERITIES, Slices, Slo
from slocompiler.targets.promtest import events, moments, shares, slices
from slocompiler.targets.promtest.down import down
from slocompiler.targets.promtest.lines import lines, named
from slocompiler.targets.promtest.missing import missing
from slocompiler.targets.promtest.scenario import (
    DENSE,
    Case,
    Check,
    Clock,
    Phase,
    clock,
    constant,
    series,
    share,
)
from slocompiler.targets.promtest.subject import Angle, Subject
from slocompiler.targets.shared import Options

DAY = 86400
WINDOW = 8
"""Ticks of the SLO's own window."""
EDGE, MORE, MOST = 0.05, 30, 10**7
"""The distance from a limit of the budget; the factors by which traffic grows, from phase to phase and at most: counters
stay below 2⁵³, up to which a float is exact."""


def cases(slo: Slo, options: Options) -> list[Case]:
    """Every case of an SLO. Raises Impossible and Undecided if it has no events, which `untested` says before."""
    subject = Subject(slo, options)
    angles = [subject.angle, *subject.others]
    found = [
        *slices.cases(subject),
        *shares.cases(subject),
        *moments.cases(subject),
        _no_errors(subject),
        _no_traffic(subject),
        *_excluded(subject),
        *_outages(subject),
        *_never_good(subject),
    ]
    found += [
        *_twins(subject),
        *chain.from_iterable(_spent(subject, angle) for angle in angles),
        *missing(subject),
        *down(subject),
    ]
    found += chain.from_iterable(lines(subject, angle) for angle in angles)
    return [surrounded(subject, case) for case in found]


def surrounded(subject: Subject, case: Case) -> Case:
    """The case with the SLO's age and with its scrape targets up. With evaluations far apart no rule reads the targets."""
    end = max((check.tick for check in case.checks), default=1)
    aged = _aged(subject.slo.window, end, case.clock)
    angles = (subject.angle, *subject.twins, *subject.others)
    old = {subject.series("slo:age:seconds", angle.value, service="by the test"): aged for angle in angles}
    up = subject.scraped(constant(1, end, case.clock)) if case.clock.samples <= DENSE else {}
    up |= moments.ordinary(subject, end, case.clock)
    if not subject.angle.kit.recorded or not any(name.startswith(events.RECORDED) for name in case.series):
        return case._replace(series={**old, **up, **case.series})
    if case.clock == subject.coarse and isinstance(subject.slo.indicator, Slices):  # no data are missing
        up |= slices.raw(subject, subject.angle, [share(end, 0)], case.clock)
    return case._replace(series={**old, **up, **case.series}, given=events.RECORDED)


def _aged(window: int, ticks: int, clock: Clock) -> str:
    """As old as its window: given once at the start if the rule keeps it for the whole case, else just before each tick."""
    once = f"{window} stale"
    gap = f" _x{clock.samples - 2} {once}"
    return once if clock.step < DAY else f"{once} _x{clock.samples - 3} {once}" + gap * (ticks - 1)


# What the events mean


def _no_errors(subject: Subject) -> Case:
    """Every event is good, and no series of bad events exists."""
    phases = [share(3, 0)]
    checks = [subject.silent(3, "without errors")]
    windows = {300, 3600} | {w for a in (subject.angle, *subject.others) for severity in SEVERITIES
                             for line in a.lines(severity) for w in a.promise.windows(line)}  # fmt: skip  # one set
    names = [*map(subject.ratio, sorted(windows)), "slo:error_ratio:period", "slo:burn_rate:ratio"]
    value = subject.angle.value
    for name in names:
        checks += subject.near(name, 3, (0, 0), value)
    checks += subject.near("slo:budget_left:ratio", 3, (1, 1), value)
    name = named(subject, subject.angle, "no errors")
    return Case(name, subject.coarse, series([(subject.angle.kit, phases)], subject.coarse), checks)


def _no_traffic(subject: Subject) -> Case:
    """No traffic, before the first event and after the last: no ratio, no NaN, no alert."""
    phases = [Phase(1), share(1, 0), Phase(3)]
    ratios = subject.count(subject.series("", None)[:-1] + ',__name__=~"slo:error_ratio:rate(5m|30m)"}')
    every = subject.series("", None)[:-1] + ',__name__=~"slo:.+"}'
    numbers = f"count({every}) - count({every} > -Inf)"
    checks = [Check(ratios, 1, 0, "there should be no ratio before the first event; there is")]
    for tick in (1, 5):
        checks += [Check(numbers, tick, 0, "without traffic a recorded value is not a number"),
                   subject.silent(tick, "without traffic")]  # fmt: skip  # two checks
    name = named(subject, subject.angle, "no traffic")
    return Case(name, subject.coarse, series([(subject.angle.kit, phases)], subject.coarse, idle=True), checks)


def _excluded(subject: Subject) -> Iterator[Case]:
    """Many excluded events, which would be bad if they counted, change nothing."""
    angle = subject.angle
    if angle.kit.excluded:
        ratio = 0.5 * angle.promise.budget
        many = subject.traffic(angle, subject.coarse)
        phases = [share(2, ratio, many)._replace(excluded=50 * many)]
        bounds = subject.coarse.history(phases).bounds(2, 3600)
        checks = subject.near(subject.ratio(300), 2, bounds, angle.value)
        checks += subject.near(subject.ratio(3600), 2, bounds, angle.value)
        checks += subject.near("slo:error_ratio:period", 2, bounds, angle.value)
        checks += subject.burning(angle, subject.coarse, phases) + subject.spending(angle, subject.coarse, phases)
        yield Case(
            named(subject, angle, "excluded events"),
            subject.coarse,
            series([(angle.kit, phases)], subject.coarse),
            checks,
        )


def _outages(subject: Subject) -> Iterator[Case]:
    """Every event is bad: each way of being bad in its own phase, so that none hides another."""
    for angle in (subject.angle, *subject.others):
        ways = len(angle.kit.bad)
        many = subject.traffic(angle, subject.coarse)
        last = share(4 if angle.lines("ticket") else 1, 1, many)
        phases = [share(2, 0, many), *[share(2, 1, many)] * ways, last]
        nothing = [Phase(phase.ticks) for phase in phases]
        traffic = [(angle.kit._replace(bad=[]), [phases[0], *nothing[1:]])]
        checks = subject.burning(angle, subject.coarse, phases)
        for way, carrier in enumerate(angle.kit.bad):
            own = [
                p if place == way + 1 or (way == ways - 1 and place > ways) else nothing[place]
                for place, p in enumerate(phases)
            ]
            traffic.append((angle.kit._replace(good=[], bad=[carrier], excluded=[]), own))
            checks += subject.near(subject.ratio(300), 4 + 2 * way, (1, 1), angle.value)
        end = sum(phase.ticks for phase in phases)
        bounds = subject.coarse.history(phases).bounds(end, subject.slo.window)
        checks += subject.near("slo:error_ratio:period", end, bounds, angle.value)
        if not angle.alerts:
            checks.append(subject.silent(end, "for an SLO without alerts"))
        yield Case(named(subject, angle, "outage"), subject.coarse, series(traffic, subject.coarse), checks)


def _never_good(subject: Subject) -> Iterator[Case]:
    """Every event is bad, and no series of good events exists."""
    angle = subject.angle
    for way, carrier in enumerate(angle.kit.bad, 1):
        checks = subject.near(subject.ratio(300), 2, (1, 1), angle.value)
        checks += subject.near(subject.ratio(3600), 2, (1, 1), angle.value)
        kit = angle.kit._replace(good=[], bad=[carrier], excluded=[])
        found = series([(kit, [share(2, 1)])], subject.coarse)
        yield Case(
            named(subject, angle, f"bad from the first event, {way} of {len(angle.kit.bad)}"),
            subject.coarse,
            found,
            checks,
        )


def _twins(subject: Subject) -> Iterator[Case]:
    """One value of the `per` labels fails, another does not: each has its own budget and its own alert."""
    for twin in subject.twins:
        angle = subject.angle
        down, well = (
            [share(6, 1, subject.traffic(angle, subject.coarse))],
            [share(6, 0, subject.traffic(twin, subject.coarse))],
        )
        checks = subject.near(subject.ratio(300), 6, (1, 1), angle.value)
        checks += subject.near(subject.ratio(300), 6, (0, 0), twin.value)
        checks += subject.near("slo:budget_left:ratio", 6, (1, 1), twin.value)
        checks += subject.burning(angle, subject.coarse, down)
        checks += subject.burning(twin, subject.coarse, well)
        both = series([(angle.kit, down), (twin.kit, well)], subject.coarse)
        yield Case(f"{subject.slo.id}: a budget for each {', '.join(subject.slo.per)}", subject.coarse, both, checks)


# The budget


def _spent(subject: Subject, angle: Angle) -> Iterator[Case]:
    """More of the budget is left than the limit of a line, then less; after the window has passed, all of it.

    Each phase has so much more traffic than those before that the ratio follows it at once.
    """
    period, budget = subject.slo.window, angle.promise.budget
    time = clock(period / WINDOW)
    below = sorted({float(line.below) for line in subject.budgets(angle)} or {0.5}, reverse=True)
    left = [part for limit in below for part in (min(limit + EDGE, (1 + limit) / 2), limit - EDGE)]
    many = subject.traffic(angle, time)
    more = min(MORE, MOST ** (1 / len(left)))
    phases = [share(4, min(1, (1 - part) * budget), round(many * more**place)) for place, part in enumerate(left)]
    spent = sum(phase.ticks for phase in phases)
    phases.append(share(WINDOW + 2, 0))
    history = time.history(phases)
    checks = subject.spending(angle, time, phases)
    for tick in (4, spent, spent + WINDOW - 1, spent + WINDOW + 2):
        bounds = history.bounds(tick, period)
        if bounds:
            least, most = (1 - bound / budget for bound in reversed(bounds))
            checks += subject.near("slo:error_ratio:period", tick, bounds, angle.value)
            checks += subject.near("slo:budget_left:ratio", tick, (least, most), angle.value)
    yield Case(named(subject, angle, "budget spent"), time, series([(angle.kit, phases)], time), checks)
