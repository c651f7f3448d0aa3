"""V707: a scrape interval other than that of the project file. V709: targets that are down."""

from __future__ import annotations

from collections.abc import Sequence

from slocompiler import jobs, promql
from slocompiler.explain.words import plural
from slocompiler.ir import Filter, Matcher, Stream
from slocompiler.live.questions import Answers, Asking, Instant
from slocompiler.live.verify.subject import Found, Subject, Unchecked

SPAN = 600
"""The seconds in which samples are counted."""
FEW = 10
"""From this number of samples in these seconds on, one more or less does not matter."""
OFF = 0.2
"""The share by which an interval may be off: scrapes can be late."""


def scraping(subjects: Sequence[Subject]) -> Asking[list[Found]]:
    """V707 of SLOs whose events are counted by series: one finding for all jobs that have another interval."""
    by_job = {jobs.of(of.slo.indicator) or of.slo.id: (of, of.events()[0]) for of in reversed(subjects) if of.events()}
    counted = list(reversed(by_job.values()))
    asked = [[_samples(stream, of, modifier) for modifier in ("", f" offset {_span()}")] for of, stream in counted]
    answers = yield tuple(one for pair in asked for one in pair)
    found: list[Found] = []
    wrong: dict[int, list[tuple[Subject, Stream]]] = {}
    for (of, stream), pair in zip(counted, asked, strict=True):
        interval = _interval(answers, pair)
        if interval is None:
            found.append(Unchecked("V707", of.slo.id, "no series were scraped for 20 minutes without a gap"))
        elif abs(interval / of.options.scrape_interval - 1) > OFF:
            wrong.setdefault(round(interval) or 1, []).append((of, stream))
    return found + [_other(interval, several) for interval, several in wrong.items()]


def _interval(answers: Answers, pair: Sequence[Instant]) -> float | None:
    """The seconds between two samples; None if the counts of two times differ: series are young, or scrapes failed."""
    counts = [row.value for one in pair for row in answers.vector(one)]
    if len(counts) < len(pair) or abs(counts[0] - counts[1]) > (counts[0] >= FEW):
        return None
    return SPAN / counts[0]


def _other(interval: int, several: Sequence[tuple[Subject, Stream]]) -> Found:
    (of, stream), *others = several
    more = f"; {plural(len(others), 'other job')}, too" if others else ""
    known = promql.duration(of.options.scrape_interval)
    message = (
        f"`{stream.metric}` has a sample every {promql.duration(interval)}, and the project file says {known}{more}"
    )
    help = "set `scrape_interval` in sloc.yaml: windows and delays of alerts follow from it"
    return of.finding("V707", message, of.at.events, help)


def _samples(stream: Stream, of: Subject, modifier: str) -> Instant:
    """The samples of the usual series."""
    selected = promql.selector(stream.metric, promql.fixed(stream))
    return Instant(expr=f"quantile(0.5, count_over_time({selected}[{_span()}]{modifier}))", at=of.now)


def _span() -> str:
    return promql.duration(SPAN)


def down(subjects: Sequence[Subject], where: Filter, now: int) -> Asking[list[Found]]:
    """V709 for each job that one of the SLOs fixes; `where` are the matchers of their deployment."""
    scraped = promql.selector("up", where)
    failed = Instant(expr=f"count by (job) ({scraped} == 0)", at=now)
    every = Instant(expr=f"count by (job) ({scraped})", at=now)
    answers = yield failed, every
    counts = {row.labels.get("job", ""): round(row.value) for row in answers.vector(every)}
    of_job: dict[str, Subject] = {}
    for of in subjects:
        for job in jobs.of(of.slo.indicator):
            of_job.setdefault(job, of)
    found: list[Found] = []
    for row in answers.vector(failed):
        job = row.labels.get("job", "")
        if job in of_job:
            of = of_job[job]
            are = "is" if row.value == 1 else "are"
            message = f"{row.value:g} of {plural(counts.get(job, 0), 'target')} of the job `{job}` {are} down"
            metric = jobs.streams(of.slo.indicator)[0].metric
            span = of.at.matcher(Matcher("job", "=", job), metric, of.at.events)
            found.append(of.finding("V709", message, span, "see the page `/targets` of the server"))
    return found
