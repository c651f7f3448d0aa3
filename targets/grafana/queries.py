"""The queries of one SLO's panels: recorded series and alerts of the Prometheus target."""

from __future__ import annotations

import re
from typing import Literal
from zlib import crc32

from slocompiler import burn, promql
from slocompiler.burn import highest
from slocompiler.ir import Exhausted, Severity, Slo
from slocompiler.targets.grafana import text
from slocompiler.targets.prometheus import budget, nodata
from slocompiler.targets.prometheus.series import deployed, history, series
from slocompiler.targets.shared import ALERTNAMES, DOWN, Options, severity_name

GONE, LASTS = 0, 10**12
"""The time until an exhausted budget is exhausted, and one that lasts: Grafana does not tell NaN from no data."""
MOST = 10
"""The number of values of the `per` labels that a time series shows."""


def names(severity: Severity, options: Options) -> tuple[str, ...]:
    """The values of the label `severity`: the project's and its deployments' names for it."""
    deployments = options.deployments or (None,)
    return tuple(dict.fromkeys(severity_name(severity, one, options) for one in deployments))


def of_severity(severity: Severity, options: Options, op: Literal["=", "!="] = "=") -> str:
    """The matcher of alerts of this severity; with `!=`, of all others."""
    found = names(severity, options)
    if len(found) == 1:
        return f"severity{op}{text.query(promql.quote(found[0]))}"
    return f"severity{op[0]}~{text.query(promql.quote('|'.join(map(re.escape, found))))}"


def alerts(*matchers: str) -> str:
    """The firing alerts. Those of a job that is down have no label `slo`: they are once for a service and its job."""
    return f'ALERTS{{alertname=~"{"|".join(ALERTNAMES)}",{",".join(matchers)},alertstate="firing"}}'


def down(*matchers: str) -> str:
    """The firing alerts of jobs that are down."""
    return f'ALERTS{{alertname="{DOWN}",{",".join(matchers)},alertstate="firing"}}'


def of_slo(slo: Slo, *matchers: str) -> str:
    """The firing alerts of an SLO, and of the jobs that its events come from; a draft has neither."""
    own, job = alerts(series("", slo)[1:-1], *matchers), nodata.job(slo)
    if not job or slo.draft:
        return own
    where = [f'service="{slo.service}"', *(f'{label.name}="{label.value}"' for label in deployed(slo))]
    named = f"job={text.query(promql.quote(job['job']))}"
    return f"{own} or {down(*where, named, *matchers)}"


# `per` labels become variables


def variable(label: str) -> str:
    """The name of the variable of a `per` label."""
    if promql.LABEL.match(label):
        return f"per_{label}"
    return f"per_{re.sub(r'[^a-zA-Z0-9_]', '_', label)}_{crc32(label.encode()):08x}"


def chosen(name: str, slo: Slo) -> str:
    """A recorded series of the SLO, for the chosen values of its `per` labels."""
    return _narrowed(series(name, slo), slo)


def traced(name: str, slo: Slo, fold: str = "", within: str = "") -> str:
    """The same over the time range of a panel, also while the SLO had another name; with a `fold`, of each range."""
    selected = f"{_narrowed(history(name, slo), slo)}{within}"
    selected = f"{fold}_over_time({selected})" if fold else selected
    return f"max by ({by(slo)}) ({selected})" if slo.formerly else selected


def _narrowed(selector: str, slo: Slo) -> str:
    matchers = "".join(f',{text.query(promql.label_name(label))}=~"${variable(label)}"' for label in slo.per)
    return f"{selector[:-1]}{matchers}}}"


def by(slo: Slo) -> str:
    """The `per` labels, for `by (…)` and `on (…)`."""
    return text.query(", ".join(map(promql.label_name, slo.per)))


def legend(slo: Slo) -> str:
    """The legend of the lines of the values; Grafana chooses it for label names in UTF-8."""
    plain = all(map(promql.LABEL.match, slo.per))
    return " ".join(f"{{{{{label}}}}}" for label in slo.per) if plain else "__auto"


def few(slo: Slo, expr: str) -> str:
    """An expression for the values of the `per` labels with the least budget at the end of the time range."""
    return f"{expr} and on ({by(slo)}) bottomk({MOST}, {left(slo)} @ end())" if slo.per else expr


# Now


def left(slo: Slo) -> str:
    """The budget left, for each value."""
    return chosen("slo:budget_left:ratio", slo)


def least(slo: Slo) -> str:
    """The budget left, of the value that has the least."""
    return f"bottomk(1, {left(slo)})" if slo.per else left(slo)


def good(slo: Slo) -> str:
    """The share of good events over the window, of the value with the least budget."""
    expr = f"1 - {chosen('slo:error_ratio:period', slo)}"
    return f"{expr} and on ({by(slo)}) {least(slo)}" if slo.per else expr


def target(slo: Slo) -> str:
    """The target of the value with the least budget; none without a budget."""
    return f"{chosen('slo:target:ratio', slo)} and on ({by(slo)}) {least(slo)}"


def burn_rate(slo: Slo) -> str:
    """The burn rate over the last hour, of the value that burns fastest."""
    expr = chosen("slo:burn_rate:ratio", slo)
    return f"max({expr})" if slo.per else expr


def coverage(slo: Slo) -> str:
    """The share of the window that has data, of the value that has the least."""
    return f"min({chosen('slo:coverage:ratio', slo)})"


def exhausted_in(slo: Slo) -> str:
    """Seconds until the first budget is exhausted at the current rate: LASTS if all last, no result without data."""
    lasting = f"{left(slo)} / ({chosen('slo:burn_rate:ratio', slo)} > 1) * {slo.window}"
    return f"min(clamp_min({left(slo)} <= 0, 0) or {lasting} or {left(slo)} * 0 + {LASTS})"


def firing(slo: Slo) -> str:
    """The number of firing alerts by severity; 0 if none fires, no result if the rules are not evaluated."""
    return f"count by (severity) ({of_slo(slo)}) or on () 0 * max({series('slo:info', slo)})"


# Over time


def has_targets(slo: Slo) -> bool:
    """Whether an SLO has several targets, for some values or in some deployments."""
    return bool(slo.overrides) or any(one.target != slo.target for one in slo.variants)


def share(slo: Slo, window: int) -> str:
    """The share of bad events over a window in seconds, as alerts compare it: of an SLO with several targets, the burn rate."""
    expr = traced(f"slo:error_ratio:rate{promql.duration(window)}", slo)
    if has_targets(slo):
        expr = f"{expr} / (1 - {traced('slo:target:ratio', slo)})"
    return budget.burn_rate(slo, expr, window)


def peaks(slo: Slo) -> str:
    """The largest share of bad events over five minutes in each step: no error is lost between two points."""
    expr = traced("slo:error_ratio:rate5m", slo, "max", "[$__interval]")
    if has_targets(slo):
        expr = f"{expr} / (1 - {traced('slo:target:ratio', slo)})"
    return few(slo, expr)


def left_then(slo: Slo) -> str:
    """The budget left over time, of the values that have the least now."""
    return few(slo, traced("slo:budget_left:ratio", slo))


def exhaustion_line(slo: Slo, line: Exhausted) -> str:
    """The share of bad events above which the line fires, with the budget left; no share is above 1."""
    moving = budget.exhausting(slo, line.within, traced("slo:budget_left:ratio", slo))
    moving = f"min({moving})" if slo.per else moving
    allowed = promql.number(burn.budget(slo.target))
    return f"clamp_max({moving}, {promql.number(highest(slo.target))}){'' if has_targets(slo) else f' * {allowed}'}"


def rate(slo: Slo, what: str, lasting: int) -> str:
    """Events or errors per second. A value holds for `lasting` seconds, for long slices longer than Prometheus looks back."""
    longer = ("last", f"[{promql.duration(lasting)}]") if lasting > 300 else ()
    recorded = traced(f"slo:{what}:rate5m", slo, *longer)
    return f"sum({recorded})" if slo.per else recorded
