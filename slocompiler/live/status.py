"""`sloc status`: the state of every SLO now, from what its rules recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from math import isfinite
from typing import TypeAlias

from slocompiler import promql
from slocompiler.ir import Program, Service, Slo
from slocompiler.live.questions import Answers, Asking, Instant, Sample
from slocompiler.live.row import NO_DATA, STALE, Number, Row, Value, action, firing, ordered, state
from slocompiler.targets.grafana.states import NOWHERE, REMEMBERED
from slocompiler.targets.prometheus import nodata
from slocompiler.targets.prometheus.series import identity
from slocompiler.targets.shared import ALERTNAMES, DOWN, Options

GAUGES = ("error_ratio:period", "budget_left:ratio", "burn_rate:ratio", "coverage:ratio", "age:ratio", "target:ratio")
ASKED = (
    "slo:info",
    f"last_over_time(slo:info[{REMEMBERED}])",
    *(f"slo:{name}" for name in GAUGES[:3]),
    '{__name__=~"slo:(coverage|age|target):ratio"}',
    '{__name__=~"slo:(events|error_ratio):rate5m"}',
    f'ALERTS{{alertname=~"{"|".join(ALERTNAMES)}",alertstate="firing"}}',
)
"""Everything that is asked, whatever the number of SLOs."""
_ABOUT = ("__name__", "slo", "service")


class _Recorded:
    """What the server has, by SLO and name."""

    def __init__(self, answers: Answers, at: int) -> None:
        info, lately, *rest = (answers.vector(Instant(expr=expr, at=at)) for expr in ASKED)
        self.info, self.lately = _by_slo(info), _by_slo(lately)
        named = zip(ASKED[2:5], rest[:3], strict=True)
        samples = [(name, sample) for name, found in named for sample in found]
        samples += [(one.labels.get("__name__", ""), one) for found in rest[3:5] for one in found]
        self.alerts = _by_slo(rest[5])
        self.down = [one for one in rest[5] if one.labels.get("alertname") == DOWN]
        self.series: dict[tuple[str, str], list[Sample]] = {}
        for name, sample in samples:
            if isfinite(sample.value):
                self.series.setdefault((sample.labels.get("slo", ""), name), []).append(sample)


def _by_slo(samples: Iterable[Sample]) -> dict[str, list[Sample]]:
    found: dict[str, list[Sample]] = {}
    for sample in samples:
        found.setdefault(sample.labels.get("slo", ""), []).append(sample)
    return found


def recorded(program: Program, options: Options, now: int, unknown: bool = False) -> Asking[list[Row]]:
    """The SLOs of a deployment by what its rules recorded; with `unknown`, also those on the server that are in no file."""
    answers = yield tuple(Instant(expr=expr, at=now) for expr in ASKED)
    found = _Recorded(answers, now)
    rows = [_row(slo, service, found, options) for service in program.services for slo in service.slos]
    if unknown:
        known = {slo.id for slo in program.slos}
        rows += [
            _stranger(info, found, options) for name in sorted(found.info.keys() - known) for info in found.info[name]
        ]
    return rows


def _row(slo: Slo, service: Service, found: _Recorded, options: Options) -> Row:
    own = {name: text for name, text in identity(slo).items() if name not in _ABOUT}

    def here(samples: Iterable[Sample]) -> list[Sample]:
        return [one for one in samples if own.items() <= one.labels.items()]

    def value(sample: Sample) -> tuple[tuple[str, str], ...]:
        return tuple((label, sample.labels.get(label, "")) for label in slo.per)

    values = _values(slo.id, here, value, found, float(slo.target))
    alerts, job = here(found.alerts.get(slo.id, ())), nodata.job(slo)
    if job and not slo.draft:
        mine = {"service": slo.service, **job}
        alerts += [one for one in here(found.down) if mine.items() <= one.labels.items()]
    return Row(
        slo.id,
        service.owner,
        promql.percent(slo.target),
        slo.window,
        slo.draft,
        slo.deployment.labels if slo.deployment else (),
        _state_here(slo.id, here, found, values),
        firing(alerts, slo.deployment, options),
        "" if slo.draft else action(slo.policy, values[0].left),
        values,
    )


def _stranger(info: Sample, found: _Recorded, options: Options) -> Row:
    """An SLO that is in no file: its `slo:info` says what it is. Labels that `slo:info` lacks are those of `per`."""
    labels, id = info.labels, info.labels["slo"]

    def here(samples: Iterable[Sample]) -> list[Sample]:
        return [
            one
            for one in samples
            if all(labels.get(name, text) == text for name, text in one.labels.items() if name != "__name__")
        ]

    def value(sample: Sample) -> tuple[tuple[str, str], ...]:
        return tuple(
            (name, text) for name, text in sorted(sample.labels.items()) if name != "__name__" and name not in labels
        )

    target = labels.get("target", "")
    values = _values(id, here, value, found, float(target) if target else None)
    return Row(
        id,
        labels.get("owner", ""),
        promql.percent(Decimal(target)) if target else "",
        promql.seconds(labels.get("window", "")),
        labels.get("draft") == "true",
        (),
        _state_here(id, here, found, values),
        firing(found.alerts.get(id, ()), None, options),
        "",
        values,
    )


Here: TypeAlias = Callable[[Iterable[Sample]], list[Sample]]
"""Those of samples that are in a deployment."""


def _values(
    id: str, here: Here, value: Callable[[Sample], tuple[tuple[str, str], ...]], found: _Recorded, target: Number
) -> tuple[Value, ...]:
    """The values with the least budget first. Of several series of the same value, the worst counts, as in dashboards."""
    each: dict[tuple[tuple[str, str], ...], dict[str, float]] = {}
    for name in GAUGES:
        worse = max if name in ("error_ratio:period", "burn_rate:ratio") else min
        for sample in here(found.series.get((id, f"slo:{name}"), ())):
            numbers = each.setdefault(value(sample), {})
            numbers[name] = worse(sample.value, numbers.get(name, sample.value))
    return ordered(_value(labels, numbers, target) for labels, numbers in (each or {(): {}}).items())


def _value(labels: tuple[tuple[str, str], ...], numbers: dict[str, float], otherwise: Number) -> Value:
    ratio, left, burn, coverage, age, target = (numbers.get(name) for name in GAUGES)
    return Value(
        labels, otherwise if target is None else target, None if ratio is None else 1 - ratio, left, burn, coverage, age
    )


def _state_here(id: str, here: Here, found: _Recorded, values: Sequence[Value]) -> str:
    if not here(found.info.get(id, ())):
        return STALE if here(found.lately.get(id, ())) else NOWHERE
    rates = [one.value for one in here(found.series.get((id, "slo:events:rate5m"), ()))]
    if not rates and not here(found.series.get((id, "slo:error_ratio:rate5m"), ())):
        return NO_DATA
    return state(values, sum(rates) if rates else None)
