"""What a check receives besides the SLO or the service that it judges."""

from __future__ import annotations

from datetime import date

from slocompiler.project import Project
from slocompiler.record import record
from slocompiler.resolve import Resolved, ResolvedSlo

PROMETHEUS_3 = 'this needs Prometheus 3.0: if all of your servers have it, write `server: "3.0"` in sloc.yaml'
"""The help for everything that only Prometheus 3.0 and later support."""


@record
class Run:
    """One run of the compiler: all resolved files, the project's settings, and what the checks remember."""

    resolved: Resolved
    project: Project
    today: date | None
    """The day on which reviews are judged; None judges none."""
    first: dict[object, ResolvedSlo]
    """The first SLO of each set of events, classification, target and window, to find duplicates."""
