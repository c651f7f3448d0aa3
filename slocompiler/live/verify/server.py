"""V713: alerts that no Alertmanager receives. V714: a server that keeps data for less than a window."""

from __future__ import annotations

import re
from collections.abc import Sequence

from slocompiler import burn, promql
from slocompiler.explain.words import plural
from slocompiler.live.questions import Asking, Endpoint, Instant
from slocompiler.live.verify.rules import RULES, loaded
from slocompiler.live.verify.subject import Found, Subject, Unchecked
from slocompiler.targets.shared import ALERTNAMES

ALERTMANAGERS = Endpoint(path="alertmanagers")
RUNTIME = Endpoint(path="status/runtimeinfo")
_UNITS = {"y": 365 * burn.DAY, "w": 7 * burn.DAY, "d": burn.DAY, "h": burn.HOUR, "m": burn.MINUTE, "s": 1}
_TIME = re.compile(r"(?:\d+[ywdhms])+(?= |\Z)")


def alertmanager(subjects: Sequence[Subject]) -> Asking[list[Found]]:
    """V713 of a server that evaluates alerts of these SLOs."""
    answers = yield RULES, ALERTMANAGERS
    data, services = answers.data(ALERTMANAGERS), {of.slo.service for of in subjects}
    alerts = [one for one in loaded(answers) or () if one.name in ALERTNAMES and one.labels["service"] in services]
    if not alerts:
        return []
    if data is None:
        return [Unchecked("V713", "", "the server does not list its Alertmanagers")]
    if data.get("activeAlertmanagers"):
        return []
    first = next(of for of in subjects if of.slo.service == alerts[0].labels["service"])
    message = "the server knows no Alertmanager: nobody gets the alerts of these SLOs"
    return [
        first.finding("V713", message, first.at.name, "name one below `alerting` in the configuration of the server")
    ]


def retention(subjects: Sequence[Subject]) -> Asking[list[Found]]:
    """V714 of SLOs whose events, as far back as their window, the server does not have."""
    answers = yield (RUNTIME,)
    text = (answers.data(RUNTIME) or {}).get("storageRetention") or ""
    kept = _TIME.search(text)
    if kept is None:
        return [Unchecked("V714", "", "the server does not say how long it keeps data")]
    seconds = sum(int(count) * _UNITS[unit] for count, unit in re.findall(r"(\d+)([ywdhms])", kept[0]))
    short = [of for of in subjects if of.slo.window > seconds]
    asked = [[_old(read.stream.metric, of) for read in of.reads() if read.needed] for of in short]
    answers = yield tuple(one for several in asked for one in several)
    cut = [of for of, several in zip(short, asked, strict=True) if not any(answers.vector(one) for one in several)]
    by_window: dict[int, list[Subject]] = {}
    for of in cut:
        by_window.setdefault(of.slo.window, []).append(of)
    return [_cut(promql.duration(seconds), promql.duration(window), own) for window, own in by_window.items()]


def _cut(kept: str, window: str, several: Sequence[Subject]) -> Found:
    """One finding for all SLOs of a window."""
    of, *others = several
    more = f", and so are those of {plural(len(others), 'other SLO')}" if others else ""
    message = f"the server keeps data for {kept}: the budget of {window} is never whole{more}"
    return of.finding("V714", message, of.at.window, f"keep data for longer: `--storage.tsdb.retention.time={window}`")


def _old(metric: str, of: Subject) -> Instant:
    """Whether the server has series of a metric from the beginning of the window, such as from a store behind it."""
    window = promql.duration(of.slo.window)
    return Instant(expr=f"count(last_over_time({promql.selector(metric)}[1h] offset {window}))", at=of.now)
