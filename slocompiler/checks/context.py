"""What every check is given besides the SLO or the service that it judges."""

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
    """The run around what is judged."""

    resolved: Resolved
    project: Project
    today: date | None
    """None where nothing may depend on the day."""
    promises: dict[object, ResolvedSlo]
    """The first SLO of each promise that was judged."""
    answers: dict[Hashable, object]

    def once(self, question: Callable[..., T], *about: Hashable) -> T:
        """The answer to a question that many SLOs ask, such as about their service: it is found once in a run."""
        key = question, about
        if key not in self.answers:
            self.answers[key] = question(*about)
        answer: T = self.answers[key]  # type: ignore[assignment]  # the question's own
        return answer
