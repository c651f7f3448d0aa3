"""Alerting rules: `SLOBurn`, one per severity; `SLOBudget`, one per line; `SLONoData`."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from slocompiler import burn, promql
from slocompiler.ir import SEVERITIES, Burn, Exhausted, Filter, NoData, Remaining, Severity, Slo
from slocompiler.targets.prometheus import budget, nodata, schedule
from slocompiler.targets.prometheus.rule import Groups, Rule
from slocompiler.targets.prometheus.series import identity, ratio, series
from slocompiler.targets.prometheus.texts import Annotations, Texts, literal
from slocompiler.targets.shared import Options, severity_name

KEEP_FIRING = "5m"
"""A page that flickers is one page, where the server can hold it."""


def add_alerts(groups: Groups, slo: Slo, owner: str, options: Options) -> None:
    """Put every alerting rule into the group of its slowest input."""
    if not slo.alerts and not budget_lines(slo):
        return
    said, quick, every = Texts(slo, options), schedule.quick(slo, groups), _branches(slo)
    for severity in SEVERITIES:
        branches = [branch for branch in every if branch.line.severity == severity]
        if branches:
            slow = schedule.waits(branch.line for branch in branches)
            (groups.budget if slow else quick).rules.append(_burn(slo, owner, severity, branches, said, options))
    groups.budget.rules.extend(_budget(slo, owner, said, options))
    lines = [line for line in slo.alerts if isinstance(line, NoData)]
    if lines and (gone := nodata.condition(slo, options)):
        quick.rules.extend(_no_data(slo, owner, line, gone, said, options) for line in lines)


def _alert(
    name: str,
    expr: str,
    slo: Slo,
    about: tuple[str, Severity],
    lasting: str,
    text: Annotations,
    options: Options,
    **more: str,
) -> Rule:
    """A rule with identity, addressee, the project's and the SLO's own labels; `about` is owner and severity.

    Prometheus reads templates in the labels of alerts: braces are escaped.
    """
    owner, severity = about
    own = {label: literal(value) for label, value in identity(slo).items()}
    own |= {"severity": literal(severity_name(severity, slo.deployment, options)), "owner": literal(owner)}
    edited = {**options.labels, **{label.name: label.value for label in slo.labels}}
    labels = own | more | {label: literal(value) for label, value in edited.items()}
    keep = KEEP_FIRING if severity == "page" and promql.is_version_3(options.server) else ""
    return Rule(name, expr, labels, lasting, text, keep)


def _waits(severity: Severity) -> str:
    return promql.duration(burn.TICKET_WAITS) if severity == "ticket" else ""


def _left(slo: Slo) -> str:
    return budget.left(slo, series("slo:budget_remaining:ratio", slo))


# SLOBurn


class _Branch(NamedTuple):
    """A burn or exhaustion line for one of the SLO's targets: that of `of`, and of no earlier one."""

    line: Burn | Exhausted
    target: Decimal
    of: Filter
    without: tuple[Filter, ...]


def _branches(slo: Slo) -> list[_Branch]:
    """Every line for every target: overrides in their order, the first that matches wins, then the rest."""
    branches = []
    earlier: tuple[Filter, ...] = ()
    for filter_, target, alerts in (
        *((o.filter, o.target, o.alerts) for o in slo.overrides),
        ((), slo.target, slo.alerts),
    ):
        branches += [_Branch(a, target, filter_, earlier) for a in alerts if isinstance(a, Burn | Exhausted)]
        earlier = (*earlier, filter_)
    return branches


def _burn(slo: Slo, owner: str, severity: Severity, branches: list[_Branch], said: Texts, options: Options) -> Rule:
    """One rule for all lines of a severity: one incident alerts once, and the first line that is met wins."""
    expr = "\nor\n".join(_condition(slo, branch, options) for branch in branches)
    text = said.burning(sorted({burn.long_window(branch.line) for branch in branches}), _left(slo))
    return _alert("SLOBurn", expr, slo, (owner, severity), _waits(severity), text, options)


def _condition(slo: Slo, branch: _Branch, options: Options) -> str:
    """Burn rates over a long and a short window, both above the line; `$value` is the first of them."""
    line, b = branch.line, promql.number(burn.budget(branch.target))
    window = burn.long_window(line)
    if isinstance(line, Burn):
        above = promql.number(burn.line_factor(line, branch.target, slo.window))
    else:
        above = budget.exhausting(slo, line.within, _left(slo))
    short = schedule.short_window(slo, window, options)
    chosen = " unless ".join([ratio(slo, window, branch.of), *(ratio(slo, window, f) for f in branch.without)])
    chosen = f"({chosen})" if branch.without else chosen
    conditions = [f"{rate} / {b} > {above}" for rate in (chosen, ratio(slo, short, branch.of))]
    if line.needs > 1:  # one there is where the ratio is above the line; a sum would see it five minutes later
        seen = (
            line.needs if burn.slice_of(slo) else burn.NEEDS_SEEN * line.needs
        )  # slices are counted, not extrapolated
        conditions.append(f"{_bad_events(slo, window, options)} >= {promql.number(seen)}")
    return "\nand ".join(conditions)


def _bad_events(slo: Slo, window: int, options: Options) -> str:
    """How many events were bad in the last `window` seconds."""
    if window >= burn.DAY:
        return f"sum_over_time({series('slo:errors:increase5m', slo)}[{promql.duration(window)}])"
    return schedule.counted(slo, "errors", promql.duration(window), options)


# SLOBudget


def budget_lines(slo: Slo) -> list[tuple[Severity, Fraction, str]]:
    """The lines `when budget below P`, and the policy's steps that notify: severity, P, what is to be done."""
    wanted: list[tuple[Severity, Fraction, str]] = [
        (line.severity, Fraction(line.below), "") for line in slo.alerts if isinstance(line, Remaining)
    ]
    if slo.alerts:  # a step notifies neither for drafts nor under `alerts none`
        wanted += [("notify", Fraction(step.below), step.action) for step in slo.policy if step.notify]
    return wanted


def _budget(slo: Slo, owner: str, said: Texts, options: Options) -> list[Rule]:
    return [
        _alert(
            "SLOBudget",
            f"{_left(slo)} < {promql.number(below)}",
            slo,
            (owner, severity),
            _waits(severity),
            said.budget(below, action),
            options,
            below=promql.percent(below),
        )
        for severity, below, action in budget_lines(slo)
    ]


# SLONoData


def _no_data(slo: Slo, owner: str, line: NoData, gone: str, said: Texts, options: Options) -> Rule:
    """Waits for what is left of the time that was asked for when data are seen to be gone."""
    waits = max(line.lasting - nodata.delay(slo), 0)
    about = (owner, line.severity)
    wait = promql.duration(waits) if waits else ""
    return _alert("SLONoData", gone, slo, about, wait, said.no_data(line.lasting), options)
