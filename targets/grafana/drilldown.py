"""Where to look when it goes wrong: what bad events have in common, how values are spread, what a condition sees."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler import promql
from slocompiler.ir import Gauge, RatioSlices, Slices, Slo, Threshold
from slocompiler.targets.grafana import queries, raw, text, units
from slocompiler.targets.grafana.layout import Line
from slocompiler.targets.grafana.model import Panel, Query
from slocompiler.targets.grafana.panels import PLAIN, Axis, Column, Steps, Unit, bars, heatmap, table, timeseries
from slocompiler.targets.grafana.thresholds import of_policy
from slocompiler.targets.prometheus import breakdown
from slocompiler.targets.prometheus.slices import looked_at
from slocompiler.targets.shared import Options

BY = f"${raw.BY}"
HEIGHT = 8


def lines(slo: Slo, rates: Panel, options: Options) -> Iterator[tuple[Line, int]]:
    """The lines below the burn rates; `rates` is the panel of events, which stands beside what explains it."""
    found = breakdown.counted(slo.indicator)
    beside: list[Panel] = []
    if isinstance(slo.indicator, Slices):
        beside.append(_condition(slo, slo.indicator, options))
    elif isinstance(slo.indicator, RatioSlices):
        beside.append(_share(slo, slo.indicator, options))
    elif breakdown.streams(slo):
        beside += _contributors(slo, options)
    every = [rates, *beside]
    yield [(panel, 24 // len(every)) for panel in every], HEIGHT
    if isinstance(slo.indicator, RatioSlices) and breakdown.streams(slo):
        yield [(panel, 12) for panel in _contributors(slo, options)], HEIGHT
    if isinstance(found, Threshold):
        yield [(_distribution(slo, found, options), 12), (_quantile(slo, found, options), 12)], HEIGHT
    if slo.per:
        yield [(_values(slo), 24)], HEIGHT


# Bad events


def _contributors(slo: Slo, options: Options) -> list[Panel]:
    now = breakdown.bad(slo, raw.by_label(slo, options.server, "$__rate_interval"))
    ranged = breakdown.bad(slo, raw.by_label(slo, options.server, "$__range", "increase"))
    scrape = promql.duration(options.scrape_interval)
    return [
        Panel(
            f"{slo.name}/bad-by",
            f"Bad events a second, by {BY}",
            "What the bad events have in common: choose another label at the top. Straight from the raw series.",
            timeseries("cps", axis=Axis(fill=20)),
            tuple(Query(breakdown.top(expr), f"{{{{{BY}}}}}") for expr in now),
            interval=scrape,
        ),
        Panel(
            f"{slo.name}/top",
            f"Most bad events, by {BY}",
            f"How many there were in the time range, of the {breakdown.TOP} values that had most.",
            bars("short"),
            tuple(Query(f"sort_desc({breakdown.top(expr)})", f"{{{{{BY}}}}}", instant=True) for expr in ranged),
            interval=scrape,
        ),
    ]


# Thresholds


def _distribution(slo: Slo, threshold: Threshold, options: Options) -> Panel:
    bound = f"{promql.number(threshold.bound)}{threshold.unit}"
    side = "at most" if threshold.good == "le" else "above"
    return Panel(
        f"{slo.name}/distribution",
        f"Distribution: good is {side} {bound}",
        "How many events a second had which value, whether they were good or not.",
        heatmap(units.of_threshold(threshold)),
        (Query(breakdown.distribution(threshold, raw.by_value(slo, "$__rate_interval")), "{{le}}", format="heatmap"),),
        interval=promql.duration(options.scrape_interval),
    )


def _quantile(slo: Slo, threshold: Threshold, options: Options) -> Panel:
    """The quantile at the target: it is on the right side of the bound exactly while the objective is met."""
    bound, below, by = float(threshold.bound), threshold.good == "le", raw.by_value(slo, "$__rate_interval")
    steps: Steps = ((None, "green"), (bound, "red")) if below else ((None, "red"), (bound, "green"))
    shares = [slo.target if below else 1 - slo.target, *([] if slo.per else [type(slo.target)("0.5")])]
    return Panel(
        f"{slo.name}/quantile",
        f"What {promql.percent(shares[0])} of events stay below, and the bound",
        f"The objective says that it is {'at most' if below else 'above'} the bound, which is the line."
        + (" Events that are bad for another reason are not in it." if threshold.only else ""),
        timeseries(units.of_threshold(threshold), steps, Axis(high=bound * 1.1, style="dashed")),
        tuple(
            Query(breakdown.quantile(threshold, promql.number(share), by), f"{promql.percent(share)} of events")
            for share in shares
        ),
        interval=promql.duration(options.scrape_interval),
    )


# Slices


def _condition(slo: Slo, slices: Slices, options: Options) -> Panel:
    """What is looked at, with its bound; a raw condition as far as its looks tell."""
    gauge = slices.good_when
    unit: Unit = "short"
    cmp = ""
    bound = 0.0
    if isinstance(gauge, Gauge):
        expr, cmp, bound = looked_at(gauge, raw.by_value(slo)), gauge.cmp, float(gauge.value)
        unit = units.of_gauge(gauge)
    elif split := raw.compared(gauge.expr):
        expr, cmp, bound = text.query(split[0]), split[1], float(split[2])
    else:
        expr = text.query(gauge.expr)
    steps: Steps = PLAIN
    if cmp:
        steps = ((None, "green"), (bound, "red")) if cmp in ("<", "<=") else ((None, "red"), (bound, "green"))
    if cmp in ("==", "!="):
        steps = ((None, "text"), (bound, "blue"))
    axis = Axis(low=min(bound, 0.0), high=bound * 1.1 if bound > 0 else None, style="dashed" if cmp else "off")
    said = (
        f"A slice is good while it is {cmp} {bound:g}, which is the line."
        if cmp
        else "A slice is good while there is something."
    )
    return Panel(
        f"{slo.name}/condition",
        "What slices are judged by, and the bound" if cmp else "What slices are judged by",
        f"{said} Looked at every {promql.duration(slices.seconds)}.",
        timeseries(unit, steps, axis),
        (Query(expr, queries.legend(slo) if slo.per else "__auto"),),
        interval=promql.duration(max(slices.seconds, options.scrape_interval)),
    )


def _share(slo: Slo, slices: RatioSlices, options: Options) -> Panel:
    """The share of good events in each slice, with the share that makes it a good one."""
    bound = float(slices.at_least)
    window = promql.duration(slices.seconds + options.scrape_interval)
    return Panel(
        f"{slo.name}/share",
        "Good events in a slice, and how many it needs",
        f"A slice of {promql.duration(slices.seconds)} is good while {promql.percent(slices.at_least)} of its events are.",
        timeseries("percentunit", ((None, "red"), (bound, "green")), Axis(low=bound * 0.9, high=1, style="dashed")),
        (
            Query(
                breakdown.good_share(slices.of, raw.by_value(slo, window)), queries.legend(slo) if slo.per else "good"
            ),
        ),
        interval=promql.duration(max(slices.seconds, options.scrape_interval)),
    )


# Values of `per` labels


def _values(slo: Slo) -> Panel:
    """Every value with its own budget, worst first."""
    labels = text.query(", ".join(map(promql.label_name, slo.per)))
    asked = (
        f"max by ({labels}) ({queries.chosen('slo:target:ratio', slo)})",
        f"1 - max by ({labels}) ({queries.chosen('slo:error_ratio:period', slo)})",
        f"min by ({labels}) ({queries.remaining(slo)})",
        f"max by ({labels}) ({queries.chosen('slo:burn_rate:ratio', slo)})",
        f"min by ({labels}) ({queries.chosen('slo:coverage:ratio', slo)})",
    )
    named = " and ".join(slo.per)
    columns = (
        *(Column(label, label) for label in slo.per),
        Column("Value #A", "Objective", "percentunit", decimals=3),
        Column("Value #B", "Good", "percentunit", decimals=3),
        Column("Value #C", "Budget left", "percentunit", of_policy(slo), 1),
        Column("Value #D", "Burn rate", "suffix:×", ((None, "green"), (1, "orange")), 1),
        Column("Value #E", "Seen", "percentunit", decimals=1),
    )
    return Panel(
        f"{slo.name}/values",
        text.heading(f"Budgets by {named}, worst first"),
        "Every value has a budget of its own. Choose some at the top to see only them in all panels.",
        table(columns, "Budget left"),
        tuple(Query(expr, instant=True, format="table") for expr in asked),
    )
