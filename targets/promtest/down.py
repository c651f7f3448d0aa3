"""Cases of `when down`: nothing that is scraped answers, or it is gone from discovery, while people use it or not."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler import jobs, promql
from slocompiler.ir import Down, Matcher, Service, Slo
from slocompiler.record import replace
from slocompiler.targets.prometheus import nodata
from slocompiler.targets.prometheus.series import deployed
from slocompiler.targets.promtest import oracle
from slocompiler.targets.promtest.lines import named
from slocompiler.targets.promtest.scenario import Case, Check, Clock, Phase, series, share
from slocompiler.targets.promtest.subject import DOES, Subject
from slocompiler.targets.shared import severity_name

STEPS = 10
"""Evaluations in the time of a line."""
LOOP = (1, *(0,) * 8)
"""A crash loop: one scrape in nine succeeds."""

Ups = tuple[int | None, ...]
"""Whether each scrape succeeds; None while the target is not known."""


def soonest(slo: Slo, service: Service) -> Slo:
    """The SLO with the time of each line that its service has for the same jobs: one alert serves all of its SLOs."""

    def time(line: Down) -> int:
        alike = (other for other in service.slos if jobs.of(other.indicator) == jobs.of(slo.indicator))
        lines = (one for other in alike for one in other.alerts if isinstance(one, Down))
        return min(one.lasting for one in lines if one.severity == line.severity)

    lines = (replace(line, lasting=time(line)) if isinstance(line, Down) else line for line in slo.alerts)
    return replace(slo, alerts=tuple(lines))


def down(subject: Subject) -> Iterator[Case]:
    """The cases of each line of an SLO."""
    for line in (line for line in subject.slo.alerts if isinstance(line, Down)):
        step = max(30, -(-line.lasting // STEPS) // 30 * 30)
        time, lived, late = Clock(step, 1), -(-600 // step), -(-line.lasting // step) + oracle.SLACK + 2
        up, used, idle = (1,) * lived, share(lived, 0), Phase(lived)
        yield _case(subject, line, time, "every scrape fails", (*up, *(0,) * late), used)
        yield _case(subject, line, time, "a crash loop", (*up, *LOOP * (late // 5 + 1)), used)
        yield _case(subject, line, time, "a restart", (*up, *(0,) * (late // 2), *(1,) * late), used)
        yield _case(subject, line, time, "gone while in use", (*up, *(None,) * late), used)
        yield _case(subject, line, time, "gone while idle", (*up, *up, *(None,) * late), used, idle)


def _case(subject: Subject, line: Down, time: Clock, what: str, ups: Ups, *traffic: Phase) -> Case:
    """What the oracle expects of these scrapes; the traffic ends with its phases."""
    recorded = series([(subject.angle.kit, traffic)], time) if not subject.slice else {}  # slices show no use
    events = {name: f"{values} stale" for name, values in recorded.items()}
    busy = sum(phase.ticks for phase in traffic if phase.good and recorded)
    expected = oracle.down(ups, time.step, line.lasting, busy)
    checks = [
        Check(_firing(subject.slo, line, subject), tick, int(state), _sentence(line, state))
        for tick, state in oracle.worth(expected, ())
    ]
    return Case(
        named(subject, subject.angle, f"{line.severity} when down, {what}"),
        time,
        {**events, **subject.targets(_notation(ups))},
        checks,
    )


def _notation(ups: Ups) -> str:
    """Scrapes in promtool's notation; a target that is not known any more leaves at once."""
    written = ["_" if up is None else str(up) for up in ups]
    if None in ups:
        written[ups.index(None)] = "stale"
    return " ".join(written)


def _firing(slo: Slo, line: Down, subject: Subject) -> str:
    about = {"alertname": "SLODown", "alertstate": "firing", "service": slo.service, **nodata.job(slo)}
    about |= {"severity": severity_name(line.severity, slo.deployment, subject.options)}
    about |= {label.name: label.value for label in deployed(slo)}
    return subject.count(promql.selector("ALERTS", tuple(Matcher(name, "=", value) for name, value in about.items())))


def _sentence(line: Down, state: bool) -> str:
    return f"it should {'' if state else 'not '}{DOES[line.severity]}; it did{' not' if state else ''}"
