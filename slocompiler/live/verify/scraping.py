"""V707: a scrape interval other than that of the project file. V709: targets that are down."""

from __future__ import annotations

from slocompiler import jobs, promql
from slocompiler.explain.words import plural
from slocompiler.ir import Matcher, Stream
from slocompiler.live.questions import Asking, Instant
from slocompiler.live.verify.subject import Found, Subject, Unchecked
from slocompiler.targets.prometheus.series import up

SPAN = 600
"""The seconds in which samples are counted."""
OFF = 0.2
"""The share by which an interval may be off: a sample more or less, and scrapes that are late."""


def scraping(of: Subject) -> Asking[list[Found]]:
    """V707 of an SLO whose events are counted by series."""
    streams = of.events()[:1]
    asked = [
        Instant(expr=_samples(one, modifier), at=of.now) for one in streams for modifier in ("", f" offset {_span()}")
    ]
    answers = yield asked
    counts = [row.value for one in asked for row in answers.vector(one)]
    if len(counts) < 2 or abs(counts[0] - counts[1]) > 1 or not counts[0]:
        return [Unchecked("V707", of.slo.id, "no series were scraped all the time")] if any(counts) else []
    interval, scrape_interval = SPAN / counts[0], of.options.scrape_interval
    if abs(interval / scrape_interval - 1) <= OFF:
        return []
    metric = streams[0].metric
    message = f"`{metric}` has a sample every {promql.duration(round(interval) or 1)}, and the project file says {promql.duration(scrape_interval)}"
    help = "set `scrape_interval` in sloc.yaml: windows and delays of alerts depend on it"
    return [of.finding("V707", message, of.at.events, help)]


def _samples(stream: Stream, modifier: str) -> str:
    """The samples of the usual series."""
    return (
        f"quantile(0.5, count_over_time({promql.selector(stream.metric, promql.fixed(stream))}[{_span()}]{modifier}))"
    )


def _span() -> str:
    return promql.duration(SPAN)


def down(of: Subject) -> Asking[list[Found]]:
    """V709 for each job that the SLO fixes."""
    asked = {}
    for job in jobs.of(of.slo.indicator):
        scraped = up(of.slo, (Matcher("job", "=", job),))
        asked[job] = Instant(expr=f"count({scraped} == 0)", at=of.now), Instant(expr=f"count({scraped})", at=of.now)
    answers = yield tuple(one for pair in asked.values() for one in pair)
    found: list[Found] = []
    for job, pair in asked.items():
        failed, every = (sum(row.value for row in answers.vector(one)) for one in pair)
        if failed:
            message = f"{failed:g} of {plural(round(every), 'target')} of the job `{job}` {'is' if failed == 1 else 'are'} down"
            streams = jobs.streams(of.slo.indicator)
            metric = streams[0].metric if streams else ""
            found.append(of.finding("V709", message, of.at.matcher(Matcher("job", "=", job), metric, of.at.events)))
    return found
