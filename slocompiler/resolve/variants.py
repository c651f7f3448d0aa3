"""The alerts of an SLO in deployments that name others in the project file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.resolve.context import Reading
from slocompiler.resolve.resolved import Term, Variant
from slocompiler.suggest import one_of
from slocompiler.syntax import tree as t

Proofs = tuple[tuple[t.Proof, Term], ...]


def variants(
    service: t.Service, slo: t.Slo, own: t.Alerts | None, reading: Reading, proofs: Callable[[t.Alerts], Proofs]
) -> Iterator[Variant]:
    """What replaces its `own` alerts, if it has any; `proofs` returns what alerts say after `unless`.

    The names mean what they mean in the file of the service. E511 for one that means nothing there, or two things.
    """
    if slo.draft or (own and own.none):
        return
    scope = reading.scopes[service.span.source]
    for deployment, (text, span) in reading.alerts.items():
        found = scope.all(t.NamedAlerts, text)
        if len(found) == 1:
            (declared,) = found
            alerts = t.Alerts(declared.span, declared.lines, None, False)
            yield Variant(deployment, alerts, proofs(alerts))
        elif scope.intact:
            here = Label(service.name.span, f"the file of `{service.name.text}` cannot use them")
            missing = (
                f"declare `alerts {text} {{ … }}` in a file that every file imports, such as that of `defaults_from`"
            )
            help = one_of(text, scope.names(t.NamedAlerts), missing)
            message = f"there are no alerts `{text}`"
            if found:
                message, help = f"two imports declare alerts `{text}`", "rename one of them"
            reading.problems.append(Diagnostic("E511", message, span, (here,), help))
