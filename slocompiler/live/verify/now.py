"""V715: how an SLO is doing, and how much of the time is excluded. V708: more bad events than events."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isfinite

from slocompiler import promql
from slocompiler.explain.words import percent
from slocompiler.ir import Ratio, Slo
from slocompiler.live.questions import Answers, Asking, Instant
from slocompiler.live.verify.subject import Found, Subject
from slocompiler.targets.prometheus import indicator, maintenance, schedule
from slocompiler.targets.prometheus.reading import Reading

SURE, FEWEST = 1.1, 10
"""How many times as many bad events as events there must be, and how many: series that begin lose their first events."""
STEP = 300
"""The seconds between two looks at the condition of `exclude when`."""


def doing(of: Subject) -> Asking[list[Found]]:
    """V715 of an SLO that counts events, and V708."""
    counted, found = of.counted, list[Found]()
    asked = [] if counted is None else [_question(of, text) for text in _sums(of)]
    conditions = _conditions(of.slo)
    share = [_question(of, _excluded([*conditions.values()], of.lookback))] if conditions else []
    answers = yield (*asked, *share)
    if asked:
        events, bad = (_value(answers, one) for one in asked)
        if events and bad is not None:
            found.append(of.note("V715", _in_words(of.slo, bad / events, of.lately)))
            if bad > max(SURE * events, FEWEST) and isinstance(counted, Ratio):
                message = f"there are more bad events than events {of.lately}: {bad:,.0f} of {events:,.0f}"
                found.append(of.finding("V708", message, of.at.part, "count bad events among `events`, too"))
        elif events == 0:
            found.append(of.note("V715", f"no events {of.lately}"))
    for one in share:
        seen = (_value(answers, one) or 0) * STEP / of.lookback
        if seen:
            left_out = f"{' and '.join(f'`{name}`' for name in conditions)} left out {percent(Fraction(min(seen, 1)))} of the time {of.lately}"
            found.append(of.note("V715", left_out))
    return found


def _sums(of: Subject) -> tuple[str, str]:
    """Queries for the numbers of events and of bad events."""
    assert of.counted, "it counts events"
    window = promql.duration(of.lookback)
    by = Reading(
        lambda one: promql.embedded(one, window) if isinstance(one, str) else promql.rate(one, window, "increase"),
        lambda fold, expr: f"{fold}({expr})",
    )
    events, bad = indicator.events(of.counted, by), indicator.errors(of.counted, by)
    return events, f"({bad}) or 0 * ({events})"


def _question(of: Subject, expr: str) -> Instant:
    return Instant(expr=expr, at=of.now)


def _value(answers: Answers, asked: Instant) -> float | None:
    """The only value of an answer; None for none, and for one that is no number."""
    return next((row.value for row in answers.vector(asked) if isfinite(row.value)), None)


def _conditions(slo: Slo) -> dict[str, str]:
    """What returns something in excluded moments, by the statements."""
    found = {
        "exclude when": [promql.embedded(slo.exclude_when)] if slo.exclude_when else [],
        "maintenance": [maintenance.holds(one, 0) for one in slo.maintenance],
        "except": [schedule.between(one.begin, one.end) for one in slo.exceptions if not one.filter],
    }
    return {name: " or ".join(some) for name, some in found.items() if some}


def _excluded(conditions: Sequence[str], lookback: int) -> str:
    """How many of the looks at the excluded moments saw one."""
    window, step = promql.duration(lookback), promql.duration(STEP)
    return f"count_over_time((count({' or '.join(conditions)}))[{window}:{step}])"


def _in_words(slo: Slo, bad: float, lately: str) -> str:
    burn = bad / float(1 - Fraction(slo.target))
    return f"{percent(Fraction(1 - min(bad, 1)))} good {lately}, a burn rate of {promql.rounded(Fraction(burn))}"
