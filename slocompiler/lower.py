"""Resolved trees to the IR. Cannot fail: what could go wrong was checked before."""

from __future__ import annotations

from decimal import Decimal

from slocompiler import ir
from slocompiler.burn import PAGE_NEEDS, standard_policy
from slocompiler.resolve import Choice, Part, Resolved, ResolvedService, ResolvedSlo, Term, text_of
from slocompiler.syntax import tree as t
from slocompiler.units import in_unit, unit_of


def lower(resolved: Resolved) -> ir.Program:
    """The program of a run that has no errors; services by name, SLOs in the order of their file."""
    services = sorted(resolved.services, key=lambda service: service.tree.name.text)
    return ir.Program(schema=ir.SCHEMA, services=tuple(map(_service, services)))


def exclusions_for(slo: ResolvedSlo, part: Term) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """The exclusions that a counter of `good` or `bad` takes over from the events, and those that it cannot.

    A counter of the same metric has the same labels and takes all. Another one takes over what can be said as one
    positive matcher and holds for all counters of the sum; what it excludes itself is said already.
    """
    same = [term for term in slo.total if term.metric == part.metric]
    if same:
        return same[0].exclude + slo.exclude, ()
    own = {choice.matchers for choice in part.exclude}
    common = set.intersection(*({c.matchers for c in term.exclude} for term in slo.total)) if slo.total else set()
    taken: list[Choice] = []
    refused: list[Choice] = []
    for choice in dict.fromkeys((*(c for term in slo.total for c in term.exclude), *slo.exclude)):
        everywhere = choice.matchers in common or choice in slo.exclude
        plain = len(choice.matchers) == 1 and choice.matchers[0].op in ("=", "=~")
        if choice.matchers not in own and choice.matchers:
            (taken if plain and everywhere else refused).append(choice)
    return tuple(taken), tuple(refused)


def _service(service: ResolvedService) -> ir.Service:
    return ir.Service(
        name=service.tree.name.text,
        title=service.title,
        owner=service.owner,
        source=service.tree.span.source.path,
        risks=(),
        slos=tuple(map(_slo, service.slos)),
    )


def _slo(slo: ResolvedSlo) -> ir.Slo:
    tree = slo.tree
    return ir.Slo(
        id=slo.id,
        name=tree.name.text,
        title=slo.title,
        target=_ratio(tree.target),
        window=_seconds(tree.window),
        draft=tree.draft,
        indicator=_indicator(slo),
        exclude_when=None,
        per=tuple(map(text_of, slo.per.labels)) if slo.per else (),
        overrides=tuple(_override(slo, target, choice) for target, choice in slo.targets),
        alerts=_alerts(slo, tree.target),
        policy=_policy(slo),
        stakeholders=slo.stakeholders,
        runbook=slo.runbook,
        links=tuple(ir.Link(title=title, url=url) for title, url in slo.links),
        labels=tuple(ir.Label(name=text_of(entry.name), value=value) for entry, value in slo.labels),
        because=slo.because,
        review=_review(slo.review),
        source=tree.span.source.path,
        used_at=None,
    )


# What is measured


def _indicator(slo: ResolvedSlo) -> ir.Ratio | ir.Threshold:
    part = slo.bad or slo.good
    assert part, "checked: one of them is given (E204)"
    if part.tree.bound:
        return _threshold(slo, part, part.tree.bound)
    side = part.tree.side
    filters = tuple(choice.matchers for choice in part.filters) or _as_filters(slo, part)
    total = tuple(_stream(term, term.exclude + slo.exclude) for term in slo.total)
    if not filters:
        return ir.Ratio(
            total=total, side=side, part=tuple(_stream(x, x.exclude + exclusions_for(slo, x)[0]) for x in part.terms)
        )
    if side == "bad":
        bad = tuple(ir.Stream(metric=s.metric, all=s.all, any=filters, none=s.none) for s in total)
    else:
        bad = tuple(ir.Stream(metric=s.metric, all=s.all, none=_once(s.none + filters)) for s in total)
    return ir.Ratio(total=total, side="bad", part=bad)


def _threshold(slo: ResolvedSlo, part: Part, bound: t.Bound) -> ir.Threshold:
    (term,) = slo.total
    unit = unit_of(term.metric, term.unit.text if term.unit else "")
    value = in_unit(bound.value, unit)
    assert value is not None, "checked: the bound has a value in the metric's unit (E214)"
    return ir.Threshold(
        histogram=_stream(term, term.exclude + slo.exclude),
        native=False,
        unit=unit.name if unit else "",
        bound=value,
        good="le" if bound.side == "below" else "gt",
        only=_once(tuple(choice.matchers for choice in part.filters)),
    )


def _as_filters(slo: ResolvedSlo, part: Part) -> tuple[ir.Filter, ...]:
    """`bad requests{code="500"}` of `events requests` is the filter `{code="500"}`."""
    if len(slo.total) != 1 or len(part.terms) != 1:
        return ()
    (total,), (term,) = slo.total, part.terms
    covered = total.metric == term.metric and set(total.matchers) <= set(term.matchers)
    extra = tuple(m for m in term.matchers if m not in total.matchers)
    return (
        (extra,)
        if covered and extra and {c.matchers for c in term.exclude} <= {c.matchers for c in total.exclude}
        else ()
    )


def _stream(term: Term, exclude: tuple[Choice, ...]) -> ir.Stream:
    return ir.Stream(metric=term.metric, all=term.matchers, none=_once(tuple(choice.matchers for choice in exclude)))


def _once(filters: tuple[ir.Filter, ...]) -> tuple[ir.Filter, ...]:
    return tuple(dict.fromkeys(filters))


# When it alerts


def _override(slo: ResolvedSlo, target: t.TargetFor, choice: Choice) -> ir.Override:
    return ir.Override(filter=choice.matchers, target=_ratio(target.target), alerts=_alerts(slo, target.target))


def _alerts(slo: ResolvedSlo, target: t.PercentLike) -> tuple[ir.Alert, ...]:
    """What fires, for one of the SLO's targets."""
    if slo.tree.draft or (slo.alerts and slo.alerts.none):
        return ()
    if slo.alerts is None:
        return standard_policy(_ratio(target), _seconds(slo.tree.window))
    return tuple(map(_alert, slo.alerts.lines))


def _alert(line: t.AlertLine) -> ir.Alert:
    severity = line.severity
    if isinstance(line, t.BurnLine):
        return ir.Burn(severity=severity, share=_ratio(line.share), window=_seconds(line.window), needs=_needs(line))
    if isinstance(line, t.ExhaustedLine):
        return ir.Exhausted(severity=severity, within=_seconds(line.within), needs=_needs(line))
    if isinstance(line, t.RemainingLine):
        return ir.Remaining(severity=severity, below=_ratio(line.below))
    assert isinstance(line, t.NoDataLine)
    return ir.NoData(severity=severity, lasting=_seconds(line.lasting))


def _needs(line: t.BurnLine | t.ExhaustedLine) -> int:
    if isinstance(line.needs, t.Number):
        return int(line.needs.value)
    return PAGE_NEEDS if line.severity == "page" else 0


def _policy(slo: ResolvedSlo) -> tuple[ir.PolicyStep, ...]:
    """The steps from the largest remaining budget to none."""
    steps = zip(slo.policy.steps, slo.actions, strict=True) if slo.policy else ()
    lowered = [
        ir.PolicyStep(below=_ratio(step.below) if step.below else Decimal(0), action=action, notify=step.notify)
        for step, action in steps
    ]
    return tuple(sorted(lowered, key=lambda step: -step.below))


def _review(review: t.Review | None) -> ir.Review | None:
    if review is None:
        return None
    return ir.Review(every=_seconds(review.every), last=review.last.value if isinstance(review.last, t.Date) else None)


# Values: parameters are replaced and calendars refused before


def _ratio(value: t.PercentLike) -> Decimal:
    assert isinstance(value, t.Percent)
    return value.ratio


def _seconds(value: t.DurationLike | t.Calendar) -> int:
    assert isinstance(value, t.Duration)
    return int(value.seconds)
