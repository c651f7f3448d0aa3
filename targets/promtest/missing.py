"""Cases of `when no data`: events that end, that never begin, or that nothing classifies."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler import promql
from slocompiler.ir import Indicator, Matcher, NoData, RatioSlices, Slices, Threshold
from slocompiler.promql import tree
from slocompiler.targets.promtest import conditions, slices
from slocompiler.targets.promtest.labels import Impossible, Undecided, solve
from slocompiler.targets.promtest.levels import Stage, written
from slocompiler.targets.promtest.lines import named
from slocompiler.targets.promtest.scenario import Case, Check, Clock, clock, constant, series, share
from slocompiler.targets.promtest.subject import Subject

DAY = 86400
MEANT = ("or", "unless", "absent", "absent_over_time")
"""What gives a condition in PromQL a meaning without data."""


def missing(subject: Subject) -> Iterator[Case]:
    """The events end: together with their target, after two days without idle time, or at another time; or they never begin.

    Where missing data make a slice bad, they end at any time. Where they make it good, only a target that is down shows that
    they are missing.
    """
    of = subject.slo.indicator
    means = of.missing if isinstance(of, Slices) else "ignored"
    if _is_meant(of):
        return
    for line in (line for line in subject.slo.alerts if isinstance(line, NoData)):
        if line.lasting < 2 * subject.slice and (line.of_one or isinstance(of, RatioSlices)):
            continue  # two slices can be missed
        if line.of_one:
            yield _one_ends(subject, line)
            continue
        if line.unless and not _proof(line, 1, subject.coarse):
            continue  # sloc found no labels for it
        if line.unless:
            yield _ends(subject, line, "unproved", subject.coarse, 3 * 3600, line.lasting)
            yield _ends_proved(subject, line, fires=means == "ignored")
        elif means == "bad":
            yield from _gauges_end(subject, line)
        elif means == "ignored":
            yield _ends(subject, line, "after two busy days", subject.coarse, 2 * DAY, line.lasting)
        if subject.jobs and not line.unless and means != "bad":
            time = clock(max(60, line.lasting * 2 / 15))
            yield _ends(subject, line, "with the target", time, 3 * time.step, line.lasting, up=0)
        elif not line.unless and means == "ignored":
            yield _ends(subject, line, "without a job", subject.coarse, 3 * 3600, DAY + line.lasting)
        if means == "ignored" or (means == "bad" and not line.unless):
            yield _never_born(subject, line)
        yield from _sorted_by_nothing(subject, line)


def _ends(subject: Subject, line: NoData, how: str, time: Clock, lived: int, after: int, up: int = 1) -> Case:
    """The alert fires `after` seconds without data, in an SLO that had data for `lived` seconds; its targets are `up` or not."""
    time, begin = slices.fine(subject, time), lived // time.step
    early = 2 * subject.slice if isinstance(subject.slo.indicator, RatioSlices) else 0  # two slices can be missed
    soon, late = begin + max((after - early) // time.step - 2, 0), begin - (-(after + subject.slice) // time.step) + 2
    found = slices.raw(subject, subject.angle, [share(begin, 0)], time)
    if isinstance(subject.slo.indicator, Slices):
        found = {name: f"{values} stale" for name, values in found.items()}
    found |= subject.scraped(f"{constant(1, begin, time)} {up}x{late * time.samples}")
    name = f"{line.severity} when no data for {promql.duration(line.lasting)}, {how}"
    return Case(named(subject, subject.angle, name), time, found, _checked(subject, line, soon, late))


def _ends_proved(subject: Subject, line: NoData, fires: bool) -> Case:
    """The events end, and a series proves that this is no outage: the alert fires a day later, or never."""
    case = _ends(subject, line, "proved to be no outage", subject.coarse, 3 * 3600, DAY + line.lasting)
    proof = _proof(line, max(check.tick for check in case.checks), case.clock)
    expected = "it should not alert while this is proved to be no outage; it did"
    checks = case.checks if fires else [check._replace(value=0, otherwise=expected) for check in case.checks]
    return case._replace(series={**case.series, **proof}, checks=checks)


def _is_meant(indicator: Indicator) -> bool:
    """Whether a condition in PromQL says itself what missing data mean."""
    texts = (
        conditions.promql(indicator)[-1:] if isinstance(indicator, Slices) else ()
    )  # the last says whether there are data
    return any(node.name in MEANT for text in texts for node in tree.nodes(text))


def _gauges_end(subject: Subject, line: NoData) -> Iterator[Case]:
    """The series of one condition are gone."""
    of, time = subject.slo.indicator, subject.coarse
    assert isinstance(of, Slices)
    good, _ = conditions.opposites(of, slices.fixed(subject.slo, subject.angle))
    begin, after = 3 * 3600 // time.step, -(-line.lasting // time.step)
    soon, late = begin + max(after - 2, 0), begin + after + 2 - (-conditions.reads(of, 0) // time.step)
    for world in conditions.lacking(of, good):
        stages = [Stage(good, begin * time.samples), Stage(world, (late - begin) * time.samples)]
        gone = " and ".join(sorted({one.metric for one in good} - {one.metric for one in world}) or ["a series"])
        found = written(conditions.kinds(of), stages, time.interval)
        name = f"{line.severity} when no data, without {gone}"
        yield Case(named(subject, subject.angle, name), time, found, _checked(subject, line, soon, late))


def _proof(line: NoData, ticks: int, time: Clock) -> dict[str, str]:
    """A series that proves that absent data is no outage; none if the line asks for none, or no labels are found."""
    if line.unless is None:
        return {}
    try:
        labels = solve(line.unless.stream.all, line.unless.stream.none)
    except (Impossible, Undecided):
        return {}
    more = {"<": -1, ">": 1, "!=": 1}.get(line.unless.cmp, 0)
    name = promql.selector(
        line.unless.stream.metric, tuple(Matcher(label, "=", text) for label, text in labels.items())
    )
    return {name: f"{promql.number(line.unless.value + more)}x{ticks * time.samples}"}


def _one_ends(subject: Subject, line: NoData) -> Case:
    """The events of one value end after two busy days; those of another one go on."""
    time = slices.fine(subject, subject.coarse)
    begin, after = 2 * DAY // time.step, -(-line.lasting // time.step)
    soon, late = begin + max(after - 2, 0), begin + after + 2 * -(-subject.slice // time.step) + 2
    gone, stays = subject.angle, subject.twins[0]
    found = {name: f"{values} stale" for name, values in slices.raw(subject, gone, [share(begin, 0)], time).items()}
    found |= slices.raw(subject, stays, [share(late, 0)], time)
    checks = []
    for angle, expected in ((gone, 1), (stays, 0)):
        one = {line.of_one: angle.value[line.of_one]}
        expr = subject.alert("SLONoData", one, line.severity)
        checks.append(Check(expr, soon, 0, "it should not alert yet; it did"))
        checks.append(Check(expr, late, expected, "the value that is gone should alert, and no other; this was not so"))
    name = f"{line.severity} when no data of one {line.of_one}"
    return Case(named(subject, gone, name), time, found, checks)


def _never_born(subject: Subject, line: NoData) -> Case:
    """The target is up, and no event ever happens. The rule looks five minutes back for its own age."""
    time = clock(min(max(60, line.lasting * 2 / 15), 300))
    late = -(-(line.lasting + subject.slice) // time.step) + 2
    checks = _checked(subject, line, max(line.lasting // time.step - 2, 1), late)
    found = {**subject.scraped(constant(1, late, time)), **_proof(line, late, time)}
    return Case(named(subject, subject.angle, "not born"), time, found, checks)


def _checked(subject: Subject, line: NoData, soon: int, late: int) -> list[Check]:
    """The checks that the alert does not fire yet at the tick `soon`, and fires at the tick `late`."""
    expr = subject.alert("SLONoData", severity=line.severity)
    expected = f"without data for {promql.duration(line.lasting)} it should"
    return [
        Check(expr, soon, 0, f"{expected} not alert; it did"),
        Check(expr, late, 1, f"{expected} alert; it did not"),
    ]


def _sorted_by_nothing(subject: Subject, line: NoData) -> Iterator[Case]:
    """Observations, but no bucket at the bound: no data and no ratio. A native histogram needs none there."""
    if isinstance(subject.slo.indicator, Threshold) and not subject.slo.indicator.native:
        time = clock(300)
        late = 1 - (-line.lasting // time.step) + 2
        found = series([(subject.angle.kit, [share(late, 0)])], time)
        bounds = [f"le={promql.quote(promql.number(one.bound))}" for one in subject.slo.indicator.parts]
        found = {name: values for name, values in found.items() if not any(bound in name for bound in bounds)}
        none = subject.count(subject.series(subject.ratio(300)))
        checks = [Check(none, late, 0, "without the bucket of the bound there should be no ratio; there is"),
                  Check(subject.alert("SLONoData", severity=line.severity), late, 1,
                        "without the bucket of the bound it should alert; it did not")]  # fmt: skip  # two checks
        yield Case(named(subject, subject.angle, "no bucket of the bound"), time, found, checks)
