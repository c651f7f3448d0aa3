"""`sloc coverage`: which jobs of a server count requests, and which share of them SLOs look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from slocompiler import jobs, promql
from slocompiler.ir import Filter, Matcher, Program, Slo
from slocompiler.live.drafts.counters import counters, pace, total
from slocompiler.live.drafts.fits import jobs_of, metrics_of
from slocompiler.live.drafts.signatures import Signature, counter
from slocompiler.live.questions import Asking, together
from slocompiler.record import record
from slocompiler.regex.sets import fulfills


@record
class Job:
    """A job that counts requests."""

    name: str
    metric: str
    """Its busiest counter."""
    pace: float
    """The events of that counter a second."""
    covered: float | None
    """The largest share of the events of one of its counters that SLOs look at, from 0 to 1. None without events."""
    slos: tuple[str, ...]

    @property
    def uncovered(self) -> float:
        """The events a second that no SLO looks at."""
        return self.pace * (1 - (self.covered or 0))


def covered(program: Program, signatures: Sequence[Signature], where: Filter, over: int, now: int) -> Asking[list[Job]]:
    """The jobs of a server, or of a deployment on it, that with the most requests without an SLO first.

    Paces are those of the last `over` seconds.
    """
    names = yield from jobs_of(now)
    metrics = yield from together([metrics_of(name, now, where) for name in names])
    known = {need.counted for one in signatures for need in one.needs} - {""}
    slos = [slo for service in program.services for slo in service.slos]
    askings = [_job(name, own, known, slos, where, over, now) for name, own in zip(names, metrics, strict=True) if own]
    found = yield from together(askings)
    return sorted((one for one in found if one), key=lambda one: (-one.uncovered, -one.pace, one.name))


def _job(
    name: str, metrics: frozenset[str], known: Iterable[str], slos: Sequence[Slo], where: Filter, over: int, now: int
) -> Asking[Job | None]:
    own = (Matcher("job", "=", name), *where)
    read = _read(name, slos)
    told = yield from counters(name, metrics, now, where, over)
    wanted = sorted(metrics & {*known, *read, *(one.metric for one in told)})
    if not wanted:
        return None
    every = {metric: pace([promql.selector(metric, own)], over, now) for metric in wanted}
    parts = {
        metric: pace([promql.selector(metric, _joined(own, one)) for one in read[metric]], over, now)
        for metric in wanted
        if metric in read
    }
    answers = yield (*every.values(), *parts.values())
    paces = {metric: total(answers, asked) for metric, asked in every.items()}
    shares = [total(answers, asked) / paces[metric] for metric, asked in parts.items() if paces[metric]]
    busiest = max(wanted, key=lambda metric: (paces[metric], metric))
    looking = tuple(slo.id for slo in slos if _reads(slo, name, metrics))
    part = min(1, max(shares, default=0)) if paces[busiest] else None
    return Job(name=name, metric=busiest, pace=paces[busiest], covered=part, slos=looking)


def _read(job: str, slos: Iterable[Slo]) -> Mapping[str, list[Filter]]:
    """What SLOs select of each counter, apart from those of other jobs."""
    found: dict[str, list[Filter]] = {}
    for slo in slos:
        for stream in jobs.streams(slo.indicator):
            if (metric := counter(slo.indicator, stream)) and _may_have(job, stream.all):
                found.setdefault(metric, []).append(stream.all)
    return found


def _reads(slo: Slo, job: str, metrics: frozenset[str]) -> bool:
    streams = jobs.streams(slo.indicator)
    return any(
        _may_have(job, one.all) and (one.metric in metrics or f"{one.metric}_count" in metrics) for one in streams
    )


def _may_have(job: str, matchers: Filter) -> bool:
    """Whether matchers select series of a job."""
    return all(fulfills(one, job) is not False for one in matchers if one.label == "job")


def _joined(own: Filter, matchers: Filter) -> Filter:
    return tuple(dict.fromkeys((*own, *matchers)))
