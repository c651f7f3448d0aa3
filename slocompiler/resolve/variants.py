"""The deployments that have an SLO, and its target and alerts in those for which the project file has others."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.elsewhere import Written, ratio
from slocompiler.resolve.context import Reading
from slocompiler.resolve.resolved import Term, Variant
from slocompiler.suggest import one_of
from slocompiler.syntax import tree as t

Proofs = tuple[tuple[t.Proof, Term], ...]


def only_in(service: t.Service, slo: t.Slo, reading: Reading) -> tuple[str, ...]:
    """The deployments that have an SLO; empty if all do."""
    if not reading.elsewhere:
        return ()  # the usual case
    id = f"{service.name.text}/{slo.name.text}"
    found = tuple(name for name, there in reading.elsewhere.items() if there.has(id))
    return found if len(found) < len(reading.elsewhere) else ()


def variants(
    service: t.Service,
    slo: t.Slo,
    own: tuple[t.Alerts | None, Proofs],
    reading: Reading,
    proofs: Callable[[t.Alerts], Proofs],
) -> Iterator[Variant]:
    """What an SLO has in each deployment where its target or its `own` alerts are others.

    `proofs` returns what alerts say after `unless`.
    """
    if not reading.elsewhere:
        return  # the usual case
    id = f"{service.name.text}/{slo.name.text}"
    silent = slo.draft or (own[0] and own[0].none)
    for deployment, there in reading.elsewhere.items():
        if not there.has(id):
            continue
        given = there.target(id)
        target = t.Percent(given.span, ratio(given)) if given else slo.target
        if given and isinstance(slo.target, t.Percent) and slo.target.ratio == ratio(given):
            given, target = None, slo.target
        alerts = _named(there.alerts, service, reading) if there.alerts and not silent else None
        if alerts:
            yield Variant(deployment, target, alerts, proofs(alerts), alerts.span)
        elif given:
            yield Variant(deployment, target, *own, given.span)


def _named(name: Written, service: t.Service, reading: Reading) -> t.Alerts | None:
    """The `alerts` of a name, which means what it means in the file of the service. E511 if that is nothing, or two things."""
    scope, (text, span) = reading.scopes[service.span.source], name
    found = scope.all(t.NamedAlerts, text)
    if len(found) == 1:
        (declared,) = found
        return t.Alerts(declared.span, declared.lines, None, False)
    if scope.intact:
        here = Label(service.name.span, f"the file of `{service.name.text}` cannot use them")
        missing = f"declare `alerts {text} {{ … }}` in a file that every file imports, such as that of `defaults_from`"
        message, help = f"there are no alerts `{text}`", one_of(text, scope.names(t.NamedAlerts), missing)
        if found:
            message, help = f"two imports declare alerts `{text}`", "rename one of them"
        reading.problems.append(Diagnostic("E511", message, span, (here,), help))
    return None
