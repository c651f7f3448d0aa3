"""The budget left, and the burn rate that exhausts it, as rules and dashboards compute them."""

from __future__ import annotations

from slocompiler import promql
from slocompiler.burn import exhaustion_floor, exhaustion_slope
from slocompiler.ir import Slo
from slocompiler.targets.prometheus.series import series


def left(slo: Slo, remaining: str) -> str:
    """The budget left as alerts read it: from the recorded `remaining`, less at most what the age of the SLO allows."""
    return f"1 - (1 - {remaining}) * on() group_left {series('slo:age:ratio', slo)}"


def exhausting(slo: Slo, within: int, left: str) -> str:
    """The burn rate above which the budget `left` lasts less than `within` seconds."""
    slope, floor = (function(within, slo.window) for function in (exhaustion_slope, exhaustion_floor))
    return f"clamp_min(({left}) * {promql.number(slope)}, {promql.number(floor)})"
