"""Cases of alert lines: below its threshold a line never fires; above it, it fires when predicted and ends soon after.

Evaluations are a sixth of the line's window apart, because the cost of a case is their number. A short past with very much
traffic and no errors stands for a long one. It also shows how long a window is: it dilutes everything that follows.
"""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler import promql
from slocompiler.explain import language
from slocompiler.ir import SEVERITIES, Burn, Exhausted, Severity
from slocompiler.targets.promtest import oracle
from slocompiler.targets.promtest.scenario import Case, Clock, Phase, clock, series, share
from slocompiler.targets.promtest.subject import Angle, Subject

SIXTH = 6
PAST = 1
"""Ticks of a past without errors; its traffic is so much that the errors affect no slower line and no budget."""
DILUTED = 1_000_000
BELOW, ABOVE, FAR_ABOVE = 0.95, 1.04, 4
"""Factors of a threshold: one that must not fire and two that must; ABOVE takes more than half of a window to fire."""
CHANGE = 3
"""Ticks after a change until it is checked; two may pass before it shows."""
BURST = 2
WAITING, MUCH = 9, 100
"""Ticks of five minutes until a ticket fires for sure; the factor of traffic by which the ratio follows at once."""
DAY = 86400


def lines(subject: Subject, angle: Angle) -> Iterator[Case]:
    """The cases of the burn and exhaustion lines of `angle`."""
    for severity in SEVERITIES:
        own = angle.lines(severity)
        for line in own:
            yield _line(subject, angle, line)
        if own and all(_least(line) > 1 and _is_counted(line, angle) for line in own):
            yield from _few(subject, angle, severity)
        if severity == "ticket" and angle.hiding(severity):
            yield from _waiting(subject, angle)


def named(subject: Subject, angle: Angle, what: str) -> str:
    """The name of a case."""
    where = ", ".join(f"{label} {text}" for label, text in angle.value.items())
    return f"{subject.slo.id}{f', {where}' if where else ''}: {what}"


def _line(subject: Subject, angle: Angle, line: Burn | Exhausted) -> Case:
    """Errors just below the threshold, just above it, far above it, then none.

    The burst keeps the long window above its threshold: only the short one can end the alert.
    """
    promise = angle.promise
    if isinstance(line, Burn):
        threshold, past = promise.threshold(line), 0.0
        name = f"{line.severity} {language.burning(line)}"
    else:
        threshold, past = _nearly(promise, line)
        name = f"{line.severity} when exhausted within {promql.duration(line.within)}"
    windows = promise.windows(line)
    finest = min(promise.windows(one)[1] for severity in SEVERITIES for one in angle.lines(severity))
    time = clock(windows[0] / SIXTH, min(300, finest))
    wait = -(-oracle.WAITS[line.severity] // time.step)
    many = subject.traffic(angle, time)
    phases = (
        share(PAST, past, many * DILUTED),
        share(SIXTH + CHANGE - 1 + wait, min(1.0, BELOW * threshold), many),
        share(SIXTH // 2 + CHANGE + wait, min(1.0, ABOVE * threshold), many),
        share(BURST, min(1.0, FAR_ABOVE * threshold), many),
        share(CHANGE + 1 - (-subject.keeps(line.severity) // time.step), 0, many),
    )
    history = time.history(phases)
    moments = {PAST + SIXTH - 1, PAST + SIXTH + 2, sum(phase.ticks for phase in phases[:3])}
    checks = [
        check
        for window in windows
        for tick in sorted(moments)
        for check in subject.near(subject.ratio(window), tick, history.bounds(tick, window), angle.value)
    ]
    checks += subject.burning(angle, time, phases)
    return Case(named(subject, angle, name), time, series([(angle.kit, phases)], time), checks)


def _waiting(subject: Subject, angle: Angle) -> Iterator[Case]:
    """Errors that only a ticket is for, and how long it waits: in an outage the page hides it."""
    thresholds = [angle.promise.threshold(line) for line in angle.lines("ticket") if isinstance(line, Burn)]
    if thresholds:
        many = subject.traffic(angle, subject.coarse)
        phases = (share(2, 0, many), share(WAITING, min(1.0, ABOVE * min(thresholds)), many * MUCH))
        checks = subject.burning(angle, subject.coarse, phases, ("ticket",))
        name = named(subject, angle, "a ticket without a page")
        yield Case(name, subject.coarse, series([(angle.kit, phases)], subject.coarse), checks)


def _nearly(promise: oracle.Promise, line: Exhausted) -> tuple[float, float]:
    """A ratio that exhausts the rest of the budget in time, and the ratio of a past that left little more than the least."""
    whole = promise.period / line.within * promise.budget
    left = min(0.9, 1.4 * promise.least(line) / whole)
    return left * whole, (1 - left) * promise.budget


# Few events


def _least(line: Burn | Exhausted) -> int:
    """The least number of events with which a line can fire if all of them are bad."""
    return max(line.needs, line.traffic)


def _is_counted(line: Burn | Exhausted, angle: Angle) -> bool:
    """Whether rules count a few events at once: for a window of a day and more, they count in steps of five minutes."""
    return _least(line) <= 1 or angle.promise.windows(line)[0] < DAY


def _few(subject: Subject, angle: Angle, severity: Severity) -> Iterator[Case]:
    """Every event fails, and there are too few; then only those that fail are too few."""
    own = angle.lines(severity)
    what = "bad events" if all(line.needs >= line.traffic for line in own) else "events"
    yield _burst(subject, angle, severity, [_least(line) for line in own], what)
    if all(1 < line.needs < line.traffic for line in own):
        good = max(line.traffic for line in own)
        yield _burst(subject, angle, severity, [line.needs for line in own], "bad events", good)


def _burst(subject: Subject, angle: Angle, severity: Severity, least: list[int], what: str, good: int = 0) -> Case:
    """Too few errors for each line's `least`, beside at least `good` events; then enough errors."""
    step = subject.options.evaluation_interval
    time = Clock(step, 1)
    few, enough = int(0.8 * min(least)), max(least)
    burst = -(-few // 5)
    ticks = few // burst
    phases = (
        Phase(2),
        Phase(ticks, -(-good // ticks), burst),
        Phase(-(-360 // step)),
        Phase(CHANGE + 2, 0, -(-enough // CHANGE) if subject.slice else enough * oracle.LATE // step),
    )
    name = named(subject, angle, f"{severity} only for {enough} {what}")
    counted = [
        one for one in SEVERITIES if all(_is_counted(line, angle) for line in (*angle.lines(one), *angle.hiding(one)))
    ]
    return Case(name, time, series([(angle.kit, phases)], time), subject.burning(angle, time, phases, counted))
