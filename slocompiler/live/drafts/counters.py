"""A counter that no template knows: one whose label tells which events are bad."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from slocompiler import promql
from slocompiler.burn import HOUR
from slocompiler.ir import Filter, Matcher
from slocompiler.live.questions import Answers, Asking, Instant, Sample, Table
from slocompiler.live.tables import values
from slocompiler.record import record

LABELS = ("code", "status", "status_code", "response_code", "outcome", "result", "grpc_code", "rcode")
"""Labels that say how an event ended."""
_CLASS = re.compile(r"[1-5](\d\d|xx)")
_FAILED = re.compile(r"(?i)(server_?)?(error|fail(ed|ure)?|unavailable|internal|servfail|timeout)s?")
_OWN = ("promhttp_", "prometheus_remote_storage_", "net_conntrack_", "go_", "process_")
"""The metrics that libraries count about scrapes and about themselves: no user notices them."""
MOST = 40
"""The most counters of a job that are looked at."""


@record
class Counter:
    """A counter of a job, the matcher of its bad events, and its events a second."""

    job: str
    metric: str
    bad: Matcher
    pace: float


def counters(job: str, metrics: Iterable[str], now: int, where: Filter = (), over: int = HOUR) -> Asking[list[Counter]]:
    """The counters of a job by which requests can be judged, where a deployment runs, the busiest of `over` seconds first."""
    names = sorted(name for name in metrics if name.endswith("_total") and not name.startswith(_OWN))[:MOST]
    own = (Matcher("job", "=", job), *where)
    tables = [Table(metric=name, matchers=own, labels=LABELS, lookback=over, at=now) for name in names]
    answers = yield tuple(tables)
    told = {name: bad for name, table in zip(names, tables, strict=True) if (bad := _bad(answers.vector(table)))}
    paces = {name: pace([promql.selector(name, own)], over, now) for name in told}
    answers = yield tuple(paces.values())
    found = [Counter(job=job, metric=name, bad=told[name], pace=total(answers, asked)) for name, asked in paces.items()]
    return sorted(found, key=lambda one: (-one.pace, one.metric))


def pace(selectors: Sequence[str], over: int, now: int) -> Instant:
    """The events a second of selectors of one metric, in `over` seconds; a series that several select counts once."""
    rates = [f"rate({one}[{promql.duration(over)}])" for one in selectors]
    return Instant(expr=f"sum({' or '.join(rates)})", at=now)


def total(answers: Answers, asked: Instant) -> float:
    """The answer to a question about a pace; 0 without series."""
    return sum(row.value for row in answers.vector(asked))


def _bad(rows: Sequence[Sample]) -> Matcher | None:
    """What bad events have in common; None if no label tells them."""
    for label in LABELS:
        seen = values(rows, label)
        if any(_CLASS.fullmatch(value) for value in seen):
            return Matcher(label, "=~", "5..")
        failed = [value for value in seen if _FAILED.fullmatch(value)]
        if failed:
            return Matcher(label, "=~", "|".join(map(re.escape, failed)))
    return None
