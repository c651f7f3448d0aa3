"""The tables of SLOs and of pages, on the overview and on each service's dashboard."""

from __future__ import annotations

from collections.abc import Iterable

from slocompiler import promql
from slocompiler.ir import SEVERITIES, Severity, Slo
from slocompiler.targets.grafana import deployments, queries, states
from slocompiler.targets.grafana.model import Panel, Query
from slocompiler.targets.grafana.now import GONE
from slocompiler.targets.grafana.panels import Column, Shown, Steps, table
from slocompiler.targets.grafana.thresholds import BURNING, COLORS, LEFT, SOON
from slocompiler.targets.shared import Options, dashboard_uid

SHIFTS = (("12h", "5m"), ("7d", "15m"), ("30d", "15m"))
"""The times over which pages are counted, and their steps: a page that comes again within one is the same. The first is
a shift, whose newest page is to be seen; in longer times, small steps are slow."""
INCIDENTS = 2
"""The most incidents a shift can follow up: "Being On-Call", Site Reliability Engineering, chapter 11."""
FIRST, LAST = 1_000_000, 1_000_000_000
"""Ranks: pages come before any budget, drafts after all."""
NO_DATA = Shown("-1", "no data", "text")


class Fleet:
    """Queries about all SLOs of a scope. `scope` selects their `slo:info`, `matchers` their other series."""

    def __init__(self, scope: str, matchers: str, options: Options) -> None:
        self.scope, self.matchers, self.options = scope, matchers, options
        self.key = deployments.key(options)

    def info(self, *matchers: str) -> str:
        """The `slo:info` of the SLOs in the scope, or of some of them."""
        return f"slo:info{{{','.join((self.scope, *matchers))}}}"

    def known(self, *matchers: str) -> str:
        """The same, also if the rules were evaluated lately and are not any more. After an edited label, an SLO briefly has two series."""
        return f"({self.info(*matchers)} or on ({self.key}) {self.lately(*matchers)})"

    def lately(self, *matchers: str) -> str:
        """The SLOs whose rules were evaluated lately, or still are."""
        return f"last_over_time({self.info(*matchers)}[{states.REMEMBERED}])"

    def each(self, number: object, info: str) -> str:
        """A number for each SLO that an expression of `slo:info` selects."""
        return f"{number} * max by ({self.key}) ({info})"

    def drafts(self, number: object) -> str:
        """A number for each draft."""
        return self.each(number, self.known('draft="true"'))

    def among(self, expr: str) -> str:
        """An expression by the key, for the SLOs in the scope."""
        return f"{expr} and on ({self.key}) {self.info()}"

    def final(self, expr: str) -> str:
        """An expression by the key, for the SLOs in the scope that are no drafts."""
        final = self.info('draft="false"')
        return f"{expr} and on ({self.key}) {final}"

    def of(self, state: str) -> str:
        """The SLOs that are in a state, whatever else they are."""
        return states.of(state, self.matchers, self.key)

    def left(self) -> str:
        """The least budget left of each SLO."""
        return f"min by ({self.key}) (slo:budget_left:ratio{{{self.matchers}}})"

    def burn_rate(self) -> str:
        """The highest burn rate of each SLO over the last hour."""
        return f"max by ({self.key}) (slo:burn_rate:ratio{{{self.matchers}}})"

    def worst(self, name: str, fold: str, pick: str) -> str:
        """A recorded series over time, of the SLOs that were the worst when it was last recorded; drafts are never among them."""
        every, by, on = f"{name}{{{self.matchers}}}", f"{fold} by ({self.key})", f"and on ({self.key})"
        final, last = self.info('draft="false"'), f"[{states.REMEMBERED}] @ end())"
        known = f"{by} (last_over_time({every}{last}) {on} last_over_time({final}{last}"
        return f"{by} ({every}) {on} {pick}({queries.MOST}, {known})"

    def firing(self, severity: Severity) -> str:
        """The number of firing alerts of each SLO; a job that is down counts for the SLOs of its service about it."""
        which = self.matchers, queries.of_severity(severity, self.options)
        on = self.key.replace("slo", "service, job", 1)
        of_jobs = f"{self.info()} and on ({on}) {queries.down(*which)}"
        return f"count by ({self.key}) ({queries.alerts(*which)} or {of_jobs})"

    def state(self) -> str:
        """The numbers of states; those of drafts are higher."""
        draft = f"{self.drafts(states.DRAFT)} or {self.each(0, self.known())}"
        return f"({states.number(self.matchers, self.key)}) + on ({self.key}) ({draft})"

    def exhausted_in(self, windows: set[int]) -> str:
        """Seconds until each budget is exhausted at the current rate. The window is a label of `slo:info`, not a number."""
        seconds = " or ".join(
            self.each(window, self.info(f'window="{promql.duration(window)}"')) for window in sorted(windows)
        )
        fast = f"slo:budget_left:ratio{{{self.matchers}}} / (slo:burn_rate:ratio{{{self.matchers}}} > 1)"
        lasting = f"min by ({self.key}) ({fast}) * on ({self.key}) ({seconds})"
        gone = f"clamp_min({self.left()} <= 0, {queries.GONE})"
        return f"{gone} or {lasting} or ({self.each(NO_DATA.value, self.info())} unless on ({self.key}) {self.left()})"

    def severity(self) -> str:
        """The most urgent firing alert of each SLO: 1 is a page. A draft has none."""
        found = (f"{number} + 0 * {self.firing(severity)}" for number, severity in enumerate(SEVERITIES, 1))
        return self.final(f"({' or '.join(found)})")

    def rank(self) -> str:
        """What pages first, then the least budget; no data ranks as an exhausted budget, drafts are last."""
        pages = self.firing("page")
        ranks = (
            f"{self.left()} + on ({self.key}) {self.drafts(LAST)}",
            self.drafts(LAST),
            f"({self.left()} - {FIRST} and on ({self.key}) {pages})",
            f"0 * {pages} - {FIRST}",
            f"{self.left()} <= 0",
            f"0 * ({self.of('no data')})",
            self.left(),
        )
        ranked = self.among(f"({' or '.join(ranks)})")
        return f"{ranked} or {self.each(0, self.known())}"


def slos(fleet: Fleet, windows: set[int], known: Iterable[Slo]) -> Panel:
    """All SLOs of a scope; of those that are known here, some have long names."""
    listed = f"max by ({fleet.key}, title, owner, dashboard) ({_with_uids(fleet.known(), known)})"
    asked = (
        listed,
        fleet.rank(),
        fleet.state(),
        fleet.final(fleet.left()),
        fleet.final(fleet.burn_rate()),
        fleet.final(f"({fleet.exhausted_in(windows)})"),
        fleet.severity(),
    )
    return Panel(
        "/slos",
        "SLOs: what pages now, then the least budget",
        "An SLO with a budget for each value of a label shows its worst value. The time before the first data counts as"
        " good. SLOs without data rank as exhausted; drafts are last, without figures. A job that is down counts for the SLOs"
        " about it. An SLO leads to its own dashboard.",
        table(_columns(fleet.options), "Value #B"),
        tuple(Query(expr, instant=True, format="table") for expr in asked),
    )


def _with_uids(info: str, known: Iterable[Slo]) -> str:
    """`slo:info` with the uid of the SLO's dashboard as a label, which is derived from `slo` unless it is a hash."""
    asked = f'label_replace({info}, "dashboard", "sloc-${{1}}_$2", "slo", "(.*)/(.*)")'
    for slo in known:
        uid = dashboard_uid(slo.id)
        if uid != f"sloc-{slo.service}_{slo.name}":
            asked = f'label_replace({asked}, "dashboard", "{uid}", "slo", "{slo.id}")'
    return asked


def _columns(options: Options) -> tuple[Column, ...]:
    severities = tuple(Shown(str(number), severity, COLORS[severity]) for number, severity in enumerate(SEVERITIES, 1))
    return (
        Column("slo", "SLO", link=deployments.link(options), width=220),
        *(Column(label, label, width=90) for label in options.deployment_labels()),
        Column("title", "Title"),
        Column("owner", "Owner", width=130),
        Column("Value #G", "Firing", shown=severities, width=80),
        Column("Value #C", "State", shown=states.shown(), width=130),
        Column("Value #D", "Budget left", "percentunit", LEFT, 1, width=100),
        Column("Value #E", "Burn rate", "suffix:×", BURNING, 1, width=90),
        Column("Value #F", "Exhausted in", "dtdurations", SOON, 1, shown=(GONE, NO_DATA), width=190),
        Column("dashboard", "dashboard", is_hidden=True),
    )


def pages(scope: str, options: Options) -> Panel:
    """The number of pages that began in the last shift, week and 30 days, by owner. A job that is down pages once."""
    page = queries.alerts(scope, queries.of_severity("page", options))
    named = [f"Last {time}" for time, _ in SHIFTS]
    busy: Steps = ((None, "text"), (INCIDENTS + 1, "red"))
    shift, *longer = (Column(f"Value #{ref}", name, "short") for ref, name in zip("ABC", named, strict=True))
    return Panel(
        "/pages",
        "Pages by owner",
        f"Pages that began. More than {INCIDENTS} incidents in a shift of {SHIFTS[0][0]} leave no time to follow up on each.",
        table((Column("owner", "Owner"), shift._replace(steps=busy), *longer), "Value #C", is_descending=True),
        tuple(
            Query(f"sum by (owner) ({_begun(page, time, step)})", instant=True, format="table") for time, step in SHIFTS
        ),
    )


def _begun(alert: str, time: str, step: str) -> str:
    """The number of times that each alert began to fire: it fired within a step, and not within the one before."""
    fired = f"last_over_time({alert}[{step}]"
    return f"count_over_time(({fired}) unless {fired} offset {step}))[{time}:{step}])"
