"""The row of one SLO: what was promised, how it stands, how fast it goes, and what to look at when it goes wrong."""

from __future__ import annotations

from slocompiler import promql
from slocompiler.burn import DAY, HOUR, highest, long_window
from slocompiler.explain import language
from slocompiler.explain.words import counted
from slocompiler.ir import RatioSlices, Service, Slices, Slo
from slocompiler.targets.grafana import drilldown, layout, panels, queries
from slocompiler.targets.grafana.model import Panel, Query, Section
from slocompiler.targets.grafana.panels import Axis, stat, timeseries
from slocompiler.targets.grafana.promise import promise
from slocompiler.targets.grafana.text import heading
from slocompiler.targets.grafana.thresholds import (
    COLOURS,
    burn_lines,
    decimals,
    exhaustion_lines,
    in_words,
    of_burn,
    of_page,
    of_policy,
)
from slocompiler.targets.prometheus.series import series
from slocompiler.targets.shared import Options


def row(slo: Slo, service: Service, options: Options) -> Section:
    """Everything about an SLO."""
    title = f"{slo.name}: {slo.title}" if slo.title else slo.name
    title = f"{title} · {language.objective(slo.target, slo.window)}{' · draft' if slo.draft else ''}"
    said = panels.text(
        f"{slo.name}/promise", "The promise", "What was agreed, with whom, and why.", promise(slo, service, options)
    )
    stats = [
        ([(_indicator(slo), 6), (_budget_left(slo), 5), (_coverage(slo), 5)], 4),
        ([(_burning(slo), 4), (_exhausted(slo), 4), (_begins(slo), 4), (_firing(slo), 4)], 4),
    ]
    rates = [([(_burn_down(slo), 12), (_burn_rates(slo), 12)], 8)]
    below = [*rates, *drilldown.lines(slo, _rates(slo, options), options)]
    return layout.section(slo.name, heading(title), layout.beside(said, 8, stats), below)


# How it stands


def _indicator(slo: Slo) -> Panel:
    ratio = float(slo.target)
    which = ", of the value that is worst" if slo.per else ""
    return Panel(
        f"{slo.name}/sli",
        f"Good over {promql.duration(slo.window)}",
        f"The share of {counted(slo.indicator)} that were good over the whole window{which}, and the objective.",
        stat("percentunit", ((None, "red"), (ratio, "green")), decimals=decimals(slo)),
        (
            Query(queries.indicated(slo), "good", instant=True),
            Query(queries.worst(slo, "max", queries.chosen("slo:target:ratio", slo)), "objective", instant=True),
        ),
    )


def _budget_left(slo: Slo) -> Panel:
    return Panel(
        f"{slo.name}/budget",
        "Budget left",
        "What is left of the error budget of what was seen, below 0% overspent. The colours change where the policy says so.",
        stat("percentunit", of_policy(slo), decimals=1),
        (Query(queries.worst(slo, "min", queries.remaining(slo)), "budget left", instant=True),),
    )


def _coverage(slo: Slo) -> Panel:
    coverage = queries.chosen("slo:coverage:ratio", slo)
    return Panel(
        f"{slo.name}/coverage",
        "Seen of the window",
        "How much of the window has data. A budget of a window that is half seen is half known.",
        stat("percentunit", ((None, "orange"), (0.999, "green")), decimals=1),
        (Query(queries.worst(slo, "min", coverage), "seen", instant=True),),
    )


def _burning(slo: Slo) -> Panel:
    return Panel(
        f"{slo.name}/burning",
        "Burn rate, last 1h",
        "How many times faster than sustainable the budget goes: at 1× it lasts exactly the window.",
        stat("suffix:×", of_page(slo), decimals=1),
        (Query(queries.worst(slo, "max", queries.chosen("slo:burn_rate:ratio", slo)), "burn rate", instant=True),),
    )


def _exhausted(slo: Slo) -> Panel:
    return Panel(
        f"{slo.name}/exhausted",
        "Exhausted in",
        "When the budget is gone at the rate of the last hour. It lasts while the burn rate is 1× or less.",
        stat("dtdurations", ((None, "red"), (DAY, "orange"), (slo.window, "green")), "it lasts", decimals=1),
        (Query(queries.exhausted_in(slo), "exhausted in", instant=True),),
    )


def _begins(slo: Slo) -> Panel:
    return Panel(
        f"{slo.name}/begins",
        "Data begins",
        "While a part of the window has no data: when the first of them were seen.",
        stat("dateTimeAsIso", ((None, "orange"),), "all is seen"),
        (Query(queries.begins(slo), "data begins", instant=True),),
    )


def _firing(slo: Slo) -> Panel:
    matcher = series("", slo)[1:-1]
    expr = f"count by (severity) ({queries.alerts(matcher)})"
    return Panel(
        f"{slo.name}/firing",
        "Alerts firing",
        "How many alerts of this SLO fire, by severity." + (" A draft has none." if slo.draft else ""),
        stat("short", ((None, "red"),), "none"),
        (Query(expr, "{{severity}}", instant=True),),
    )


# How it goes


def _burn_down(slo: Slo) -> Panel:
    window = promql.duration(slo.window)
    names = queries.legend(slo) if slo.per else "budget left"
    return Panel(
        f"{slo.name}/burn-down",
        f"Budget left over {window}",
        "How the budget went. The lines are where the policy says what to do; the window rolls, so bad days drop out of it.",
        timeseries("percentunit", of_policy(slo), Axis(high=1, style="dashed")),
        (Query(queries.remaining(slo), names),),
        time_from=window,
    )


def _burn_rates(slo: Slo) -> Panel:
    fixed, moving = burn_lines(slo), exhaustion_lines(slo)
    windows = sorted({HOUR, *(long_window(line) for _, line in fixed), *map(long_window, moving)})
    names = [f"{line.severity}: exhausted within {promql.duration(line.within)}" for line in moving]
    asked = list(map(Query, queries.burn_rates(slo, windows), map(promql.duration, windows)))
    asked += [Query(queries.exhaustion_line(slo, line), name) for name, line in zip(names, moving, strict=True)]
    top = float(fixed[0][0]) * 1.1 if fixed else 1.1
    colours = tuple((name, COLOURS[line.severity]) for name, line in zip(names, moving, strict=True))
    return Panel(
        f"{slo.name}/burn-rates",
        "Burn rate, and when alerts fire",
        f"How many times too fast the budget went, over each window that alerts look at.{_told(slo)}",
        timeseries("suffix:×", of_burn(slo), Axis(high=top, style="dashed"), colours),
        tuple(asked),
    )


def _told(slo: Slo) -> str:
    """The lines in words, and how high the burn rate could ever be."""
    others = " Other targets have lines of their own, which are not drawn." if slo.overrides else ""
    most = promql.rounded(highest(slo.target))
    return f"{in_words(slo)} If all {counted(slo.indicator)} were bad it would be {most}×.{others}"


def _rates(slo: Slo, options: Options) -> Panel:
    """Events and bad events; of slices, whether the latest was bad."""
    sliced = isinstance(slo.indicator, Slices | RatioSlices)
    lasting = slo.indicator.seconds if isinstance(slo.indicator, Slices | RatioSlices) else 0
    asked = (
        Query(queries.rate(slo, "events", lasting), "looked at" if sliced else "events"),
        Query(queries.rate(slo, "errors", lasting), "bad"),
    )
    return Panel(
        f"{slo.name}/rates",
        "Slices looked at, and bad" if sliced else "Events and bad events",
        "One for each slice that was looked at, and for each that was bad."
        if sliced
        else "How many a second, as they count for the SLO: without what is excluded.",
        timeseries(
            "short" if sliced else "cps",
            axis=Axis(stepped=sliced, fill=20),
            colours=(("bad", "red"), (asked[0].legend, "blue")),
        ),
        asked,
        interval=promql.duration(max(lasting, options.scrape_interval)),
    )
