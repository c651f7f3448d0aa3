"""V711: rules that were evaluated and are not any more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from slocompiler import burn, promql
from slocompiler.live.questions import Asking, Instant, Sample
from slocompiler.live.verify.subject import Found, Subject
from slocompiler.targets.prometheus.schedule import BUDGET
from slocompiler.targets.prometheus.series import identity

LATE = 2 * BUDGET + 5
"""The seconds after which a sample of `slo:info` is late: it is recorded whether or not there are events."""


def evaluated(subjects: Iterable[Subject], now: int) -> Asking[list[Found]]:
    """V711 of the SLOs of a server: `slo:info` was recorded within the last day, and is not any more."""
    newest = Instant(expr="timestamp(slo:info)", at=now)
    before = Instant(expr=f"max_over_time(timestamp(slo:info)[{promql.duration(burn.DAY)}:5m])", at=now)
    answers = yield newest, before
    found: list[Found] = []
    at = [*answers.vector(newest), *answers.vector(before)]
    by_slo: dict[str, list[Sample]] = {}
    for row in at:
        by_slo.setdefault(row.labels.get("slo", ""), []).append(row)
    for of in subjects:
        own = [row.value for row in by_slo.get(of.slo.id, ()) if identity(of.slo).items() <= row.labels.items()]
        if own and now - max(own) > LATE:
            when = datetime.fromtimestamp(max(own), UTC)
            message = f"its rules have not been evaluated since {when:%Y-%m-%d %H:%M} UTC"
            help = "is the ruler running, and does it write to this server?"
            found.append(of.finding("V711", message, of.at.name, help))
    return found
