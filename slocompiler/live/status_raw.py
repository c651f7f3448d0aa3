"""`sloc status --raw`: the state of every SLO from raw series, as if its rules had run since the window began."""

from __future__ import annotations

from slocompiler import burn, promql
from slocompiler.ir import Program, Service, Slo
from slocompiler.live import tiles
from slocompiler.live.questions import Asking, together
from slocompiler.live.row import NO_DATA, Row, Value, action, ordered, state
from slocompiler.live.tiles import Count, Tiles
from slocompiler.regex.sets import fulfills
from slocompiler.targets.shared import Options

NOTHING = Value((), None, None, None, None, None, None)


def computed(program: Program, options: Options, now: int) -> Asking[list[Row]]:
    """The SLOs of a deployment. Nothing is known of their alerts."""
    rows = yield from together(row(slo, service, options, now) for service in program.services for slo in service.slos)
    return rows


def row(slo: Slo, service: Service, options: Options, now: int) -> Asking[Row]:
    """An SLO of a deployment."""
    every = tiles.step(slo)
    until = tiles.latest(now) // every * every
    found = yield from tiles.counted(slo, options, until - slo.window, until)
    values = ordered(_value(slo, found, value, until) for value in found.values) or (NOTHING,)
    last = [count.events for counts in found.values.values() for at, count in counts.items() if at > until - 2 * every]
    labels = slo.deployment.labels if slo.deployment else ()
    known = state(values, sum(last)) if last else NO_DATA
    due = "" if slo.draft else action(slo.policy, values[0].left)
    target = promql.percent(slo.target)
    return Row(slo.id, service.owner, target, slo.window, slo.draft, labels, known, (), due, values)


def _value(slo: Slo, found: Tiles, value: tiles.Value, until: int) -> Value:
    """What is not there yet counts as good, as in the rules."""
    counts = found.values[value]
    target = _target(slo, dict(value))
    age = min(1, (until - min(counts) + found.step) / slo.window)
    ratio = _ratio(found.total(value, until - slo.window, until))
    lately = _ratio(found.total(value, until - max(burn.HOUR, found.step), until))
    return Value(
        tuple((label, dict(value).get(label, "")) for label in slo.per),
        target,
        None if ratio is None else 1 - ratio,
        None if ratio is None else 1 - ratio / (1 - target) * age,
        None if lately is None else lately / (1 - target),
        min(1, len(counts) * found.step / slo.window),
        age,
    )


def _ratio(count: Count) -> float | None:
    return count.bad / count.events if count.events > 0 else None


def _target(slo: Slo, labels: dict[str, str]) -> float:
    """The target of a value: that of the first override that its labels match."""
    for override in slo.overrides:
        if all(fulfills(matcher, labels.get(matcher.label, "")) for matcher in override.filter):
            return float(override.target)
    return float(slo.target)
