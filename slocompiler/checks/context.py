"""What a check receives besides the SLO or the service that it judges."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date
from typing import TypeVar

from slocompiler.project import Project
from slocompiler.record import record
from slocompiler.resolve import Resolved, ResolvedSlo

T = TypeVar("T")


@record
class Run:
    """One run of the compiler: all resolved files, the project's settings, and what the checks remember."""

    resolved: Resolved
    project: Project
    today: date | None
    """The day on which reviews are judged; None judges none."""
    first: dict[bytes, ResolvedSlo]
    """The first SLO of each promise, to find duplicates: events, classification, target and window."""
    promises: dict[str, set[int]]
    """The numbers of the promises of each file, by its path, as `duplicates.py` makes them."""
    answers: dict[Hashable, object]
    """What `once` has found."""

    def once(self, question: Callable[..., T], *about: Hashable) -> T:
        """The answer to a question that many SLOs share, such as one about their service; computed once per run."""
        key = question, about
        if key not in self.answers:
            self.answers[key] = question(*about)
        answer: T = self.answers[key]  # type: ignore[assignment]  # the question's own
        return answer
