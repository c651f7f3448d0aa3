"""What `sloc init --url` drafts for the jobs of a server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from slocompiler.ir import Program
from slocompiler.live.drafts.counters import counters
from slocompiler.live.drafts.evidence import Evidence, judged
from slocompiler.live.drafts.fits import fits, metrics_of
from slocompiler.live.drafts.signatures import Signature
from slocompiler.live.drafts.write import Draft, drafts
from slocompiler.live.questions import Asking, Endpoint, together
from slocompiler.promql import seconds
from slocompiler.targets.shared import Options

TARGETS = Endpoint("targets", (("state", "active"),))


def drafted(jobs: Sequence[str], signatures: Sequence[Signature], now: int) -> Asking[list[Draft]]:
    """The drafts for some jobs: of the templates that fit; else of the busiest counter whose label tells bad events."""
    metrics = yield from together([metrics_of(job, now) for job in jobs])
    pairs = list(zip(jobs, metrics, strict=True))
    found = yield from together([fits(job, names, signatures, now) for job, names in pairs])
    others = [pair for pair, fitting in zip(pairs, found, strict=True) if not fitting]
    counted = yield from together([counters(job, names, now) for job, names in others])
    return drafts([fit for fitting in found for fit in fitting], [own[0] for own in counted if own])


def evidence(program: Program, options: Options, now: int) -> Asking[dict[str, dict[str, Evidence]]]:
    """What speaks for the targets of a program, by service and SLO."""
    slos = [slo for service in program.services for slo in service.slos]
    found = yield from together([judged(slo, options, now) for slo in slos])
    by_service: dict[str, dict[str, Evidence]] = {}
    for slo, one in zip(slos, found, strict=True):
        by_service.setdefault(slo.service, {})[slo.name] = one
    return by_service


def scrape_interval(jobs: Iterable[str]) -> Asking[int | None]:
    """The seconds between two scrapes of most targets of some jobs; None if the server does not say."""
    answers = yield (TARGETS,)
    wanted = set(jobs)
    active = (answers.data(TARGETS) or {}).get("activeTargets") or ()
    found = Counter(
        seconds(one.get("scrapeInterval", "")) for one in active if one.get("labels", {}).get("job") in wanted
    )
    return found.most_common(1)[0][0] or None if found else None
