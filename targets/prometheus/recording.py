"""The recording rules. Raw series are read over at most an hour; longer windows derive from recorded series."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from slocompiler import burn, promql
from slocompiler.burn import DAY, HOUR, long_window, slice_of
from slocompiler.ir import SEVERITIES, Burn, Exhausted, Filter, Slo, Through
from slocompiler.targets.prometheus import budget, catch_up, exception, indicator, late_series, nodata, schedule, sli
from slocompiler.targets.prometheus.options import chosen
from slocompiler.targets.prometheus.rule import Group, Groups, Rule
from slocompiler.targets.prometheus.series import folded, identity, over_time, series
from slocompiler.targets.shared import Options


def _lines(slo: Slo) -> list[Burn | Exhausted]:
    return [line for line in slo.every_alert if isinstance(line, Burn | Exhausted)]


def _windows(slo: Slo, lines: list[Burn | Exhausted], options: Options) -> set[int]:
    """The long and short windows of alert lines, in seconds."""
    long = set(map(long_window, lines))
    return long | {schedule.short_window(slo, window, options) for window in long}


def _quick_windows(slo: Slo, options: Options) -> set[int]:
    """The windows of alerts that read no budget. The other windows are evaluated with the budgets, and with their alerts."""
    found = {schedule.BASE}
    for severity in SEVERITIES:
        lines = [line for line in _lines(slo) if line.severity == severity]
        if not schedule.waits(lines):
            found |= _windows(slo, lines, options)
    return found


def recording_groups(slo: Slo, owner: str, options: Options) -> Groups:
    """The groups of an SLO with their recording rules."""
    windows = sorted({schedule.BASE, HOUR} | _windows(slo, _lines(slo), options))
    quick = _quick_windows(slo, options)
    groups = Groups(
        Group(f"{slo.id} sli", promql.duration(schedule.interval(slo, options)), _base(slo, options)),
        Group(f"{slo.id} rollup", promql.duration(schedule.rollup(slo)), _rollup(slo, options)),
        Group(f"{slo.id} budget", promql.duration(schedule.BUDGET), []),
    )
    for window in windows:
        group = schedule.quick(slo, groups) if window in quick else groups.budget
        group.rules.append(
            _short_ratio(slo, window, options) if window <= HOUR else _derived_ratio(slo, window, options)
        )
    groups.budget.rules.extend(_budget(slo, owner, options))
    return groups


def _record(name: str, expr: str, slo: Slo, **labels: str) -> Rule:
    return Rule(name, expr, identity(slo) | labels)


def _base(slo: Slo, options: Options) -> list[Rule]:
    """The rules that read raw series. The rule of the errors also reads what the rule of the events has just recorded."""
    rules = [
        _record("slo:events:rate5m", sli.events(slo, options), slo),
        _record("slo:errors:rate5m", sli.errors(slo, options), slo),
    ]
    if any(burn.needed_events(line, slo) for line in _lines(slo)):
        rules.append(_record("slo:slice_errors:increase", sli.slice_errors(slo, options), slo))
    return rules


def _short_ratio(slo: Slo, window: int, options: Options) -> Rule:
    """The error ratio over up to an hour, from raw series if they have it; no ratio while there are no events.

    Raw series have neither slices nor what does not count, and a journey reads none. `economy` does not read raw series a second time.
    """
    economy = chosen(options).profile == "economy" and window > schedule.BASE
    derived = economy or slo.records_zeros or isinstance(slo.indicator, Through)
    if slice_of(slo) or (window != schedule.BASE and derived):
        return _derived_ratio(slo, window, options)
    w = promql.duration(window)
    if window == schedule.BASE:
        ratio = f"{series('slo:errors:rate5m', slo)} / ({series('slo:events:rate5m', slo)} > 0)"
    else:
        by = late_series.rates(slo, window, options)
        ratio = f"({indicator.filled(slo, by)})\n/ ({indicator.events(slo.indicator, by)} > 0)"
    return _record(f"slo:error_ratio:rate{w}", ratio, slo)


def _derived_ratio(slo: Slo, window: int, options: Options, name: str = "") -> Rule:
    """The error ratio from recorded sums, over at least one slice; from a day on, the sums are of five-minute counts."""
    over = max(window, slice_of(slo))
    if window >= DAY or name:
        errors, events = (
            exception.summed(slo, f"slo:{what}:increase5m", over, options) for what in ("errors", "events")
        )
    else:
        rates = (f"slo:{what}:rate5m" for what in ("errors", "events"))
        errors, events = (over_time("sum", rate, slo, f"[{promql.duration(over)}]") for rate in rates)
    name = name or f"rate{promql.duration(window)}"
    return _record(f"slo:error_ratio:{name}", f"{errors}\n/ ({events} > 0)", slo)


def _rollup(slo: Slo, options: Options) -> list[Rule]:
    """Counts over five minutes, or over a slice that is longer; other rules read them in ranges only."""
    over = promql.duration(schedule.rollup(slo) - schedule.MOMENT)
    rules = []
    for what in ("events", "errors"):
        counted = schedule.counted(slo, what, over, options, schedule.settled(options))
        rules.append(_record(f"slo:{what}:increase5m", catch_up.counts(slo, what, counted, options), slo))
    return rules


def _budget(slo: Slo, owner: str, options: Options) -> list[Rule]:
    """The coverage of the window, the age, the budget left, the burn rate, and facts about the SLO.

    Each rule reads what those before it have just recorded. `slo:budget_remaining:ratio` is deprecated, and nothing reads it.
    """
    window = promql.duration(slo.window)
    counted = over_time("count", "slo:events:increase5m", slo, f"[{window}]")
    expected = promql.number(Fraction(slo.window, schedule.rollup(slo)))
    aged = f"clamp_max({folded(slo, 'max', series('slo:age:seconds', slo))} / {slo.window}, 1)"
    period, hour = "slo:error_ratio:period", f"slo:error_ratio:rate{promql.duration(HOUR)}"
    return [
        _derived_ratio(slo, slo.window, options, "period"),
        _record("slo:coverage:ratio", f"clamp_max({counted} / {expected}, 1)", slo),
        _record("slo:age:seconds", budget.age(slo), slo),
        _record("slo:age:ratio", aged, slo),
        _record(
            "slo:budget_left:ratio",
            _by_target(slo, period, lambda s, b, _: f"1 - {budget.spent(slo, f'{s} / {b}')}"),
            slo,
        ),
        _record("slo:budget_remaining:ratio", _by_target(slo, period, lambda s, b, _: f"1 - {s} / {b}"), slo),
        _record("slo:burn_rate:ratio", _by_target(slo, hour, lambda s, b, _: f"{s} / {b}"), slo),
        _record("slo:target:ratio", _target(slo, period), slo),
        _record("slo:info", "vector(1)", slo, **_info(slo, owner, options)),
    ]


def _target(slo: Slo, period: str) -> str:
    if not slo.per:
        return f"vector({promql.number(slo.target)})"
    return _by_target(slo, period, lambda s, _, target: f"0 * {s} + {target}")


def _by_target(slo: Slo, name: str, formula: Callable[[str, str, str], str]) -> str:
    """A formula of the series, its budget and its target; of several targets, the first match applies."""
    targets: list[tuple[Filter, Decimal]] = [(override.filter, override.target) for override in slo.overrides]
    return "\nor ".join(
        formula(series(name, slo, matchers), promql.number(burn.budget(target)), promql.number(target))
        for matchers, target in (*targets, ((), slo.target))
    )


def _info(slo: Slo, owner: str, options: Options) -> dict[str, str]:
    """The labels that people edit, and the job. No other series has them, because an edited label starts a new series."""
    about = {
        "title": slo.title,
        "owner": owner,
        "target": promql.number(slo.target),
        "window": promql.duration(slo.window),
        "draft": str(slo.draft).lower(),
    }
    edited = {**options.labels, **{label.name: label.value for label in slo.labels}}
    return {**about, **edited, **nodata.job(slo)}
