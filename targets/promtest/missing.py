"""Cases of `when no data`: events that end, that never begin, or that nothing classifies."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler import promql
from slocompiler.ir import NoData, Threshold
from slocompiler.targets.promtest.lines import named
from slocompiler.targets.promtest.scenario import COARSE, Case, Check, Clock, clock, constant, series, share
from slocompiler.targets.promtest.subject import Subject

DAY = 86400


def missing(subject: Subject) -> Iterator[Case]:
    """The events end: together with their target, after two days without idle time, or at another time; or they never begin."""
    for line in (line for line in subject.slo.alerts if isinstance(line, NoData)):
        yield _ends(subject, line, "after two busy days", COARSE, 2 * DAY, line.lasting)
        if subject.jobs:
            time = clock(max(60, line.lasting * 2 / 15))
            yield _ends(subject, line, "with the target", time, 3 * time.step, line.lasting, up=0)
        else:
            yield _ends(subject, line, "without a job", COARSE, 3 * 3600, DAY + line.lasting)
        yield _never_born(subject, line)
        yield from _sorted_by_nothing(subject, line)


def _ends(subject: Subject, line: NoData, how: str, time: Clock, lived: int, after: int, up: int = 1) -> Case:
    """The alert fires `after` seconds without data, in an SLO that had data for `lived` seconds; its targets are `up` or not."""
    begin = lived // time.step
    soon, late = begin + max(after // time.step - 2, 0), begin - (-after // time.step) + 2
    found = series([(subject.angle.kit, [share(begin, 0)])], time)
    found |= subject.targets(f"{constant(1, begin, time)} {up}x{late * time.samples}")
    name = f"{line.severity} when no data for {promql.duration(line.lasting)}, {how}"
    return Case(named(subject, subject.angle, name), time, found, _checked(subject, line, soon, late))


def _never_born(subject: Subject, line: NoData) -> Case:
    """The target is up, and no event ever happens. The rule looks five minutes back for its own age."""
    time = clock(min(max(60, line.lasting * 2 / 15), COARSE.step))
    late = -(-line.lasting // time.step) + 2
    checks = _checked(subject, line, max(line.lasting // time.step - 2, 1), late)
    return Case(named(subject, subject.angle, "not born"), time, subject.targets(constant(1, late, time)), checks)


def _checked(subject: Subject, line: NoData, soon: int, late: int) -> list[Check]:
    """The checks that the alert does not fire yet at the tick `soon`, and fires at the tick `late`."""
    expr = subject.alert("SLONoData", severity=line.severity)
    expected = f"without data for {promql.duration(line.lasting)} it should"
    return [
        Check(expr, soon, 0, f"{expected} not alert; it did"),
        Check(expr, late, 1, f"{expected} alert; it did not"),
    ]


def _sorted_by_nothing(subject: Subject, line: NoData) -> Iterator[Case]:
    """Observations, but no bucket at the bound: no data and no ratio."""
    if isinstance(subject.slo.indicator, Threshold):
        time = clock(300)
        late = 1 - (-line.lasting // time.step) + 2
        found = series([(subject.angle.kit, [share(late, 0)])], time)
        bound = promql.quote(promql.number(subject.slo.indicator.bound))
        found = {name: values for name, values in found.items() if f"le={bound}" not in name}
        none = subject.count(subject.series(subject.ratio(300)))
        checks = [Check(none, late, 0, "without the bucket of the bound there should be no ratio; there is"),
                  Check(subject.alert("SLONoData", severity=line.severity), late, 1,
                        "without the bucket of the bound it should alert; it did not")]  # fmt: skip  # two checks
        yield Case(named(subject, subject.angle, "no bucket of the bound"), time, found, checks)
