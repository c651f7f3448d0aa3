"""How an SLO is recorded: how often, how far back that reads, what a sample of it counts. Durations in seconds."""

from __future__ import annotations

from collections.abc import Iterable

from slocompiler import burn, promql
from slocompiler.ir import Burn, Exhausted, RatioSlices, Slices, Slo
from slocompiler.targets.prometheus.options import chosen
from slocompiler.targets.prometheus.rule import Group, Groups
from slocompiler.targets.prometheus.series import series
from slocompiler.targets.shared import Options

BASE = 5 * burn.MINUTE
"""Events are recorded as rates over this window."""
BUDGET = 1 * burn.MINUTE
"""How often budgets are computed."""


def interval(slo: Slo, options: Options) -> int:
    """How often events and errors are recorded: a slice is looked at once."""
    return burn.slice_of(slo) or options.evaluation_interval


def rollup(slo: Slo) -> int:
    """How often they are counted."""
    return max(BASE, burn.slice_of(slo))


def reach(slo: Slo, options: Options) -> int:
    """How far back what is recorded looks at events; the scrape before a slice tells what came in it."""
    if isinstance(slo.indicator, RatioSlices):
        return slo.indicator.seconds + options.scrape_interval
    return 0 if isinstance(slo.indicator, Slices) else BASE


def short_window(slo: Slo, window: int, options: Options) -> int:
    """The second window of an alert line."""
    return burn.short_window(window, options.scrape_interval, burn.slice_of(slo))


def quick(slo: Slo, groups: Groups) -> Group:
    """Where alerts that wait for no budget stand, and what they read: what is recorded less often goes stale."""
    return groups.budget if burn.slice_of(slo) > BUDGET else groups.sli


def settled(slo: Slo, options: Options) -> str:
    """How far back counts begin where the newest sample may not have arrived yet: else nobody would ever count it."""
    return f" offset {promql.duration(interval(slo, options))}" if chosen(options).reads_elsewhere() else ""


def waits(lines: Iterable[Burn | Exhausted]) -> bool:
    """Whether an alert of these lines reads what is computed with the budgets: more than an hour, or what is left."""
    return any(isinstance(line, Exhausted) or line.window > burn.HOUR for line in lines)


def counted(slo: Slo, what: str, window: str, options: Options, modifier: str = "") -> str:
    """How many `events` or `errors` there were: a sample is a rate over an evaluation interval, or a slice."""
    summed = f"sum_over_time({series(f'slo:{what}:rate5m', slo)}[{window}]{modifier})"
    return summed if burn.slice_of(slo) else f"{summed} * {options.evaluation_interval}"
