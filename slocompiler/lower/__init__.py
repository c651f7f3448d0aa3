"""Lowers resolved trees to the IR. This cannot fail: the checks have found every error before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from itertools import starmap
from typing import Any, cast

from slocompiler import ir, jobs, standard
from slocompiler.burn import page_needs
from slocompiler.lower.indicator import excluded_counters, indicator, proof, ratio, seconds
from slocompiler.lower.journey import through
from slocompiler.resolve import Planned, Resolved, ResolvedService, ResolvedSlo, Variant, text_of
from slocompiler.source import Span
from slocompiler.syntax import tree as t


def lower(resolved: Resolved) -> tuple[ir.Service, ...]:
    """The services of files without errors, SLOs in the order of their file."""
    return tuple(_service(service, resolved.slos) for service in resolved.services)


def counts_events(slo: ResolvedSlo) -> bool:
    """Whether risks without `on` apply to an SLO: it counts events, of which a risk makes a known share bad."""
    return slo.slices is None and bool(slo.total)


def _service(service: ResolvedService, known: Mapping[str, ResolvedSlo]) -> ir.Service:
    assert isinstance(service.owner, str), "known: a mistake in it is an error"
    everywhere = tuple(slo.tree.name.text for slo in service.slos if counts_events(slo))
    origin: Callable[[str, Span], ir.Origin] = cache(lambda setting, span: ir.Origin(setting, _place(span)))  # shared
    return ir.Service(
        name=service.tree.name.text,
        title=service.title,
        owner=service.owner,
        source=service.tree.span.source.path,
        risks=tuple(_risk(risk, text, service, everywhere) for risk, text in service.risks),
        feedback=_feedback(service),
        slos=tuple(_slo(slo, known, origin) for slo in service.slos),
    )


def _slo(slo: ResolvedSlo, known: Mapping[str, ResolvedSlo], origin: Callable[[str, Span], ir.Origin]) -> ir.Slo:
    tree = slo.tree
    measured = through(slo, slo.through, known) if slo.through else indicator(slo)
    return ir.Slo(
        id=slo.id,
        name=tree.name.text,
        title=slo.title,
        target=ratio(tree.target),
        window=seconds(tree.window),
        draft=tree.draft,
        indicator=measured,
        exclusions=_exclusions(slo),
        without=excluded_counters(slo),
        exclude_when=slo.exclude_when.what.text
        if slo.exclude_when and isinstance(slo.exclude_when.what, t.Promql)
        else None,
        exclude_when_reason=slo.exclude_when_reason,
        maintenance=tuple(dict.fromkeys(map(maintenance, slo.maintenance))),
        exceptions=_exceptions(slo),
        per=tuple(text_of(one.name) for one in slo.per.labels) if slo.per else (),
        renamed=_renamed(slo),
        overrides=_overrides(slo, measured),
        alerts=alerts(slo, tree.target, measured),
        only_in=slo.only_in,
        variants=tuple([_variant(slo.there(one), one, measured) for one in slo.variants]),
        policy=_policy(slo),
        stakeholders=slo.stakeholders,
        runbook=slo.runbook,
        links=tuple([ir.Link(title=title, url=url) for title, url in slo.links]),
        labels=tuple([ir.Label(name=text_of(entry.name), value=value) for entry, value in slo.labels]),
        because=slo.because,
        formerly=tuple(sorted(slo.former)),
        review=_review(slo.review),
        source=tree.span.source.path,
        used_at=_place(slo.used.span) if slo.used else None,
        origins=tuple(starmap(origin, slo.origins)),
    )


def _renamed(slo: ResolvedSlo) -> tuple[ir.Renamed, ...]:
    pairs = [(text_of(one.label), text_of(one.name)) for one in (slo.per.labels if slo.per else ())]
    return tuple([ir.Renamed(label=label, name=name) for label, name in pairs if label != name])


def _exclusions(slo: ResolvedSlo) -> tuple[ir.Exclusion, ...]:
    """Each filter once, with the first reason that is given for it."""
    reasons: dict[ir.Filter, str] = {}
    part = slo.bad or slo.good
    terms = (*slo.total, *(part.looked_at if part else ()))
    for choice in (*[choice for term in terms for choice in term.exclude], *slo.exclude):
        if choice.matchers:
            reasons[choice.matchers] = reasons.get(choice.matchers) or choice.reason
    return tuple(map(ir.shared_exclusion, reasons, reasons.values()))


def maintenance(of: Planned) -> ir.Maintenance:
    """A maintenance that has no errors. Without a zone, its times are in UTC."""
    from slocompiler import zones

    tree, zone = of.tree, of.tree.zone.text if of.tree.zone else "UTC"
    rule = zones.rule(zone)
    if tree.until:
        rule = zones.until(rule, zones.moment(tree.until.value, zones.DAY, rule))
    elif isinstance(tree.when, t.Date):
        rule = zones.until(rule, zones.moment(tree.when.value, zones.DAY, rule))
    return ir.Maintenance(
        text=of.text,
        every=cast(Any, tree.when.text) if isinstance(tree.when, t.Name) else None,
        day=tree.when.value if isinstance(tree.when, t.Date) else None,
        begins=seconds(tree.begins),
        lasting=seconds(tree.lasting),
        zone=ir.Zone(name=zone, rule=rule),
        until=tree.until.value if tree.until else None,
        because=of.because,
    )


def _exceptions(slo: ResolvedSlo) -> tuple[ir.Excepted, ...]:
    """The exceptions, the earliest first."""
    found = [
        ir.Excepted(
            begin=one.tree.begin.seconds,
            end=one.tree.end.seconds,
            filter=one.choices[0].matchers if one.choices else (),
            because=one.because,
        )
        for one in slo.exceptions
    ]
    return tuple(sorted(found, key=lambda one: (one.begin, one.end, repr(one.filter))))


def _place(span: Span) -> str:
    return f"{span.source.path}:{span.line}"


def _risk(risk: t.Risk, text: str, service: ResolvedService, everywhere: tuple[str, ...]) -> ir.Risk:
    on = _on(risk.on, service) or everywhere
    every, lasting = seconds(risk.every), seconds(risk.lasting)
    return ir.Risk(text=text, every=every, lasting=lasting, hitting=ratio(risk.hitting), on=on)


def _feedback(service: ResolvedService) -> tuple[ir.Feedback, ...]:
    """The earliest first. Without `on`, it is about every SLO."""
    every = tuple(slo.tree.name.text for slo in service.slos)
    found = (
        ir.Feedback(day=one.day.value, text=text, on=_on(one.on, service) or every) for one, text in service.feedback
    )
    return tuple(sorted(found, key=lambda one: one.day))


def _on(names: tuple[t.Name, ...], service: ResolvedService) -> tuple[str, ...]:
    """The names behind `on`, each once, in the order of the SLOs."""
    named = {name.text for name in names}
    return tuple(slo.tree.name.text for slo in service.slos if slo.tree.name.text in named)


# When it alerts


def _variant(there: ResolvedSlo, of: Variant, measured: ir.Indicator) -> ir.Variant:
    return ir.Variant(
        deployment=of.deployment,
        place=_place(of.place),
        target=ratio(of.target),
        alerts=alerts(there, of.target, measured),
        overrides=_overrides(there, measured),
    )


def _overrides(slo: ResolvedSlo, measured: ir.Indicator) -> tuple[ir.Override, ...]:
    return tuple(
        [
            ir.Override(filter=choice.matchers, target=ratio(one.target), alerts=alerts(slo, one.target, measured))
            for one, choice in slo.targets
        ]
    )


def alerts(slo: ResolvedSlo, target: t.PercentLike, measured: ir.Indicator | None = None) -> tuple[ir.Alert, ...]:
    """The alerts of an SLO for one of its targets, whose lines have no errors.

    Standard alerts watch the jobs on which it counts, as if no other service did, if it is known what is `measured`.
    """
    if slo.tree.draft or (slo.alerts and slo.alerts.none):
        return ()
    if slo.alerts is None:
        counts_jobs = bool(measured and jobs.watchable(measured))
        return standard.alerts(ratio(target), seconds(slo.tree.window), slo.whole_slice, counts_jobs)
    return tuple(_alert(line, page_needs(slo.whole_slice), slo) for line in slo.alerts.lines)


def _alert(line: t.AlertLine, page_needs: int, slo: ResolvedSlo) -> ir.Alert:
    """An alert of the IR; a page without `needs` gets `page_needs` bad events."""
    severity = line.severity
    if isinstance(line, t.BurnLine | t.ShareLine):
        return ir.Burn(
            severity=severity,
            share=ratio(line.share) if isinstance(line, t.BurnLine) else None,
            window=seconds(line.window),
            needs=_needs(line, page_needs),
            traffic=_traffic(line),
            ceiling=ratio(line.bad) if isinstance(line, t.ShareLine) else None,
        )
    if isinstance(line, t.ExhaustedLine):
        needs, traffic = _needs(line, page_needs), _traffic(line)
        return ir.Exhausted(severity=severity, within=seconds(line.within), needs=needs, traffic=traffic)
    if isinstance(line, t.RemainingLine):
        return ir.Remaining(severity=severity, below=ratio(line.below))
    if isinstance(line, t.DownLine):
        return ir.Down(severity=severity, lasting=seconds(line.lasting))
    assert isinstance(line, t.NoDataLine)
    proved = next((proof(node, term) for node, term in slo.proofs if node is line.unless), None)
    label = text_of(line.of_one) if line.of_one else ""
    return ir.NoData(severity=severity, lasting=seconds(line.lasting), of_one=label, unless=proved)


def _needs(line: t.BurnLine | t.ShareLine | t.ExhaustedLine, page_needs: int) -> int:
    if line.needs and isinstance(line.needs.bad, t.Number):
        return int(line.needs.bad.value)
    return page_needs if line.severity == "page" else 0


def _traffic(line: t.BurnLine | t.ShareLine | t.ExhaustedLine) -> int:
    return int(line.needs.events.value) if line.needs and isinstance(line.needs.events, t.Number) else 0


def _policy(slo: ResolvedSlo) -> tuple[ir.PolicyStep, ...]:
    """The steps of the policy, the one with the largest remaining budget first."""
    if slo.policy is None:
        return ()
    steps = zip(slo.policy.steps, slo.actions, strict=True)
    lowered = [
        ir.PolicyStep(
            below=ratio(step.below) if step.below else Decimal(0), action=action, notify=step.notify, gate=step.gate
        )
        for step, action in steps
    ]
    return tuple(sorted(lowered, key=lambda step: -step.below))


def _review(review: t.Review | None) -> ir.Review | None:
    if review is None:
        return None
    return ir.Review(every=seconds(review.every), last=review.last.value if isinstance(review.last, t.Date) else None)
