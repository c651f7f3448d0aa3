"""The panels of a histogram: how its values are distributed, and quantiles beside the bounds."""

from __future__ import annotations

from slocompiler import promql
from slocompiler.explain import language
from slocompiler.ir import Slo, Threshold
from slocompiler.targets.grafana import raw, text, units
from slocompiler.targets.grafana.model import Panel, Query
from slocompiler.targets.grafana.panels import PLAIN, Axis, Steps, heatmap, timeseries
from slocompiler.targets.prometheus import breakdown
from slocompiler.targets.shared import Options


def panels(slo: Slo, threshold: Threshold, options: Options) -> tuple[Panel, Panel]:
    """The distribution and the quantiles of a threshold."""
    return _distribution(slo, threshold, options), _quantile(slo, threshold, options)


def _distribution(slo: Slo, threshold: Threshold, options: Options) -> Panel:
    limits = [f"{promql.number(one)}{threshold.unit}" for one in sorted({one.bound for one in threshold.parts})]
    bound = " or ".join(filter(None, (", ".join(limits[:-1]), limits[-1])))
    side = "at most" if threshold.good == "le" else "above"
    return Panel(
        "distribution",
        f"Distribution: good is {side} {bound}",
        "Events per second by value, good and bad.",
        heatmap(units.of_threshold(threshold)),
        (Query(breakdown.distribution(threshold, raw.by_value(slo, "$__rate_interval")), "{{le}}", format="heatmap"),),
        interval=promql.duration(options.scrape_interval),
    )


def _quantile(slo: Slo, threshold: Threshold, options: Options) -> Panel:
    """The quantile at the target: it is on the right side of the bound exactly while the target is met."""
    if threshold.bounded:
        return _quantiles(slo, threshold, options)
    bound, below = float(threshold.bound), threshold.good == "le"
    by = raw.by_value(slo, "$__rate_interval")
    steps: Steps = ((None, "green"), (bound, "red")) if below else ((None, "red"), (bound, "green"))
    shares = [slo.target if below else 1 - slo.target, *([] if slo.per else [type(slo.target)("0.5")])]
    return Panel(
        "quantile",
        f"Value below which {promql.percent(shares[0])} of events stay, and the bound",
        f"While the target is met, it is {'at most' if below else 'above'} the bound, which is the line."
        + (" Events that are bad for another reason do not show here." if threshold.only else ""),
        timeseries(units.of_threshold(threshold), steps, Axis(high=bound * 1.1, style="dashed")),
        tuple(
            Query(breakdown.quantile(threshold, promql.number(share), by), f"{promql.percent(share)} of events")
            for share in shares
        ),
        interval=promql.duration(options.scrape_interval),
    )


def _quantiles(slo: Slo, threshold: Threshold, options: Options) -> Panel:
    """The quantile at the target for each bound: the target is met for all of them together, perhaps not for each."""
    below, by = threshold.good == "le", raw.by_value(slo, "$__rate_interval")
    share = slo.target if below else 1 - slo.target
    return Panel(
        "quantile",
        f"Value below which {promql.percent(share)} of events stay, for each bound",
        f"The target is met if each value is {'at most' if below else 'above'} its bound. It may be met otherwise, too: it counts all events together.",
        timeseries(units.of_threshold(threshold), PLAIN, Axis()),
        tuple(
            Query(
                breakdown.quantile(one, promql.number(share), by),
                text.heading(f"{language.filters(one.histogram.any)} {language.bound(one)}"),
            )
            for one in threshold.parts
        ),
        interval=promql.duration(options.scrape_interval),
    )
