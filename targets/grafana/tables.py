"""The table of SLOs, the least budget first, on the overview and on each service's dashboard."""

from __future__ import annotations

from slocompiler.targets.grafana import deployments, queries
from slocompiler.targets.grafana.model import Panel, Query
from slocompiler.targets.grafana.panels import Column, Steps, table
from slocompiler.targets.grafana.queries import among, or_else
from slocompiler.targets.grafana.thresholds import LEFT
from slocompiler.targets.shared import Options

LINK = "/d/${__data.fields.Dashboard}"


def slos(scope: str, matchers: str, windows: set[int], options: Options, uids: str) -> Panel:
    """All SLOs in `scope`; `matchers` select their recorded series, `uids` is `INFO` with the uids of dashboards."""
    key = deployments.key(options)
    pages, others = (queries.firing(matchers, queries.page(options, op), scope, options) for op in ("=", "!="))
    asked = (
        uids.replace("INFO", queries.info(scope, key)),
        among(f"max by ({key}) (slo:target:ratio{{{matchers}}})", scope, key),
        among(f"1 - max by ({key}) (slo:error_ratio:period{{{matchers}}})", scope, key),
        among(f"min by ({key}) (slo:budget_left:ratio{{{matchers}}})", scope, key),
        among(f"min by ({key}) (slo:coverage:ratio{{{matchers}}})", scope, key),
        among(f"max by ({key}) (slo:burn_rate:ratio{{{matchers}}})", scope, key),
        or_else(among(queries.exhaustions(matchers, windows, key), scope, key), "NaN", scope, key),
        or_else(among(f"count by ({key}) ({pages})", scope, key), "0", scope, key),
        or_else(among(f"count by ({key}) ({others})", scope, key), "0", scope, key),
    )
    return Panel(
        "/slos",
        "SLOs, the least budget first",
        "An SLO with a budget for each value of a label shows its worst value. In a budget, the time"
        " before the first data counts as good: see the coverage. A job that is down counts for all SLOs of its service.",
        table(_columns(options), "Budget left"),
        tuple(Query(expr, instant=True, format="table") for expr in asked),
    )


def _columns(options: Options) -> tuple[Column, ...]:
    lasting: Steps = ((None, "text"), (0, "orange"))
    firing: Steps = ((None, "text"), (1, "red"))
    page = LINK + deployments.link(options)
    return (
        Column("slo", "SLO", link=page, width=200),
        *(Column(label, label, width=90) for label in options.deployment_labels()),
        Column("title", "Title"),
        Column("owner", "Owner", width=110),
        Column("Value #B", "Target", "percentunit", decimals=3, width=80),
        Column("Value #C", "Good", "percentunit", decimals=3, width=80),
        Column("window", "Over", width=55),
        Column("Value #D", "Budget left", "percentunit", LEFT, 1, width=95),
        Column("Value #E", "Coverage", "percentunit", ((None, "orange"), (0.999, "text")), 1, width=85),
        Column("Value #F", "Burn rate", "suffix:×", ((None, "green"), (1, "orange")), 1, width=80),
        Column("Value #G", "Exhausted in", "dtdurations", lasting, 1, shown=(("nan", "–"),), width=145),
        Column("Value #H", "Pages", "short", firing, width=60),
        Column("Value #I", "Tickets", "short", firing, width=65),
        Column("draft", "Draft", shown=(("true", "draft"), ("false", "")), width=55),
        Column("dashboard", "Dashboard", link=page, width=110),
    )
