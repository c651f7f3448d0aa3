"""Recording rules: raw series are read once, for at most an hour; longer windows derive from what was recorded."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from slocompiler import promql
from slocompiler.burn import DAY, HOUR, MINUTE, budget, exhaustion_window, short_window
from slocompiler.ir import Burn, Exhausted, Filter, Slo
from slocompiler.targets.base import Options
from slocompiler.targets.prometheus import indicator
from slocompiler.targets.prometheus.repair import caught_up, late
from slocompiler.targets.prometheus.rule import Group, Groups, Rule
from slocompiler.targets.prometheus.series import series

ROLLUP = 5 * MINUTE
ROLLUP_RANGE = "4m59s999ms"
"""Exactly the samples of five minutes: ranges are closed on the left in Prometheus 2 and open in 3."""
BUDGET = 1 * MINUTE


def line_windows(slo: Slo, options: Options) -> set[int]:
    """The long and the short windows of all burn and exhaustion lines, in seconds."""
    lines = [*slo.alerts, *(line for override in slo.overrides for line in override.alerts)]
    long = {line.window if isinstance(line, Burn) else exhaustion_window(line.within)
            for line in lines if isinstance(line, Burn | Exhausted)}  # fmt: skip  # one expression
    return long | {short_window(window, options.scrape_interval) for window in long}


def recording_groups(slo: Slo, owner: str, options: Options) -> Groups:
    """The groups of an SLO with their recording rules."""
    windows = sorted({5 * MINUTE, HOUR} | line_windows(slo, options))
    short = [_short_ratio(slo, window, options) for window in windows if window <= HOUR and window != 5 * MINUTE]
    longer = [_derived_ratio(slo, promql.duration(w), w) for w in windows if w > HOUR]
    return Groups(
        Group(f"{slo.id} sli", promql.duration(options.evaluation_interval), _base(slo, options) + short),
        Group(f"{slo.id} rollup", promql.duration(ROLLUP), _rollup(slo, options)),
        Group(f"{slo.id} budget", promql.duration(BUDGET), longer + _budget(slo, owner, options)),
    )


def _record(name: str, expr: str, slo: Slo, **labels: str) -> Rule:
    return Rule(name, expr, {"slo": slo.id, "service": slo.id.partition("/")[0], **labels})


def _base(slo: Slo, options: Options) -> list[Rule]:
    """Rates over five minutes: zero errors while there is traffic, no ratio while there is none."""
    rate5m = "slo:events:rate5m"
    errors = filled(slo, "5m")
    if options.prometheus.late_series:
        errors = "\n+ ".join(f"({part})" for part in (errors, *(fill(slo, expr) for expr in late(slo))))
    return [
        _record(rate5m, indicator.events(slo, "5m"), slo),
        _record("slo:errors:rate5m", errors, slo),
        _record("slo:error_ratio:rate5m", f"{series('slo:errors:rate5m', slo)} / ({series(rate5m, slo)} > 0)", slo),
    ]


def filled(slo: Slo, window: str, function: str = "rate") -> str:
    """B(w), and 0 while there are events and no series of errors."""
    return fill(slo, indicator.errors(slo, window, function))


def fill(slo: Slo, expr: str) -> str:
    """`expr`, or 0 where there are events; the inner sum strips the recorded labels, or both sides would survive."""
    if not indicator.fills(slo):
        return expr
    return f"{expr}\nor 0 * {indicator.total(slo, series('slo:events:rate5m', slo))}"


def _short_ratio(slo: Slo, window: int, options: Options) -> Rule:
    """Up to an hour: from raw series; `economy` derives what five-minute rates can tell."""
    w = promql.duration(window)
    if options.prometheus.profile == "economy" and window > 5 * MINUTE:
        return _derived_ratio(slo, w, window)
    return _record(f"slo:error_ratio:rate{w}", f"({filled(slo, w)})\n/ ({indicator.events(slo, w)} > 0)", slo)


def _derived_ratio(slo: Slo, name: str, window: int) -> Rule:
    """Sums divided, never ratios averaged; a day and more from the five-minute counts."""
    kind = "increase5m" if window >= DAY or name == "period" else "rate5m"
    errors, events = (
        f"sum_over_time({series(f'slo:{what}:{kind}', slo)}[{promql.duration(window)}])"
        for what in ("errors", "events")
    )
    name = name if name == "period" else f"rate{name}"
    return _record(f"slo:error_ratio:{name}", f"{errors}\n/ ({events} > 0)", slo)


def _rollup(slo: Slo, options: Options) -> list[Rule]:
    """Counts of five minutes, only ever used in ranges."""
    rules = []
    for what, raw in (("events", indicator.events(slo, "2h", "increase")), ("errors", filled(slo, "2h", "increase"))):
        counted = f"sum_over_time({series(f'slo:{what}:rate5m', slo)}[{ROLLUP_RANGE}]) * {options.evaluation_interval}"
        name = f"slo:{what}:increase5m"
        expr = caught_up(slo, name, raw, counted, options) if options.prometheus.catch_up else counted
        rules.append(_record(name, expr, slo))
    return rules


def _budget(slo: Slo, owner: str, options: Options) -> list[Rule]:
    """What is left, how fast it goes, how much of the window was seen."""
    window = promql.duration(slo.window)
    age = series("slo:age:ratio", slo)
    counted = f"count_over_time({series('slo:events:increase5m', slo)}[{window}])"
    expected = promql.number(Fraction(slo.window, ROLLUP))
    aged = f"clamp_max((max(max_over_time({age}[1d])) or vector(0)) + {BUDGET} / {slo.window}, 1)"
    period, hour = "slo:error_ratio:period", f"slo:error_ratio:rate{promql.duration(HOUR)}"
    return [
        _derived_ratio(slo, "period", slo.window),
        _record("slo:budget_remaining:ratio", _by_target(slo, period, lambda s, b, _: f"1 - {s} / {b}"), slo),
        _record("slo:burn_rate:ratio", _by_target(slo, hour, lambda s, b, _: f"{s} / {b}"), slo),
        _record("slo:coverage:ratio", f"clamp_max({counted} / {expected}, 1)", slo),
        _record("slo:age:ratio", aged, slo),
        _record("slo:target:ratio", _target(slo, period), slo),
        _record("slo:info", "vector(1)", slo, **_info(slo, owner, options)),
    ]


def _target(slo: Slo, period: str) -> str:
    if not slo.per:
        return f"vector({promql.number(slo.target)})"
    return _by_target(slo, period, lambda s, _, target: f"0 * {s} + {target}")


def _by_target(slo: Slo, name: str, formula: Callable[[str, str, str], str]) -> str:
    """A formula of the series, its budget and its target; of several targets the first that matches wins."""
    targets: list[tuple[Filter, Decimal]] = [(override.filter, override.target) for override in slo.overrides]
    return "\nor ".join(
        formula(series(name, slo, matchers), promql.number(budget(target)), promql.number(target))
        for matchers, target in (*targets, ((), slo.target))
    )


def _info(slo: Slo, owner: str, options: Options) -> dict[str, str]:
    """All that people edit: on no other series, for an edited label starts a new one."""
    about = {
        "title": slo.title,
        "owner": owner,
        "target": promql.number(slo.target),
        "window": promql.duration(slo.window),
        "draft": str(slo.draft).lower(),
    }
    return {**about, **options.prometheus.labels, **{label.name: label.value for label in slo.labels}}
