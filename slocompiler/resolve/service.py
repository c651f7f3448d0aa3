"""Resolves a service: its streams, its SLOs, and those of the templates that it uses."""

from __future__ import annotations

from collections.abc import Iterable

from slocompiler.diagnostics import Diagnostic, Fix, Label
from slocompiler.fixes import edits
from slocompiler.pattern import lazy_pattern
from slocompiler.resolve.context import Reading
from slocompiler.resolve.damage import DAMAGED, Damaged, Gathered, damage, known, value_or
from slocompiler.resolve.expand import Expanded, Expander
from slocompiler.resolve.limits import Quota
from slocompiler.resolve.origins import origins
from slocompiler.resolve.resolved import Compared, Excepted, Part, Planned, ResolvedService, ResolvedSlo, Term
from slocompiler.resolve.settings import Settings, second
from slocompiler.resolve.streams import Streams
from slocompiler.resolve.templates import Templates
from slocompiler.resolve.variants import only_in, variants
from slocompiler.syntax import tree as t
from slocompiler.syntax.journey import Counted, Through
from slocompiler.syntax.lexemes import BLANK, COMMENT

_REST = lazy_pattern(rf"(?:{BLANK}|{COMMENT}|,|\()*+\)")
"""The text after the last argument of a `use`, or after the name of its template, up to the closing parenthesis."""


def resolve_service(
    file: t.File, tree: t.Service, reading: Reading, templates: Templates, quota: Quota
) -> ResolvedService:
    """The resolved service. Problems are added to the reading's list; raises QuotaExceeded."""
    settings = Settings(tree.items, reading.scopes[file.source].defaults, reading.problems)
    allowed = tuple(settings.each(t.Allow))
    streams = Streams(tree.items, reading)
    own = streams.all()
    owner = settings.find(t.Owner)
    expander = Expander(reading, templates)
    found = list(expander.slos(tree.items, settings, streams))
    in_slos = sum(len(item.span.damage) for item in tree.items if isinstance(item, t.Slo))
    service = ResolvedService(
        tree=tree,
        intact=len(tree.span.damage) == in_slos,  # an error in an SLO hides nothing of its service
        slos_intact=tree.intact and not damage(found),
        title=value_or(reading.text(tree.title), "") if tree.title else "",
        owner=reading.text(owner.text) if owner else "",
        owned=owner.span if owner else None,
        formerly=_former(settings),
        risks=tuple((x, value_or(reading.text(x.text), "")) for x in settings.each(t.Risk)),
        feedback=tuple((x, value_or(reading.text(x.text), "")) for x in settings.each(t.Feedback)),
        streams=own + [stream for other in expander.streams for stream in other.all()],
        slos=[],
    )
    names: dict[str, Expanded] = {}
    for expanded in known(found):
        first = names.setdefault(expanded.tree.name.text, expanded)
        if first is not expanded and not expanded.tree.name.is_stand_in and _has_name(first) and _has_name(expanded):
            reading.problems.append(_second(expanded, first))
        service.slos.append(_slo(service, expanded, allowed, reading))
        quota.charge_slo(service.slos[-1])
    return service


def _has_name(expanded: Expanded) -> bool:
    """Whether its name is known: a syntax error may hide an `as`."""
    return expanded.used is None or expanded.used.intact


def _second(expanded: Expanded, first: Expanded) -> Diagnostic:
    """E201 for an SLO with the name of another one; both are shown in the service, where they can be changed."""
    here = Label(first.used.template.span if first.used else first.tree.name.span, "the first is here")
    name = expanded.tree.name
    if expanded.used is None:
        return second(f"a second SLO `{name.text}`", name, t.Node(here.span))
    node = expanded.used.prefix or expanded.used.template
    labels = (here, Label(name.span, "declared here"))
    own = name.text.removeprefix(f"{expanded.used.prefix.text}-") if expanded.used.prefix else name.text
    help = f"add a prefix with `use … as NAME`, or exclude it with `without {own}`"
    return Diagnostic("E201", f"a second SLO `{name.text}`", node.span, labels, help, _without(expanded.used, own))


def _without(use: t.Use, own: str) -> tuple[Fix, ...]:
    """The fix that excludes an SLO of a template; `own` is its name without a prefix."""
    end = None if use.prefix or use.without else _REST.match(use.span.source.text, use.head.end)
    after = use.span.part(end.end(), end.end()) if end else use.head.after
    return edits(f"add `without {own}`", (after, f", {own}" if use.without else f" without {own}"))


def _slo(service: ResolvedService, expanded: Expanded, allowed: tuple[t.Allow, ...], reading: Reading) -> ResolvedSlo:
    tree, streams, gathered = expanded.tree, expanded.streams, Gathered()
    reading.names["slo"] = tree.name.text
    settings = Settings(tree.items, expanded.settings, reading.problems)

    def text(node: t.TextLike) -> str:
        return gathered.one(reading.text(node), "")

    events, because = settings.own(t.Events), settings.own(t.Because)
    stakeholders, runbook = settings.find(t.Stakeholders), settings.find(t.Runbook)
    policy = gathered.one(_policy(settings, reading), None)
    excluded, measures = settings.each(t.Exclude), settings.each(t.Measure)
    when = _exclude_when(excluded, reading)
    alerts = gathered.one(_alerts(settings, reading), None)
    proofs = _proofs(alerts, streams, gathered)
    resolved = ResolvedSlo(
        tree=tree,
        service=service,
        used=expanded.used,
        title=text(tree.title) if tree.title else "",
        events=events,
        total=gathered.all(streams.sum(events.of)) if events and isinstance(events.of, t.Sum) else (),
        exclude=tuple(
            [
                choice
                for item in excluded
                if isinstance(item.what, t.Filters)
                for choice in gathered.all(streams.choices(item.what, item.reason))
            ]
        ),
        without=tuple(
            [
                (term, text(item.reason) if item.reason else "")
                for item in excluded
                if isinstance(item.what, t.Sum)
                for term in gathered.all(streams.sum(item.what))
            ]
        ),
        good=_part(measures, "good", streams, gathered),
        bad=_part(measures, "bad", streams, gathered),
        slices=settings.own(t.Slices),
        no_data=settings.own(t.NoDataIs),
        exclude_when=when,
        exclude_when_reason=text(when.reason) if when and when.reason else "",
        maintenance=tuple([Planned(x, text(x.text), text(x.because)) for x in settings.all(t.Maintenance)]),
        exceptions=tuple(
            [
                Excepted(x, gathered.all(streams.choice(x.filter)) if x.filter else (), text(x.because))
                for x in settings.all(t.Except)
            ]
        ),
        per=settings.own(t.Per),
        targets=tuple(
            [
                (item, choice)
                for item in settings.each(t.TargetFor)
                for choice in gathered.all(streams.choice(item.filter))
            ]
        ),
        stakeholders=tuple(map(text, stakeholders.texts)) if stakeholders else (),
        runbook=text(runbook.url) if runbook else "",
        links=tuple(dict.fromkeys([(text(item.title), text(item.url)) for item in settings.all(t.Link)])),
        labels=tuple([(entry, text(entry.value)) for entry in settings.labels()]),
        alerts=alerts,
        proofs=proofs,
        only_in=only_in(service.tree, tree, reading),
        variants=tuple(
            variants(service.tree, tree, (alerts, proofs), reading, lambda own: _proofs(own, streams, gathered))
        ),
        policy=policy,
        actions=tuple(text(step.action) for step in policy.steps) if policy else (),
        because=text(because.text) if because else "",
        formerly=_former(settings),
        review=settings.find(t.Review),
        through=settings.own(Through),
        counted=settings.own(Counted),
        allowed=(*allowed, *settings.each(t.Allow)),
        origins=tuple(origins(service, settings, text)),
        intact=expanded.intact and tree.intact and gathered.intact,
    )
    del reading.names["slo"]
    return resolved


def _former(settings: Settings) -> tuple[t.Name, ...]:
    """The names that a block had before."""
    found = settings.own(t.Formerly)
    return found.names if found else ()


def _alerts(settings: Settings, reading: Reading) -> t.Alerts | Damaged | None:
    """The alerts, with the lines of those that they name in their file; None for the standard ones."""
    found = settings.find(t.Alerts)
    if found is None or found.name is None:
        return found
    declared = reading.scopes[found.span.source].find(t.NamedAlerts, found.name)
    return t.Alerts(found.span, declared.lines, None, False) if declared else DAMAGED


def _proofs(alerts: t.Alerts | None, streams: Streams, gathered: Gathered) -> tuple[tuple[t.Proof, Term], ...]:
    """What its lines for missing data say after `unless`, each with the series."""
    if alerts is None:
        return ()  # the usual case
    proofs = (line.unless for line in alerts.lines if isinstance(line, t.NoDataLine) and line.unless)
    return tuple((proof, term) for proof in proofs for term in gathered.all(streams.terms(proof.of)))


def _policy(settings: Settings, reading: Reading) -> t.Policy | Damaged | None:
    """The policy, with the steps of the one that it names."""
    found = settings.find(t.Policy)
    if found is None or found.name is None:
        return found
    declared = reading.scopes[found.span.source].find(t.NamedPolicy, found.name)
    return t.Policy(found.span, declared.steps, None, False) if declared else DAMAGED


def _part(measures: Iterable[t.Measure], side: str, streams: Streams, gathered: Gathered) -> Part | None:
    found = [one for one in measures if one.side == side]
    if not found:
        return None
    for again in found[1:]:
        here = (Label(found[0].span.word, "the first is here"),)
        help = f"join several filters with `or`: `{side} {{…}} or {{…}}`"
        problem = Diagnostic("E202", f"`{side}` is given twice", again.span.word, here, help)
        streams.reading.problems.append(problem)
    sets = found[0].sets
    filters = [choice for item in sets if isinstance(item, t.Filter) for choice in streams.choice(item)]
    terms = [term for item in sets if isinstance(item, t.Selector) for term in streams.terms(item)]
    when = found[0].other
    compared = [_compared(one, streams, gathered) for one in when.comparisons] if isinstance(when, t.When) else []
    read = found[0].looked_at if isinstance(when, t.Fold) else ()
    share: tuple[Term, ...] = gathered.all([term for node in read for term in _looked_at(node, streams)])
    return Part(found[0], gathered.all(filters), gathered.all(terms), tuple(compared), share)


def _compared(node: t.Comparison, streams: Streams, gathered: Gathered) -> Compared:
    """A comparison with the series that it reads."""
    dividend, *divisor = [gathered.all(_looked_at(one, streams)) for one in node.looked_at]
    return Compared(node, dividend, divisor[0] if divisor else ())


def _looked_at(node: t.Selector | t.Filter, streams: Streams) -> tuple[Term | Damaged, ...]:
    if isinstance(node, t.Filter):
        return streams.sum(t.Sum(node.span, (node,), False, None))
    return streams.terms(node)


def _exclude_when(excluded: Iterable[t.Exclude], reading: Reading) -> t.Exclude | None:
    found = [item for item in excluded if isinstance(item.what, t.Promql)]
    for again in found[1:]:
        here = (Label(found[0].span, "the first is here"),)
        help = "join the expressions with `or`"
        reading.problems.append(Diagnostic("E202", "`exclude when` is given twice", again.span, here, help))
    return found[0] if found else None
