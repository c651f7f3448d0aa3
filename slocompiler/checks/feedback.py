"""What users said: each complaint once, and only after its day."""

from __future__ import annotations

from collections.abc import Iterator

from slocompiler.checks.context import Run
from slocompiler.diagnostics import Diagnostic, Label
from slocompiler.fixes import remove
from slocompiler.resolve import ResolvedService
from slocompiler.source import Span


def feedback(service: ResolvedService, run: Run) -> Iterator[Diagnostic]:
    """W364 for feedback that is given twice; W369 for a day in the future, if today's date is given."""
    first: dict[object, Span] = {}
    for one, text in service.feedback:
        if not one.intact:
            continue
        same = first.setdefault((one.day.value, text, frozenset(name.text for name in one.on)), one.span)
        if same is not one.span:
            here = (Label(same, "the first is here"),)
            help = "remove one of them, or write what is different"
            fixes = remove("remove the second", one.span)
            yield Diagnostic("W364", "this feedback is given twice", one.span, here, help, fixes)
        if run.today and one.day.value > run.today:
            message = f"feedback from {one.day.value.isoformat()}, which is in the future"
            yield Diagnostic("W369", message, one.day.span, help="write the day on which users had the trouble")
