"""What `sloc verify` finds about the series that a file reads, in the snapshot of a server."""

from __future__ import annotations

from collections.abc import Mapping

from slocompiler.deployments import deployed
from slocompiler.diagnostics import Diagnostic
from slocompiler.ir import SCHEMA, Program
from slocompiler.live.questions import answered
from slocompiler.live.snapshot import Snapshot as Kept
from slocompiler.live.verify import LOOKBACK, reading
from slocompiler.lsp.snapshot import Snapshot
from slocompiler.resolve.located import located

Servers = Mapping[str | None, Kept]
"""What is kept of the server of each deployment; the key is None for a project without deployments."""


def verified(snapshot: Snapshot, servers: Servers) -> list[Diagnostic]:
    """The findings about the SLOs without errors; none about what the snapshot does not have."""
    program = Program(schema=SCHEMA, services=snapshot.services)
    options, sound = snapshot.project.options(), {slo.id for slo in program.slos}
    places = {slo.id: located(slo) for slo in snapshot.slos if slo.id in sound}
    found = []
    for one in snapshot.project.deployments or (None,):
        kept = servers.get(one.name if one else None)
        if kept and sound:
            here = deployed(program, one) if one else program
            found += answered(reading(here, places, kept.at, LOOKBACK, options), kept.answer)
    return found
