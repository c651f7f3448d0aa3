"""The alerting rules of an SLO: `SLOBurn`, one for each severity; `SLOBudget` and `SLONoData`, one for each line."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from slocompiler import burn, promql
from slocompiler.ir import SEVERITIES, Burn, Exhausted, Filter, NoData, Remaining, Service, Severity, Slo
from slocompiler.record import replace, value
from slocompiler.targets.prometheus import budget, exception, nodata, schedule, unclassified
from slocompiler.targets.prometheus.options import chosen
from slocompiler.targets.prometheus.rule import Groups, Rule
from slocompiler.targets.prometheus.series import identity, on, over_time, ratio
from slocompiler.targets.prometheus.texts import Annotations, Texts
from slocompiler.targets.prometheus.wording import literal
from slocompiler.targets.shared import Options, severity_name


def add_alerts(groups: Groups, slo: Slo, service: Service, options: Options) -> None:
    """Add every alerting rule to the group of its slowest input."""
    if not slo.alerts and not budget_lines(slo):
        return
    owner, texts = service.owner, Texts(slo, service, options)
    quick, every = schedule.quick(slo, groups), _branches(slo)
    for severity in SEVERITIES:
        branches = [branch for branch in every if branch.line.severity == severity]
        pages = [branch for branch in every if branch.line.severity == "page"] if severity == "ticket" else []
        if branches:
            slow = schedule.waits(branch.line for branch in (*branches, *pages))
            rule = _burn(slo, (owner, severity), branches, pages, texts, options)
            (groups.budget if slow else quick).rules.append(rule)
    groups.budget.rules.extend(_budget(slo, owner, texts, options))
    for line in (line for line in slo.alerts if isinstance(line, NoData)):  # they read days: once a minute is enough
        groups.budget.rules.extend(_no_data(slo, owner, line, texts, options))


def alert(
    name: str,
    expr: str,
    slo: Slo,
    about: tuple[str, Severity],
    lasting: str,
    text: Annotations,
    options: Options,
    **more: str,
) -> Rule:
    """An alerting rule with the labels of the SLO and of the project, and `more`; `about` is the owner and the severity.

    Prometheus reads the labels of alerts as templates, so braces in them are escaped.
    """
    owner, severity = about
    own = {label: literal(value) for label, value in identity(slo).items()}
    own |= {"severity": literal(severity_name(severity, slo.deployment, options)), "owner": literal(owner)}
    edited = {**options.labels, **{label.name: label.value for label in slo.labels}}
    labels = own | {label: literal(value) for label, value in (more | edited | more).items()}
    return Rule(name, expr, labels, lasting, text)


def _waits(severity: Severity) -> str:
    return promql.duration(burn.TICKET_WAITS) if severity == "ticket" else ""


# SLOBurn


@value()
class _Branch:
    """A burn or exhaustion line of one target of the SLO, for the values of `of` without those of earlier targets."""

    line: Burn | Exhausted
    target: Decimal
    of: Filter
    without: tuple[Filter, ...]


def _branches(slo: Slo) -> list[_Branch]:
    """Every line for every target: overrides in their order, then the SLO's own. The first match applies."""
    branches = []
    earlier: tuple[Filter, ...] = ()
    for filter_, target, alerts in (
        *((o.filter, o.target, o.alerts) for o in slo.overrides),
        ((), slo.target, slo.alerts),
    ):
        branches += [_Branch(a, target, filter_, earlier) for a in alerts if isinstance(a, Burn | Exhausted)]
        earlier = (*earlier, filter_)
    return branches


def _burn(
    slo: Slo,
    about: tuple[str, Severity],
    branches: list[_Branch],
    pages: list[_Branch],
    texts: Texts,
    options: Options,
) -> Rule:
    """One rule for all lines of a severity, so that one incident alerts once; the first line that holds applies.

    A ticket has `pages`, the lines of the page: while one of them holds, the page says the same.
    """
    expr = _any(slo, branches, options)
    if pages:  # every line has the labels of the SLO and of the values of `per`
        expr = f"(\n{expr}\n)\nunless (\n{_any(slo, pages, options)}\n)"
    text = texts.burning(sorted({burn.long_window(branch.line) for branch in branches}), budget.left(slo), about[1])
    rule = alert("SLOBurn", expr, slo, about, _waits(about[1]), text, options)
    keeps = chosen(options).keeps(about[1])  # a condition that flickers sends one page
    return replace(rule, keep=promql.duration(keeps)) if keeps else rule


def _any(slo: Slo, branches: list[_Branch], options: Options) -> str:
    return "\nor\n".join(_condition(slo, branch, options) for branch in branches)


def _condition(slo: Slo, branch: _Branch, options: Options) -> str:
    """The burn rates over a long and a short window are both above the line; `$value` is the first of the two.

    The short one only ends the alert, so the age of the SLO matters to the long one alone.
    """
    line, b = branch.line, promql.number(burn.budget(branch.target))
    window = burn.long_window(line)
    if isinstance(line, Burn):
        above = promql.number(burn.line_factor(line, branch.target, slo.window))
    else:
        above = budget.exhausting(slo, line.within, budget.left(slo))
    short = schedule.short_window(slo, window, options)
    chosen = " unless ".join([ratio(slo, window, branch.of), *(ratio(slo, window, f) for f in branch.without)])
    chosen = f"({chosen})" if branch.without else chosen
    burned = budget.burn_rate(slo, f"{chosen} / {b}", window)
    conditions = [f"{burned} > {above}", f"{ratio(slo, short, branch.of)} / {b} > {above}"]
    is_folded = slo.formerly or slo.exceptions  # what is added up has no labels of one series
    by = f"{on(slo)} " if is_folded else ""
    seen = 1 if burn.slice_of(slo) else burn.NEEDS_SEEN  # slices are counted, not extrapolated
    for what, least in (("errors", line.needs), ("events", line.traffic)):
        if least > 1:  # a ratio above the line implies one bad event, which a sum would show five minutes later
            conditions.append(f"{by}{_number(slo, what, window, options)} >= {promql.number(seen * least)}")
    if events := burn.needed_events(line, slo):
        inside = over_time("sum", "slo:slice_errors:increase", slo, f"[{promql.duration(window)}]")
        conditions.append(f"{by}{inside} >= {promql.number(burn.NEEDS_SEEN * events)}")
    return "\nand ".join(conditions)


def _number(slo: Slo, what: str, window: int, options: Options) -> str:
    """The number of `events` or `errors` in the last `window` seconds."""
    if window >= burn.DAY:
        return exception.summed(slo, f"slo:{what}:increase5m", window, options)
    return schedule.counted(slo, what, promql.duration(window), options)


# SLOBudget


def budget_lines(slo: Slo) -> list[tuple[Severity, Fraction, str]]:
    """The lines `when budget below P`, and the steps of the policy that notify: severity, P, the action of the step."""
    wanted: list[tuple[Severity, Fraction, str]] = [
        (line.severity, Fraction(line.below), "") for line in slo.alerts if isinstance(line, Remaining)
    ]
    if slo.alerts:  # steps do not notify for drafts and with `alerts none`
        wanted += [("notify", Fraction(step.below), step.action) for step in slo.policy if step.notify]
    return wanted


def _budget(slo: Slo, owner: str, texts: Texts, options: Options) -> list[Rule]:
    lines = budget_lines(slo)
    return [
        alert(
            "SLOBudget",
            f"{budget.left(slo)} < {promql.number(below)}{_unless_lower(slo, lines, severity, below)}",
            slo,
            (owner, severity),
            _waits(severity),
            texts.budget(below, action),
            options,
            below=promql.percent(below),
        )
        for severity, below, action in lines
    ]


def _unless_lower(slo: Slo, lines: list[tuple[Severity, Fraction, str]], severity: Severity, below: Fraction) -> str:
    """The end of a line's expression: no alert while the next lower line fires, if that is as urgent.

    A lower line that waits has to hold for as long as it waits, or nothing would fire until then.
    """
    as_urgent = SEVERITIES[: SEVERITIES.index(severity) + 1]
    lower = [(other, not _waits(of)) for of, other, _ in lines if other < below and of in as_urgent]
    if not lower:
        return ""
    (limit, at_once), left = max(lower), budget.left(slo)
    if not at_once:  # the samples of its waiting time, and the one at its start
        left = f"max_over_time({left}[{promql.duration(burn.TICKET_WAITS + schedule.BUDGET)}])"
    return f"\nunless {left} < {promql.number(limit)}"


# SLONoData


def _no_data(slo: Slo, owner: str, line: NoData, texts: Texts, options: Options) -> Iterator[Rule]:
    """The `SLONoData` rules of a line. The condition comes late, so `for` is the rest of the time that the line names."""
    about, job = (owner, line.severity), nodata.job(slo)
    if gone := nodata.condition(slo, line, options):
        waits = promql.duration(nodata.waits(slo, line))
        text = texts.no_data(line, nodata.branches(slo, line))
        job |= {"of_one": line.of_one} if line.of_one else {}  # else promtool takes it for a duplicate
        yield alert("SLONoData", gone, slo, about, waits, text, options, **job)
    if not line.of_one and (partly := unclassified.partly(slo)):
        lasting = max(unclassified.PARTLY, line.lasting)
        waits, text = promql.duration(lasting), texts.partly(lasting)
        yield alert("SLONoData", partly, slo, about, waits, text, options, judged="partly")
