"""How often an SLO is recorded, how far back the rules read, and what a sample counts. Durations in seconds."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from slocompiler import burn, promql
from slocompiler.ir import Burn, Exhausted, RatioSlices, Slices, Slo
from slocompiler.targets.prometheus.rule import Group, Groups
from slocompiler.targets.prometheus.series import over_time
from slocompiler.targets.shared import Options

BASE = 5 * burn.MINUTE
"""The window of the recorded rates."""
BUDGET = 1 * burn.MINUTE
"""The interval at which budgets are computed."""
MOMENT = Fraction(1, 1000)
"""A range that is shorter by this holds exactly the samples of an interval: ranges include their start in Prometheus 2, and
exclude it in 3."""


def interval(slo: Slo, options: Options) -> int:
    """The interval at which events and errors are recorded; a slice is recorded once."""
    return burn.slice_of(slo) or options.evaluation_interval


def rollup(slo: Slo) -> int:
    """The interval at which events and errors are counted."""
    return max(BASE, burn.slice_of(slo))


def reach(slo: Slo, options: Options) -> int:
    """How far back a recorded sample reads events; a slice starts from the scrape before it. 0 for the newest values."""
    of = slo.indicator
    if isinstance(of, RatioSlices) or (isinstance(of, Slices) and any(one.rate for one in of.gauges)):
        return of.seconds + options.scrape_interval
    if isinstance(of, Slices) and of.at_least is not None:
        return of.seconds
    return 0 if isinstance(of, Slices) else BASE


def tail(slo: Slo, options: Options) -> int:
    """How long recorded samples still see an event, in seconds."""
    return max(BASE, reach(slo, options))


def short_window(slo: Slo, window: int, options: Options) -> int:
    """The second window of an alert line."""
    return burn.short_window(window, options.scrape_interval, burn.slice_of(slo))


def quick(slo: Slo, groups: Groups) -> Group:
    """The group of alerts that read no budget; with long slices, the first group is evaluated too rarely for them."""
    return groups.budget if burn.slice_of(slo) > BUDGET else groups.sli


def outlives(slo: Slo) -> int:
    """The seconds from the last data to a condition on what is recorded: a rate outlives its series by its window; a slice may be missed."""
    return 0 if isinstance(slo.indicator, Slices) else max(BASE, 2 * burn.slice_of(slo))


def settled(options: Options) -> str:
    """The offset of a rule that has to read each sample of another group once.

    A sample has the time at which its evaluation was due, and can be read once that is done. So the newest may be absent,
    or that of the events be there and that of the errors absent. A count that took it for missing would lose it.
    """
    return f" offset {promql.duration(options.evaluation_interval)}"


def waits(lines: Iterable[Burn | Exhausted]) -> bool:
    """Whether an alert of these lines reads series of the budget group: windows above an hour, or the budget left."""
    return any(isinstance(line, Exhausted) or line.window > burn.HOUR for line in lines)


def counted(slo: Slo, what: str, window: str, options: Options, modifier: str = "") -> str:
    """The number of `events` or `errors` in a range: a sample is the rate of an evaluation interval, or one slice."""
    summed = over_time("sum", f"slo:{what}:rate5m", slo, f"[{window}]{modifier}")
    return summed if burn.slice_of(slo) else f"{summed} * {options.evaluation_interval}"


def between(begin: int, end: int) -> str:
    """A condition that returns something from one moment on, before another one; both in seconds since the epoch."""
    return f"vector(time()) >= {begin} < {end}"
