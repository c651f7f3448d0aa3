"""The queries of panels: recorded series and alerts of the Prometheus target."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal
from zlib import crc32

from slocompiler import burn, promql
from slocompiler.ir import Exhausted, Slo
from slocompiler.targets.grafana import text
from slocompiler.targets.prometheus import budget
from slocompiler.targets.prometheus.series import series
from slocompiler.targets.shared import ALERTNAMES, DOWN, Options, severity_name

USUAL_WINDOWS = (7 * burn.DAY, 28 * burn.DAY, 30 * burn.DAY, 90 * burn.DAY)
"""Windows that the overview always knows, so that it is the same if only part of the program is built."""


def page(options: Options, op: Literal["=", "!="] = "=") -> str:
    """The matcher of alerts that page, with the project's and its deployments' name for it; with `!=`, of all others."""
    deployments = options.deployments or (None,)
    names = list(dict.fromkeys(severity_name("page", one, options) for one in deployments))
    if len(names) == 1:
        return f"severity{op}{text.query(promql.quote(names[0]))}"
    return f"severity{op[0]}~{text.query(promql.quote('|'.join(map(re.escape, names))))}"


def alerts(scope: str) -> str:
    """The firing alerts of SLOs; `scope` are further matchers."""
    return f'ALERTS{{alertname=~"{"|".join(ALERTNAMES)}",alertstate="firing",{scope}}}'


def firing(matchers: str, severity: str, scope: str, options: Options) -> str:
    """The firing alerts of a severity, with the label `slo`: a job that is down counts for each SLO of its service."""
    own = f"{alerts(matchers)[:-1]},{severity}}}"
    same = ", ".join(("service", *options.deployment_labels()))
    return f"{own} or slo:info{{{scope}}} and on ({same}) {down(f'{matchers},{severity}')}"


def down(scope: str) -> str:
    """The firing alerts of jobs that are down; `scope` are further matchers."""
    return f'ALERTS{{alertname="{DOWN}",alertstate="firing",{scope}}}'


# `per` labels become variables


def variable(label: str) -> str:
    """The name of the variable of a `per` label."""
    if promql.LABEL.match(label):
        return f"per_{label}"
    return f"per_{re.sub(r'[^a-zA-Z0-9_]', '_', label)}_{crc32(label.encode()):08x}"


def chosen(name: str, slo: Slo) -> str:
    """A recorded series of the SLO, for the chosen values of its `per` labels."""
    if not slo.per:  # most have none
        return series(name, slo)
    matchers = "".join(f',{text.query(promql.label_name(label))}=~"${variable(label)}"' for label in slo.per)
    return f"{series(name, slo)[:-1]}{matchers}}}"


def worst(slo: Slo, function: str, expr: str) -> str:
    """The worst of the values of the `per` labels, by `min` or `max`."""
    return f"{function}({expr})" if slo.per else expr


def legend(slo: Slo) -> str:
    """The legend of the lines of the values; Grafana chooses it for label names in UTF-8."""
    plain = all(map(promql.LABEL.match, slo.per))
    return " ".join(f"{{{{{label}}}}}" for label in slo.per) if plain else "__auto"


# One SLO


def indicated(slo: Slo) -> str:
    """The share of good events over the window."""
    return worst(slo, "min", f"1 - {chosen('slo:error_ratio:period', slo)}")


def left(slo: Slo) -> str:
    """The budget left, for each value."""
    return chosen("slo:budget_left:ratio", slo)


def burn_rates(slo: Slo, windows: Iterable[int]) -> Iterator[str]:
    """The burn rate over each window; windows are in seconds."""
    allowed = f"(1 - {chosen('slo:target:ratio', slo)})" if slo.overrides else promql.number(burn.budget(slo.target))
    for window in windows:
        burned = f"{chosen(f'slo:error_ratio:rate{promql.duration(window)}', slo)} / {allowed}"
        yield worst(slo, "max", budget.burn_rate(slo, burned, window))


def exhaustion_line(slo: Slo, line: Exhausted) -> str:
    """The burn rate above which the line fires, with the budget left now."""
    return worst(slo, "min", budget.exhausting(slo, line.within, left(slo)))


def exhausted_in(slo: Slo) -> str:
    """Seconds until the budget is exhausted at the current rate; no result if it lasts."""
    gone = f"clamp_min({left(slo)}, 0) / ({chosen('slo:burn_rate:ratio', slo)} > 1) * {slo.window}"
    return worst(slo, "min", gone)


def begins(slo: Slo) -> str:
    """The time of the first data in milliseconds; no result if data fill the window, the current time before the first step."""
    coverage = series("slo:coverage:ratio", slo)
    step = promql.duration(max(60, slo.window // 720))
    first = f"min_over_time(timestamp({coverage})[{promql.duration(slo.window)}:{step}])"
    return f"min({first} or timestamp({coverage})) * 1000 and on() (min({coverage}) < 1)"


def rate(slo: Slo, what: str, lasting: int) -> str:
    """Events or errors per second. A value holds for `lasting` seconds, for long slices longer than Prometheus looks back."""
    recorded = chosen(f"slo:{what}:rate5m", slo)
    if lasting > 300:
        recorded = f"last_over_time({recorded}[{promql.duration(lasting)}])"
    return f"sum({recorded})" if slo.per else recorded


# All SLOs of a scope, such as `service="shop"`; `key` are the labels that tell them apart


def info(scope: str, key: str) -> str:
    """The labels of `slo:info` as a table with one row per SLO."""
    return f"max by ({key}, service, title, owner, window, draft) (slo:info{{{scope}}})"


def among(expr: str, scope: str, key: str) -> str:
    """An expression by `key`, for the SLOs in scope. After a label is edited, an SLO briefly has two `slo:info` series."""
    return f"{expr} and on ({key}) slo:info{{{scope}}}"


def exhaustions(matchers: str, windows: set[int], key: str) -> str:
    """Seconds until each budget is exhausted at the current rate. The window is a label of `slo:info`, not a number."""
    shares = f"clamp_min(slo:budget_left:ratio{{{matchers}}}, 0) / (slo:burn_rate:ratio{{{matchers}}} > 1)"
    seconds = " or ".join(
        f'{window} * max by ({key}) (slo:info{{{matchers},window="{promql.duration(window)}"}})'
        for window in sorted(windows)
    )
    return f"min by ({key}) ({shares}) * on ({key}) ({seconds})"


def or_else(expr: str, number: str, scope: str, key: str) -> str:
    """An expression by `key`, and a number for the SLOs in scope for which it has no result."""
    return f"{expr} or {number} * max by ({key}) (slo:info{{{scope}}})"


def begun(alert: str, window: str, step: str) -> str:
    """The number of alerts that began to fire in a window: they fire at a step, but not at the one before."""
    return f"count_over_time(({alert} unless {alert} offset {step})[{window}:{step}])"
