"""The row of one SLO: the promise, the current state, the burn rates, and panels that narrow down a cause."""

from __future__ import annotations

from slocompiler import promql
from slocompiler.burn import DAY, HOUR, highest, long_window, slice_of
from slocompiler.explain import language
from slocompiler.explain.words import counted
from slocompiler.ir import Down, Service, Slo
from slocompiler.targets.grafana import drilldown, layout, panels, queries, text
from slocompiler.targets.grafana.model import Panel, Query, Section
from slocompiler.targets.grafana.panels import Axis, stat, timeseries
from slocompiler.targets.grafana.promise import promise
from slocompiler.targets.grafana.text import heading
from slocompiler.targets.grafana.thresholds import (
    COLORS,
    burn_lines,
    decimals,
    exhaustion_lines,
    in_words,
    of_burn,
    of_page,
    of_policy,
)
from slocompiler.targets.prometheus import nodata
from slocompiler.targets.prometheus.series import deployed, series
from slocompiler.targets.shared import Options


def row(slo: Slo, service: Service, options: Options) -> Section:
    """The row of panels of an SLO."""
    title = f"{slo.name}: {slo.title}" if slo.title else slo.name
    title = f"{title} · {language.objective(slo.target, slo.window)}{' · draft' if slo.draft else ''}"
    promised = panels.text(
        f"{slo.name}/promise",
        "Promise",
        "The target, its reason, and the people who agreed to it.",
        promise(slo, service, options),
    )
    stats = [
        ([(_indicator(slo), 6), (_budget_left(slo), 5), (_coverage(slo), 5)], 4),
        ([(_burning(slo), 4), (_exhausted(slo), 4), (_begins(slo), 4), (_firing(slo), 4)], 4),
    ]
    rates = [([(_burn_down(slo), 12), (_burn_rates(slo), 12)], 8)]
    below = [*rates, *drilldown.lines(slo, _rates(slo, options), options)]
    return layout.section(slo.name, heading(title), layout.beside(promised, 8, stats), below)


# Current state


def _indicator(slo: Slo) -> Panel:
    ratio = float(slo.target)
    worst = ", for the worst value" if slo.per else ""
    return Panel(
        f"{slo.name}/sli",
        f"Good over {promql.duration(slo.window)}",
        f"The share of good {counted(slo.indicator)} over the window{worst}, and the target.",
        stat("percentunit", ((None, "red"), (ratio, "green")), decimals=decimals(slo)),
        (
            Query(queries.indicated(slo), "good", instant=True),
            Query(queries.worst(slo, "max", queries.chosen("slo:target:ratio", slo)), "target", instant=True),
        ),
    )


def _budget_left(slo: Slo) -> Panel:
    return Panel(
        f"{slo.name}/budget",
        "Budget left",
        "The error budget left; below 0%, it is overspent. The time before the first data counts as good. Colors change at the steps of the policy.",
        stat("percentunit", of_policy(slo), decimals=1),
        (Query(queries.worst(slo, "min", queries.left(slo)), "budget left", instant=True),),
    )


def _coverage(slo: Slo) -> Panel:
    coverage = queries.chosen("slo:coverage:ratio", slo)
    return Panel(
        f"{slo.name}/coverage",
        "Coverage",
        "The share of the window that has data.",
        stat("percentunit", ((None, "orange"), (0.999, "green")), decimals=1),
        (Query(queries.worst(slo, "min", coverage), "coverage", instant=True),),
    )


def _burning(slo: Slo) -> Panel:
    return Panel(
        f"{slo.name}/burning",
        "Burn rate, last 1h",
        "How fast the budget is spent. At 1×, it lasts exactly the window.",
        stat("suffix:×", of_page(slo), decimals=1),
        (Query(queries.worst(slo, "max", queries.chosen("slo:burn_rate:ratio", slo)), "burn rate", instant=True),),
    )


def _exhausted(slo: Slo) -> Panel:
    return Panel(
        f"{slo.name}/exhausted",
        "Exhausted in",
        "The time until the budget is exhausted at the rate of the last hour. Empty while the burn rate is 1× or less.",
        stat("dtdurations", ((None, "red"), (DAY, "orange"), (slo.window, "green")), "–", decimals=1),
        (Query(queries.exhausted_in(slo), "exhausted in", instant=True),),
    )


def _begins(slo: Slo) -> Panel:
    return Panel(
        f"{slo.name}/begins",
        "Data begins",
        "The time of the first data, while part of the window has none.",
        stat("dateTimeAsIso", ((None, "orange"),), "–"),
        (Query(queries.begins(slo), "data begins", instant=True),),
    )


def _firing(slo: Slo) -> Panel:
    matcher = series("", slo)[1:-1]
    firing = queries.alerts(matcher)
    if any(isinstance(line, Down) for line in slo.alerts):
        job = text.query(promql.quote(nodata.job(slo)["job"]))
        where = "".join(f',{label.name}="{label.value}"' for label in deployed(slo))
        down = queries.down(f'service="{slo.service}",job={job}{where}')
        firing = f"{firing} or {down}"
    expr = f"count by (severity) ({firing})"
    return Panel(
        f"{slo.name}/firing",
        "Alerts firing",
        "Alerts of this SLO and of its job that fire now, by severity." + (" A draft has none." if slo.draft else ""),
        stat("short", ((None, "red"),), "none"),
        (Query(expr, "{{severity}}", instant=True),),
    )


# Over time


def _burn_down(slo: Slo) -> Panel:
    window = promql.duration(slo.window)
    names = queries.legend(slo) if slo.per else "budget left"
    return Panel(
        f"{slo.name}/burn-down",
        f"Budget left over {window}",
        "The error budget left over time. Lines mark the steps of the policy. Bad days drop out as the window rolls.",
        timeseries("percentunit", of_policy(slo), Axis(high=1, style="dashed")),
        (Query(queries.left(slo), names),),
        time_from=window,
    )


def _burn_rates(slo: Slo) -> Panel:
    fixed, moving = burn_lines(slo), exhaustion_lines(slo)
    windows = sorted({HOUR, *(long_window(line) for _, line in fixed), *map(long_window, moving)})
    names = [f"{line.severity}: exhausted within {promql.duration(line.within)}" for line in moving]
    asked = list(map(Query, queries.burn_rates(slo, windows), map(promql.duration, windows)))
    asked += [Query(queries.exhaustion_line(slo, line), name) for name, line in zip(names, moving, strict=True)]
    top = float(fixed[0][0]) * 1.1 if fixed else 1.1
    colors = tuple((name, COLORS[line.severity]) for name, line in zip(names, moving, strict=True))
    return Panel(
        f"{slo.name}/burn-rates",
        "Burn rate, and when alerts fire",
        f"How fast the budget was spent, over each window of the alerts.{_limits(slo)}",
        timeseries("suffix:×", of_burn(slo), Axis(high=top, style="dashed"), colors),
        tuple(asked),
    )


def _limits(slo: Slo) -> str:
    """The alert lines in words, and the highest possible burn rate."""
    others = " The lines of other targets are not drawn." if slo.overrides else ""
    most = promql.rounded(highest(slo.target))
    return f"{in_words(slo)} If all {counted(slo.indicator)} were bad, it would be {most}×.{others}"


def _rates(slo: Slo, options: Options) -> Panel:
    """The rates of events and bad events; for slices, whether the latest slice was bad."""
    lasting = slice_of(slo)
    sliced = lasting > 0
    asked = (
        Query(queries.rate(slo, "events", lasting), "checked" if sliced else "events"),
        Query(queries.rate(slo, "errors", lasting), "bad"),
    )
    return Panel(
        f"{slo.name}/rates",
        "Slices and bad slices" if sliced else "Events and bad events",
        "1 for each slice that was checked, and 1 for each bad slice."
        if sliced
        else "Events per second, without excluded ones.",
        timeseries(
            "short" if sliced else "cps",
            axis=Axis(stepped=sliced, fill=20),
            colors=(("bad", "red"), (asked[0].legend, "blue")),
        ),
        asked,
        interval=promql.duration(max(lasting, options.scrape_interval)),
    )
