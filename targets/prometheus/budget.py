"""The age of an SLO, the budget left, and the burn rate that exhausts it.

What is not there yet counts as good: an SLO that is a tenth of its window old has spent a tenth of what its ratio says.
"""

from __future__ import annotations

from slocompiler import promql
from slocompiler.burn import HOUR, exhaustion_floor, exhaustion_slope
from slocompiler.ir import Slo
from slocompiler.targets.prometheus import schedule
from slocompiler.targets.prometheus.series import folded, history, on, series


def left(slo: Slo) -> str:
    """The selector of the budget left: the one number that alerts, texts, dashboards and pages read."""
    return series("slo:budget_left:ratio", slo)


def age(slo: Slo) -> str:
    """The age in seconds, of each value of the `per` labels whose data are in the window.

    It is a minute more than before, or what the data cover if that is more, as after a back-fill or a long outage. The
    aggregation takes the larger, because the operands of `or` have different labels.
    """
    coverage = series("slo:coverage:ratio", slo)
    before, begun = f"max_over_time({history('slo:age:seconds', slo)}[1d])", f"vector({schedule.BUDGET})"
    if slo.per:
        before = f"({before} and {on(slo)} {coverage})"
        begun = f"0 * {folded(slo, 'max', series('slo:error_ratio:period', slo))} + {schedule.BUDGET}"
    covered = f"{folded(slo, 'max', coverage)} * {slo.window}"
    return folded(slo, "max", f"{before} + {schedule.BUDGET}\nor {covered}\nor {begun}")


def spent(slo: Slo, burned: str) -> str:
    """The share of the budget that is spent; `burned` is the burn rate of the data in the window of the SLO."""
    return _of_age(slo, burned, folded(slo, "max", series("slo:age:ratio", slo)))


def burn_rate(slo: Slo, burned: str, window: int) -> str:
    """The burn rate over `window` seconds; `burned` is that of the data in it.

    Windows of up to an hour are as they are: an outage in the first minutes of an SLO is no less of one.
    """
    if window <= HOUR:
        return burned
    age = folded(slo, "max", history("slo:age:seconds", slo))
    return _of_age(slo, burned, f"clamp_max({age} / {window}, 1)")


def _of_age(slo: Slo, burned: str, share: str) -> str:
    return f"{burned} * {on(slo)} group_left {share}"


def exhausting(slo: Slo, within: int, left: str) -> str:
    """The burn rate above which the budget `left` lasts less than `within` seconds."""
    slope, floor = (function(within, slo.window) for function in (exhaustion_slope, exhaustion_floor))
    return f"clamp_min({left} * {promql.number(slope)}, {promql.number(floor)})"
