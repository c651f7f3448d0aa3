"""A counter that no template knows: one whose label tells which events are bad."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from slocompiler import promql
from slocompiler.burn import HOUR
from slocompiler.ir import Matcher
from slocompiler.live.questions import Asking, Instant, Sample, Table
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
    """A counter of a job, the matcher of its bad events, and its events a second in the last hour."""

    job: str
    metric: str
    bad: Matcher
    pace: float


def counters(job: str, metrics: Iterable[str], now: int) -> Asking[list[Counter]]:
    """The counters of a job by which requests can be judged, the busiest first."""
    names = sorted(name for name in metrics if name.endswith("_total") and not name.startswith(_OWN))[:MOST]
    own = (Matcher("job", "=", job),)
    tables = [Table(metric=name, matchers=own, labels=LABELS, lookback=HOUR, at=now) for name in names]
    answers = yield tuple(tables)
    told = {name: bad for name, table in zip(names, tables, strict=True) if (bad := _bad(answers.vector(table)))}
    paces = {
        name: Instant(expr=f"sum(rate({promql.selector(name, own)}[{promql.duration(HOUR)}]))", at=now) for name in told
    }
    answers = yield tuple(paces.values())
    found = [
        Counter(job=job, metric=name, bad=told[name], pace=sum(row.value for row in answers.vector(asked)))
        for name, asked in paces.items()
    ]
    return sorted(found, key=lambda one: (-one.pace, one.metric))


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
