"""What every check is given besides the SLO or the service that it judges."""

from __future__ import annotations

from datetime import date

from slocompiler.project import Project
from slocompiler.record import record
from slocompiler.resolve import Resolved, ResolvedSlo


@record
class Run:
    """The run around what is judged."""

    resolved: Resolved
    project: Project
    today: date | None
    """None where nothing may depend on the day."""
    promises: dict[object, ResolvedSlo]
    """The first SLO of each promise that was judged."""
