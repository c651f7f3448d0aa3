"""Where editors show the state of an SLO: beside its name; of an SLO from a template, beside its use."""

from __future__ import annotations

from slocompiler.lsp.snapshot import Snapshot
from slocompiler.record import record
from slocompiler.source import Reached, Span


@record
class Lens:
    """A text above a line of the file."""

    span: Span
    slo: str
    """The id of the SLO."""
    named: str
    """The name of the SLO, where it is not in the line; else ""."""


def lenses(snapshot: Snapshot) -> list[Lens]:
    """One for each SLO of the file without errors."""
    sound = {slo.id for service in snapshot.services for slo in service.slos}
    found = (
        Lens(slo.used.template.span, slo.id, slo.tree.name.text) if slo.used else Lens(slo.tree.name.span, slo.id, "")
        for slo in snapshot.slos
        if slo.id in sound
    )
    return [one for one in found if one.span.source is snapshot.source and not isinstance(one.span, Reached)]
