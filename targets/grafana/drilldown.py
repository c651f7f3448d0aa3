"""The panels that narrow down a cause: bad events by label, the distribution of values, the value of a condition."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler import burn, promql
from slocompiler.explain import language
from slocompiler.ir import Gauge, RatioSlices, RawCondition, Share, Slices, Slo, Threshold, Through
from slocompiler.promql import bounded
from slocompiler.targets.grafana import distributions, queries, raw, text, units
from slocompiler.targets.grafana.layout import Line
from slocompiler.targets.grafana.model import Panel, Query
from slocompiler.targets.grafana.panels import PLAIN, Axis, Column, Steps, Unit, bars, table, timeseries
from slocompiler.targets.grafana.thresholds import BURNING, of_policy
from slocompiler.targets.prometheus import breakdown, journey, schedule
from slocompiler.targets.prometheus.slices import bad_share, compared
from slocompiler.targets.shared import Options

BY = f"${raw.BY}"
HEIGHT = 8
MOST_CONDITIONS = 3
"""The number of conditions whose values a line of panels shows."""


def lines(slo: Slo, rates: Panel, options: Options) -> Iterator[tuple[Line, int]]:
    """The lines of panels below the budget; `rates` is the panel of events, which comes first."""
    found = breakdown.counted(slo.indicator)
    beside: list[Panel] = []
    if isinstance(slo.indicator, Slices):
        if isinstance(slo.indicator.good_when, Share):
            beside.append(_shares(slo, slo.indicator, slo.indicator.good_when))
        else:
            shown = slo.indicator.gauges[:MOST_CONDITIONS] or (None,)
            beside += [_condition(slo, slo.indicator, one, options) for one in shown]
    elif isinstance(slo.indicator, RatioSlices):
        beside.append(_share(slo, slo.indicator, options))
    elif isinstance(slo.indicator, Through):
        beside.append(_steps(slo, slo.indicator, options))
    elif breakdown.streams(slo):
        beside += _contributors(slo, options)
    every = [rates, *beside]
    yield [(panel, 24 // len(every)) for panel in every], HEIGHT
    if isinstance(slo.indicator, RatioSlices) and breakdown.streams(slo):
        yield [(panel, 12) for panel in _contributors(slo, options)], HEIGHT
    if isinstance(found, Threshold):
        yield [(panel, 12) for panel in distributions.panels(slo, found, options)], HEIGHT
    if slo.per:
        yield [(_values(slo), 24)], HEIGHT


# Bad events


def _contributors(slo: Slo, options: Options) -> list[Panel]:
    now = breakdown.bad(slo, raw.by_label(slo, options.server, "$__rate_interval"))
    ranged = breakdown.bad(slo, raw.by_label(slo, options.server, "$__range", "increase"))
    scrape = promql.duration(options.scrape_interval)
    return [
        Panel(
            "bad-by",
            f"Bad events per second, by {BY}",
            f"Bad events by label, from the raw series, for the {breakdown.TOP} values with the most. Choose another label at the top.",
            timeseries("cps", axis=Axis(bars=True)),
            tuple(Query(breakdown.most(expr), f"{{{{{BY}}}}}") for expr in now),
            interval=scrape,
        ),
        Panel(
            "top",
            f"Most bad events, by {BY}",
            f"Bad events in the time range, for the {breakdown.TOP} values with the most.",
            bars("short"),
            tuple(Query(f"sort_desc({breakdown.top(expr)})", f"{{{{{BY}}}}}", instant=True) for expr in ranged),
            interval=scrape,
        ),
    ]


# Journeys


def _steps(slo: Slo, through: Through, options: Options) -> Panel:
    """The share of journeys that fail at each step."""
    asked = enumerate(map(language.step, through.steps))
    return Panel(
        "steps",
        "Journeys that fail, by step",
        "The share of journeys that reach a step and fail there. All steps together are the share of bad events above.",
        timeseries("percentunit", axis=Axis(bars=True)),
        tuple(Query(journey.contribution(slo, through, number), name) for number, name in asked),
        interval=promql.duration(max(burn.MINUTE, options.evaluation_interval)),
    )


# Slices


def _condition(slo: Slo, slices: Slices, gauge: Gauge | None, options: Options) -> Panel:
    """The value of a condition with its bound; without a gauge that of a raw condition, if its form shows a bound."""
    raw_, several = slices.good_when, len(slices.gauges) > 1
    unit: Unit = "short"
    cmp = ""
    bound = 0.0
    if gauge:
        by = raw.by_value(slo, promql.duration(schedule.reach(slo, options)) if gauge.rate else "")
        expr, cmp, bound = compared(gauge, by), gauge.cmp, float(gauge.value)
        unit = units.of_gauge(gauge)
    else:
        assert isinstance(raw_, RawCondition), "all others have gauges"
        expr = text.query(raw_.expr)
        if parts := bounded.split(raw_.expr):
            expr, cmp, bound = text.query(parts[0]), parts[1], float(parts[2])
    steps: Steps = PLAIN
    if cmp:
        steps = ((None, "green"), (bound, "red")) if cmp in ("<", "<=") else ((None, "red"), (bound, "green"))
    if cmp in ("==", "!="):
        steps = ((None, "text"), (bound, "blue"))
    axis = Axis(low=min(bound, 0.0), high=bound * 1.1 if bound > 0 else None, style="dashed" if cmp else "off")
    has_labels = slo.per and not (slo.renamed and gauge and gauge.fold == "each")
    often = "" if slices.at_least is None else f" in {promql.percent(slices.at_least)} of the evaluations"
    rule = (
        f"A slice is good if the value is {cmp} {bound:g}{often}, which is the line{', and if its other conditions hold' * several}."
        if cmp
        else f"A slice is good if the query returns a result{often}."
    )
    title = "Checked value, and the bound" if cmp else "Checked value"
    if several and gauge:
        title = text.heading(language.folded(gauge, lambda stream: stream.metric))
    return Panel(
        f"condition-{slices.gauges.index(gauge) + 1}" if several and gauge else "condition",
        title,
        f"{rule} Checked every {promql.duration(slices.seconds)}.",
        timeseries(unit, steps, axis),
        (Query(queries.few(slo, expr), queries.legend(slo)) if has_labels else Query(expr, "__auto"),),
        interval=promql.duration(max(slices.seconds, options.scrape_interval)),
    )


def _shares(slo: Slo, slices: Slices, share: Share) -> Panel:
    """The bad share of each slice, with the share that the target allows over its window."""
    allowed = float(1 - slo.target)
    asked = bad_share(share, "avg", raw.by_value(slo))
    length = promql.duration(slices.seconds)
    return Panel(
        "share",
        "Bad share of each slice, and the share allowed",
        f"The bad share at the end of each {length}. Its average over {promql.duration(slo.window)} may be at most {promql.percent(1 - slo.target)}, the line.",
        timeseries("percentunit", ((None, "green"), (allowed, "red")), Axis(high=allowed * 1.1, style="dashed")),
        (Query(queries.few(slo, asked), queries.legend(slo) if slo.per else "bad"),),
        interval=promql.duration(max(slices.seconds, burn.MINUTE)),
    )


def _share(slo: Slo, slices: RatioSlices, options: Options) -> Panel:
    """The share of good events in each slice, with the share that makes a slice good."""
    bound = float(slices.at_least)
    window = promql.duration(slices.seconds + options.scrape_interval)
    good = breakdown.good_share(slices.of, raw.by_value(slo, window))
    return Panel(
        "share",
        "Good events in each slice, and the share needed",
        f"A slice of {promql.duration(slices.seconds)} is good if at least {promql.percent(slices.at_least)} of its events are good.",
        timeseries("percentunit", ((None, "red"), (bound, "green")), Axis(low=bound * 0.9, high=1, style="dashed")),
        (Query(queries.few(slo, good), queries.legend(slo) if slo.per else "good"),),
        interval=promql.duration(max(slices.seconds, options.scrape_interval)),
    )


# Values of `per` labels


def _values(slo: Slo) -> Panel:
    """A table with the budget of each value, the worst first."""
    labels = queries.by(slo)
    asked = (
        f"max by ({labels}) ({queries.chosen('slo:target:ratio', slo)})",
        f"1 - max by ({labels}) ({queries.chosen('slo:error_ratio:period', slo)})",
        f"min by ({labels}) ({queries.left(slo)})",
        f"max by ({labels}) ({queries.chosen('slo:burn_rate:ratio', slo)})",
        f"min by ({labels}) ({queries.chosen('slo:coverage:ratio', slo)})",
    )
    named = " and ".join(slo.per)
    columns = (
        *(Column(label, label) for label in slo.per),
        Column("Value #A", "Target", "percentunit", decimals=3),
        Column("Value #B", "Good", "percentunit", decimals=3),
        Column("Value #C", "Budget left", "percentunit", of_policy(slo), 1),
        Column("Value #D", "Burn rate", "suffix:×", BURNING, 1),
        Column("Value #E", "Coverage", "percentunit", decimals=1),
    )
    return Panel(
        "values",
        text.heading(f"Budgets by {named}, the least first"),
        "Each value has its own budget. Choose values at the top to see only them in all panels.",
        table(columns, "Value #C"),
        tuple(Query(expr, instant=True, format="table") for expr in asked),
    )
