"""The SLOs that a service names behind `on`: in risks and in feedback."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic
from slocompiler.fixes import correct
from slocompiler.resolve import ResolvedService
from slocompiler.suggest import one_of


def named_slos(service: ResolvedService, run: Run) -> Iterator[Diagnostic]:
    """E205 for a name behind `on` that no SLO of the service has."""
    names = {slo.tree.name.text: slo for slo in service.slos}
    for item in service.with_on if service.slos_intact else ():
        for name in item.on if item.intact else ():
            if name.text not in names:
                message = f"the service `{service.tree.name.text}` has no SLO `{name.text}`"
                fixes = correct(name.span, name.text, names)
                yield Diagnostic("E205", message, name.span, help=one_of(name.text, names), fixes=fixes)
