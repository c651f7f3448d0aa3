"""The panels of an SLO over time: the share of bad events with the lines of the alerts, the budget, the events."""

from __future__ import annotations

from fractions import Fraction

from slocompiler import promql
from slocompiler.burn import MINUTE, budget, highest, slice_of, whole_slice
from slocompiler.explain.words import counted
from slocompiler.ir import Slo
from slocompiler.targets.grafana import queries, thresholds
from slocompiler.targets.grafana.model import Panel, Query
from slocompiler.targets.grafana.panels import Axis, timeseries
from slocompiler.targets.shared import Options

LINEAR = Fraction(1, 10)
"""The burn rate up to which the axis of bad events is linear."""


def share(slo: Slo, options: Options) -> Panel:
    """The share of bad events; of an SLO with several targets, as a multiple of what each allows."""
    scale = Fraction(1) if queries.has_targets(slo) else budget(slo.target)
    steps = thresholds.of_burn(slo, scale)
    asked = [Query(queries.peaks(slo), queries.legend(slo) if slo.per else "5m")]
    colors = []
    if not slo.per:
        asked += [Query(queries.share(slo, window), name) for window, name in thresholds.windows(slo)]
    for line in thresholds.exhaustion_lines(slo):
        name = f"{line.severity} above: exhausted within {promql.duration(line.within)}"
        asked.append(Query(queries.exhaustion_line(slo, line), name))
        colors.append((name, thresholds.COLORS[line.severity]))
    bad = counted(slo.indicator)
    return Panel(
        "bad-share",
        f"{_share(slo)}, and when alerts fire" if slo.alerts else _share(slo),
        f"The share of bad {bad} over {'each window of the alerts' if slo.alerts else 'five minutes'}.{_limits(slo)}",
        timeseries(
            "suffix:×" if queries.has_targets(slo) else "percentunit",
            steps,
            Axis(high=(steps[-1][0] or 1) * 1.2, style="dashed", linear=float(LINEAR * scale), fill=0),
            tuple(colors),
        ),
        tuple(asked),
        interval=promql.duration(max(MINUTE, options.evaluation_interval)),
    )


def _share(slo: Slo) -> str:
    bad = counted(slo.indicator)
    if queries.has_targets(slo):
        return f"Bad {bad} as a multiple of what the target allows"
    return f"Share of bad {bad}, the target" if slo.alerts else f"Share of bad {bad}, and the target"


def _limits(slo: Slo) -> str:
    """The lines in words, and the highest possible burn rate."""
    share = f" The target allows {promql.percent(1 - slo.target)}, which is the line without a color, and a burn rate of 1×."
    allowed = " The line without a color is what the target allows." if queries.has_targets(slo) else share
    most = promql.rounded(highest(slo.target))
    return f"{allowed}{thresholds.in_words(slo)} If all {counted(slo.indicator)} were bad, the burn rate would be {most}×.{_few(slo)}"


def _few(slo: Slo) -> str:
    return f" Lines are the {queries.MOST} values with the least budget." if slo.per else ""


def burn_down(slo: Slo) -> Panel:
    """The budget left over the window."""
    window = promql.duration(slo.window)
    return Panel(
        "burn-down",
        f"Budget left over {window}",
        "The error budget left over time. The red line is an exhausted budget, the others are the steps of the policy. "
        f"Bad days drop out as the window rolls.{_few(slo)}",
        timeseries("percentunit", thresholds.above(thresholds.of_policy(slo)), Axis(high=1, style="dashed")),
        (Query(queries.left_then(slo), queries.legend(slo) if slo.per else "budget left"),),
        time_from=window,
    )


def rates(slo: Slo, options: Options) -> Panel:
    """The rates of events and bad events; for slices, whether the latest slice was bad."""
    lasting = slice_of(slo)
    sliced = lasting > 0
    text = "Events per second, without excluded ones."
    if sliced:
        text = "1 for each slice that was checked, and 1 for each bad slice."
    if lasting != whole_slice(slo):
        text = "The series that were checked in each slice, and the bad ones."
    asked = (
        Query(queries.rate(slo, "events", lasting), "checked" if sliced else "events"),
        Query(queries.rate(slo, "errors", lasting), "bad"),
    )
    return Panel(
        "rates",
        "Slices and bad slices" if sliced else "Events and bad events",
        text,
        timeseries(
            "short" if sliced else "cps",
            axis=Axis(stepped=sliced, fill=20),
            colors=(("bad", "red"), (asked[0].legend, "blue")),
        ),
        asked,
        interval=promql.duration(max(lasting, options.scrape_interval)),
    )
